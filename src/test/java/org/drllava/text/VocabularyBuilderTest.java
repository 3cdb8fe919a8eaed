package org.drllava.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyBuilderTest {
    private static final List<String> QUESTIONS = List.of("Is this image usable for diagnosis?", "What does the bone marrow show?");
    private static final List<String> ANSWERS = List.of("The marrow is normal.", "Yes, it is low-quality (a clot).", "Δ cells: 40% blasts.");

    @TempDir Path folder;

    @BeforeEach
    void write() {
        builder().write(folder);
    }

    private static VocabularyBuilder builder() {
        return new VocabularyBuilder().addConversations(PromptTemplate.VICUNA_V1, QUESTIONS, ANSWERS);
    }

    private Tokenizer tokenizer() {
        return Tokenizer.load(folder.resolve("tokenizer.json"));
    }

    private static List<String> pieces(Tokenizer tokenizer, int... ids) {
        return Arrays.stream(ids).mapToObj(tokenizer::token).toList();
    }

    @Test
    void startsWithTheSpecialTokensInTheirPlaces() {
        assertThat(builder().tokens().subList(0, 4)).containsExactly("<unk>", "<s>", "</s>", "<image>");
        try (var tokenizer = tokenizer()) {
            assertThat(pieces(tokenizer, tokenizer.encode(""))).containsExactly("<s>");
            assertThat(tokenizer.vocabularySize()).isEqualTo(builder().tokens().size());
            assertThat(tokenizer.specialTokens()).containsExactly("<unk>", "<s>", "</s>", "<image>");
        }
    }

    @Test
    void wordsAreOneTokenAndTheirPunctuationAnother() {
        try (var tokenizer = tokenizer()) {
            assertThat(pieces(tokenizer, tokenizer.encodePlain("marrow."))).containsExactly("▁marrow", ".");
            assertThat(pieces(tokenizer, tokenizer.encodePlain(ANSWERS.get(1))))
                    .containsExactly("▁Yes", ",", "▁it", "▁is", "▁low-quality", "▁", "(", "a", "▁clot", ")", ".");
        }
    }

    @Test
    void everyWordOfAConversationIsOneTokenWhereverItStands() {
        try (var tokenizer = tokenizer()) {
            for (var questions : List.of(QUESTIONS, QUESTIONS.reversed())) {
                var turns = List.of(new Turn(questions.get(0), ANSWERS.get(0)), new Turn(questions.get(1), ANSWERS.get(2)));
                var tokens = pieces(tokenizer, PromptTemplate.VICUNA_V1.conversation(tokenizer, turns, 3, 2).ids());
                assertThat(tokens).noneMatch(token -> token.length() == 1 && Character.isLetterOrDigit(token.charAt(0)));
                assertThat(tokens).doesNotContain("<unk>");
            }
        }
    }

    @Test
    void otherWordsFallBackToLettersAndComeBackWhole() {
        try (var tokenizer = tokenizer()) {
            assertThat(pieces(tokenizer, tokenizer.encodePlain("mix"))).containsExactly("▁", "m", "i", "x");
            for (var text : List.of("mix", "unseen wording, 12.5 mm", "two  spaces ", "a\nb\tc", "Δ cells", "{~}\"'", "Is it?\nThe end")) {
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
            assertThat(pieces(tokenizer, tokenizer.encodePlain("骨"))).containsExactly("▁", "<unk>");
        }
    }

    @Test
    void isTheSameWhateverTheOrderOfTheTexts(@TempDir Path other) throws IOException {
        new VocabularyBuilder().addConversations(PromptTemplate.VICUNA_V1, QUESTIONS.reversed(), ANSWERS.reversed()).write(other);
        for (var name : List.of("tokenizer.json", "tokenizer_config.json")) {
            assertThat(Files.readString(other.resolve(name))).isEqualTo(Files.readString(folder.resolve(name)));
        }
    }

    @Test
    void addedTextsStandAlone() {
        var tokens = new VocabularyBuilder().add("blood \"clot\" (b2) a.b's!").tokens();
        assertThat(tokens).contains("▁blood", "clot", "b2", "▁a.b's").doesNotContain("blood", "▁clot");
    }
}
