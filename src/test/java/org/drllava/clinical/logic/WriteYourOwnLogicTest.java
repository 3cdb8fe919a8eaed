package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/write-your-own-logic.md says nothing that the program does not do. */
class WriteYourOwnLogicTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (lesions|diagnosis) \\| ([^|]+) \\| `(\\w+)` \\|$");

    private static final String PAGE = page();
    private static final CheckedLogic EXAMPLE = CheckedLogic.of(first("(?s)```yaml\\n(.*?)```"));

    private static String page() {
        try {
            return Files.readString(Path.of("../docs/write-your-own-logic.md"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theExampleLoadsWithoutAFinding() {
        assertThat(EXAMPLE.findings()).isEmpty();
        assertThat(EXAMPLE.logic()).isPresent();
    }

    @Test
    void theAnswersAreReadAsThePageSays() {
        var parser = new AnswerParser(EXAMPLE.orThrow("fundus.yaml"));
        var rows = ROW.matcher(PAGE).results().toList();
        assertThat(rows).hasSize(6);
        for (MatchResult row : rows) {
            var read = switch (parser.parse(row.group(1), row.group(2))) {
                case Parsed.Symbol(var name, _) -> name;
                case Parsed.NoMatch _ -> "no_match";
                case Parsed.Conflict _ -> "conflict";
            };
            assertThat(read).as(row.group()).isEqualTo(row.group(3));
        }
    }

    @Test
    void thePathsAreThoseOfTheTable() {
        for (var diagnosis : EXAMPLE.orThrow("fundus.yaml").diagnoses()) {
            assertThat(PAGE).contains("| " + diagnosis.name() + " | " + String.join(" | ", diagnosis.path().values()) + " |");
        }
    }

    @Test
    void labelsOfTheTableNameDiagnoses() {
        var logic = EXAMPLE.orThrow("fundus.yaml");
        first("(?s)image,label,patient\\n(.*?)```").lines().forEach(line -> assertThat(logic.findDiagnosis(line.split(",")[1])).as(line).isPresent());
    }

    private static String first(String pattern) {
        return Pattern.compile(pattern).matcher(PAGE).results().findFirst().orElseThrow().group(1);
    }
}
