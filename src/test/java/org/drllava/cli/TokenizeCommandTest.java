package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TokenizeCommandTest {
    private static final Path RESOURCES = Path.of(TokenizeCommandTest.class.getResource("/text").getPath());
    private static final Path TOKENIZER = RESOURCES.resolve("tokenizer.json");

    /** cases.json is what Hugging Face tokenizers does with the same file. */
    @Test
    void textsBecomeTheIdsOfHuggingFaceAndIdsItsTexts() throws Exception {
        var json = JsonMapper.shared();
        List<JsonNode> cases = json.readTree(Files.readString(RESOURCES.resolve("cases.json"))).valueStream().toList();
        var texts = new StringBuilder();
        var ids = new StringBuilder();
        cases.forEach(each -> {
            texts.append(json.writeValueAsString(each.get("text").stringValue())).append('\n');
            ids.append(each.get("ids")).append("\r\n");
        });
        var encoded = Ran.reading(texts.toString(), "tokenize", "--tokenizer", TOKENIZER).succeeds();
        assertThat(encoded.out().lines().map(json::readTree).toList()).isEqualTo(cases.stream().map(each -> each.get("ids")).toList());
        var decoded = Ran.reading(ids.toString(), "tokenize", "--decode", "--tokenizer", TOKENIZER).succeeds();
        assertThat(decoded.out().lines().map(json::readTree).toList()).isEqualTo(cases.stream().map(each -> each.get("decoded")).toList());
    }

    @Test
    void nothingGivesNothingAndTheLastLineNeedsNoEnd() {
        assertThat(Ran.reading("", "tokenize", "--tokenizer", TOKENIZER).succeeds().out()).isEmpty();
        assertThat(Ran.reading("\"normal\"", "tokenize", "--tokenizer", TOKENIZER).succeeds().out().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"a": 1}        | expected a string
            "a" "b"         | not well formed
            normal          | not well formed
            ''              | expected a string
            """)
    void aLineThatIsNoTextIsNamed(String line, String words) {
        var ran = Ran.reading("\"normal\"\n" + line + "\n", "tokenize", "--tokenizer", TOKENIZER);
        ran.refuses("standard input: line 2", words);
        assertThat(ran.out().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "normal"        | expected an array
            [1, -1]         | line 1[1]: expected a token id, found -1
            [1.5]           | line 1[0]: expected a token id
            [4294967296]    | line 1[0]: expected a token id
            [[1]]           | line 1[0]: expected a token id
            """)
    void aLineThatIsNoArrayOfIdsIsNamed(String line, String words) {
        Ran.reading(line, "tokenize", "--decode", "--tokenizer", TOKENIZER).refuses("standard input: line 1", words);
    }

    @Test
    void bytesThatAreNoTextAreNamed() {
        Ran.reading(new byte[] {'"', 'a', '"', '\n', '"', (byte) 0xc3, '"', '\n'}, "tokenize", "--tokenizer", TOKENIZER)
                .refuses("standard input: line 2 is not UTF-8");
    }

    @Test
    void aTokenizerIsNeeded() {
        Ran.reading("", "tokenize").refuses("--tokenizer");
        Ran.reading("", "tokenize", "--tokenizer", "/not/there.json").refuses("/not/there.json");
    }
}
