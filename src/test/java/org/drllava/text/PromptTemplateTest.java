package org.drllava.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTemplateTest {
    private static final PromptTemplate TEMPLATE = PromptTemplate.VICUNA_V1;
    private static final List<Turn> TURNS = List.of(new Turn("What does this image show?", "The cells: normal, café β."),
            new Turn(" quality\tadequate ", "  No.\n"), new Turn("1 + 1?", "2 🩸"));

    @TempDir Path folder;

    /** Where tokenizer files put the mark for a word's start. */
    enum Style {
        FIRST_SECTION, EVERY_SECTION, NORMALIZER;

        Tokenizer open(Path folder) {
            try {
                var json = Files.readString(TextResources.file("tokenizer.json"));
                var changed = switch (this) {
                    case FIRST_SECTION -> json;
                    case EVERY_SECTION -> json.replace("\"prepend_scheme\": \"first\"", "\"prepend_scheme\": \"always\"");
                    case NORMALIZER -> json
                            .replace("\"normalizer\": null", """
                                "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
                                    {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}""")
                            .replaceFirst("\"pre_tokenizer\": \\{[^}]*}", "\"pre_tokenizer\": null");
                };
                assertThat(changed.equals(json)).isEqualTo(this == FIRST_SECTION);
                return Tokenizer.load(Files.writeString(folder.resolve("tokenizer.json"), changed));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesTheIdsOfTheWholeText(Style style) {
        try (var tokenizer = style.open(folder)) {
            var whole = TEMPLATE.system() + " USER: <image><image><image>\nWhat does this image show? ASSISTANT: The cells: normal, café β.</s>"
                    + "USER: quality\tadequate ASSISTANT: No.</s>USER: 1 + 1? ASSISTANT: 2 🩸</s>";
            int image = tokenizer.idOf("<image>").orElseThrow();
            assertThat(TEMPLATE.conversation(tokenizer, TURNS, image, 3).ids()).containsExactly(tokenizer.encode(whole));
        }
    }

    @ParameterizedTest
    @EnumSource
    void learnsAnswersWithTheirEndTokensAndNothingElse(Style style) {
        try (var tokenizer = style.open(folder)) {
            var encoded = TEMPLATE.conversation(tokenizer, TURNS, 9_999, 4);
            var learnt = new ArrayList<String>();
            for (int i = 0, from = 0; i < encoded.ids().length; i++) {
                if (!encoded.learn()[i]) {
                    from = i + 1;
                } else if (i + 1 == encoded.ids().length || !encoded.learn()[i + 1]) {
                    assertThat(tokenizer.token(encoded.ids()[i])).isEqualTo("</s>");
                    learnt.add(tokenizer.decode(Arrays.copyOfRange(encoded.ids(), from, i + 1)));
                }
            }
            assertThat(learnt).containsExactly("The cells: normal, café β.", "No.", "2 🩸");
        }
    }

    @Test
    void conversationGrownTurnByTurnIsTheSame() {
        try (var tokenizer = Style.FIRST_SECTION.open(folder)) {
            var grown = IntStream.concat(Arrays.stream(TEMPLATE.opening(tokenizer, TURNS.get(0).question(), 9_999, 4)),
                    Arrays.stream(TEMPLATE.answer(tokenizer, TURNS.get(0).answer())));
            for (var turn : TURNS.subList(1, TURNS.size())) {
                grown = IntStream.concat(grown, IntStream.concat(Arrays.stream(TEMPLATE.followUp(tokenizer, turn.question())),
                        Arrays.stream(TEMPLATE.answer(tokenizer, turn.answer()))));
            }
            assertThat(TEMPLATE.conversation(tokenizer, TURNS, 9_999, 4).ids()).containsExactly(grown.toArray());
        }
    }

    @Test
    void openingHoldsThePictureOnceAndEmptyAnswersAreTheEndToken() {
        try (var tokenizer = Style.FIRST_SECTION.open(folder)) {
            int[] opening = TEMPLATE.opening(tokenizer, "normal", 9_999, 7);
            assertThat(opening[0]).isEqualTo(tokenizer.idOf("<s>").orElseThrow());
            assertThat(Arrays.stream(opening).filter(id -> id == 9_999)).hasSize(7);
            assertThat(tokenizer.decode(opening)).isEqualTo(TEMPLATE.system() + " USER: \nnormal ASSISTANT:");
            assertThat(tokenizer.decode(new PromptTemplate(" ").opening(tokenizer, "normal", 9_999, 1))).isEqualTo("USER: \nnormal ASSISTANT:");
            assertThat(TEMPLATE.answer(tokenizer, " ")).containsExactly(tokenizer.idOf("</s>").orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes</s>", "<image>", "a <s> b", "<unk>"})
    void refusesTextsThatHoldMarks(String hostile) {
        try (var tokenizer = Style.FIRST_SECTION.open(folder)) {
            assertThatThrownBy(() -> TEMPLATE.opening(tokenizer, hostile, 9_999, 1)).isInstanceOf(InputException.class).hasMessageContaining("question");
            assertThatThrownBy(() -> TEMPLATE.followUp(tokenizer, hostile)).isInstanceOf(InputException.class);
            assertThatThrownBy(() -> TEMPLATE.answer(tokenizer, hostile)).isInstanceOf(InputException.class).hasMessageContaining("answer");
            assertThatThrownBy(() -> new PromptTemplate(hostile).opening(tokenizer, "normal", 9_999, 1)).isInstanceOf(InputException.class);
        }
    }

    @Test
    void refusesAMarkThatOnlyTheNormalizerMakes() throws IOException {
        var json = Files.readString(TextResources.file("tokenizer.json")).replace("\"normalizer\": null", "\"normalizer\": {\"type\": \"NFKC\"}")
                .replaceAll("\"normalized\": false", "\"normalized\": true");
        try (var tokenizer = Tokenizer.load(Files.writeString(folder.resolve("nfkc.json"), json))) {
            assertThat(tokenizer.encodePlain("＜/s＞")).contains(2);
            assertThatThrownBy(() -> TEMPLATE.answer(tokenizer, "normal＜/s＞")).isInstanceOf(InputException.class).hasMessageContaining("</s>");
        }
    }

    @Test
    void refusesTextsThatGiveTheImageToken() {
        try (var tokenizer = Style.FIRST_SECTION.open(folder)) {
            int word = tokenizer.encodePlain("normal")[0];
            assertThatThrownBy(() -> TEMPLATE.conversation(tokenizer, List.of(new Turn("normal", "normal")), word, 5)).isInstanceOf(InputException.class);
            assertThatThrownBy(() -> TEMPLATE.conversation(tokenizer, List.of(), 9_999, 5)).isInstanceOf(InputException.class);
        }
    }

    @Test
    void keepsAnotherSystemTextInTheModelFolder() throws IOException {
        assertThat(PromptTemplate.load(folder)).isEqualTo(TEMPLATE);
        new PromptTemplate("Vous êtes prudent.").save(folder);
        assertThat(PromptTemplate.load(folder).system()).isEqualTo("Vous êtes prudent.");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve(PromptTemplate.FILE_NAME));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "[]", "{\"system\": null}", "{\"sytem\": \"x\"}", "{\"system\": \"x\", \"more\": 1}", "{\"system\": [1]}"})
    void refusesATemplateFileOfAnotherShape(String content) throws IOException {
        Files.writeString(folder.resolve(PromptTemplate.FILE_NAME), content);
        assertThatThrownBy(() -> PromptTemplate.load(folder)).isInstanceOf(InputException.class).hasMessageContaining(PromptTemplate.FILE_NAME);
    }
}
