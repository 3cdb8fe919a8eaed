package org.drllava.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class TokenizerTest {
    @TempDir Path folder;

    record Case(String text, int[] ids, int[] plain, String decoded) {}

    static List<Case> cases() {
        return List.of(JsonMapper.shared().readValue(TextResources.file("cases.json").toFile(), Case[].class));
    }

    private static Tokenizer tokenizer() {
        return Tokenizer.load(TextResources.file("tokenizer.json"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithHuggingFaceTokenizers(Case expected) {
        try (var tokenizer = tokenizer()) {
            assertThat(tokenizer.encode(expected.text())).containsExactly(expected.ids());
            assertThat(tokenizer.encodePlain(expected.text())).containsExactly(expected.plain());
            assertThat(tokenizer.decode(expected.ids())).isEqualTo(expected.decoded());
        }
    }

    @Test
    void neitherTruncatesNorPadsEvenWhereTheFileSaysSo() throws IOException {
        var text = Files.readString(TextResources.file("tokenizer.json"));
        var asking = text
                .replace("\"truncation\": null", "\"truncation\": {\"direction\": \"Right\", \"max_length\": 3, \"strategy\": \"LongestFirst\", \"stride\": 0}")
                .replace("\"padding\": null", "\"padding\": {\"strategy\": {\"Fixed\": 4000}, \"direction\": \"Left\", \"pad_to_multiple_of\": null, \"pad_id\": 0, \"pad_type_id\": 0, \"pad_token\": \"<unk>\"}");
        assertThat(asking).contains("max_length", "Fixed");
        var words = "normal image ".repeat(900);
        try (var plain = tokenizer(); var stubborn = Tokenizer.load(written(asking))) {
            assertThat(stubborn.encode(words)).hasSizeGreaterThan(1800).containsExactly(plain.encode(words));
            assertThat(stubborn.encode("normal")).containsExactly(plain.encode("normal"));
        }
    }

    @Test
    void knowsItsVocabulary() {
        try (var tokenizer = tokenizer()) {
            int image = tokenizer.idOf("<image>").orElseThrow();
            assertThat(tokenizer.vocabularySize()).isEqualTo(image + 1);
            assertThat(tokenizer.token(image)).isEqualTo("<image>");
            assertThat(IntStream.range(0, tokenizer.vocabularySize())).allSatisfy(id -> assertThat(tokenizer.idOf(tokenizer.token(id))).hasValue(id));
            assertThat(tokenizer.specialTokens()).containsExactly("<unk>", "<s>", "</s>", "<image>");
            assertThat(tokenizer.isSpecial(image)).isTrue();
            assertThat(tokenizer.isSpecial(3)).isFalse();
            assertThat(tokenizer.idOf("no such piece")).isEmpty();
            assertThatThrownBy(() -> tokenizer.token(image + 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tokenizer.token(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void decodesIdsOutsideTheVocabularyToNothing() {
        try (var tokenizer = tokenizer()) {
            int[] ids = tokenizer.encode("normal");
            assertThat(tokenizer.decode(ids[0], ids[1], 5_000_000)).isEqualTo(tokenizer.decode(ids[0], ids[1]));
            assertThat(tokenizer.decode()).isEmpty();
            assertThatThrownBy(() -> tokenizer.decode(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesAHalfSurrogateForAQuestionMark() {
        try (var tokenizer = tokenizer()) {
            assertThat(tokenizer.encode("a\uD83Eb")).containsExactly(tokenizer.encode("a?b"));
        }
    }

    @Test
    void servesManyThreads() {
        try (var tokenizer = tokenizer()) {
            var seen = IntStream.range(0, 400).parallel().mapToObj(i -> tokenizer.decode(tokenizer.encode("acute myeloid " + i))).toList();
            assertThat(seen).containsExactlyElementsOf(IntStream.range(0, 400).mapToObj(i -> "acute myeloid " + i).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "null", "[]", "{}", "{\"model\": 3}", "{\"model\": {\"vocab\": {}}}", "{\"model\": {\"vocab\": {\"a\": -1}}}",
        "{\"model\": {\"vocab\": {\"a\": 2000000000}}}", "{\"model\": {\"vocab\": {\"a\": 1.5}}}", "{\"model\": {\"vocab\": [[1, 2]]}}",
        "{\"model\": {\"vocab\": {\"a\": 0}}}", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"x y\"]}}",
        "{\"added_tokens\": [{\"id\": \"x\"}], \"model\": {\"vocab\": {\"a\": 0}}}"})
    void refusesWhatIsNoTokenizer(String content) throws IOException {
        var file = written(content);
        assertThatThrownBy(() -> Tokenizer.load(file)).isInstanceOf(InputException.class).hasMessageContaining(file.toString());
    }

    @Test
    void refusesMissingFilesFoldersAndBytes() throws IOException {
        assertThatThrownBy(() -> Tokenizer.load(folder.resolve("none.json"))).isInstanceOf(InputException.class).hasMessageContaining("none.json");
        assertThatThrownBy(() -> Tokenizer.load(folder)).isInstanceOf(InputException.class).hasMessageContaining(folder.toString());
        var latin = Files.write(folder.resolve("latin.json"), "{\"é\": 1}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Tokenizer.load(latin)).isInstanceOf(InputException.class).hasMessageContaining("latin.json");
    }

    private Path written(String content) throws IOException {
        return Files.writeString(folder.resolve("tokenizer.json"), content);
    }
}
