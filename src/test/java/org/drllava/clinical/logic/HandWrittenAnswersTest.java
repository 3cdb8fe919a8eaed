package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers that people wrote for the shipped logics, a table each of question, symbol and answer. The part "before tuning" was written
 * before any rule was fitted to such answers.
 */
class HandWrittenAnswersTest {
    private static final double LEAST_RIGHT = 0.98;

    private record Row(String question, String symbol, String answer, boolean beforeTuning) {}

    @ParameterizedTest
    @ValueSource(strings = {"bone-marrow", "chest-xray", "ecg"})
    void nearlyAllAreReadAsMeant(String logic) throws IOException {
        var rows = rows("/answers/" + logic + ".tsv");
        assertThat(rows).hasSizeGreaterThanOrEqualTo(300);
        var parser = new AnswerParser(ClinicalLogic.shipped(logic));
        check(parser, rows);
        check(parser, rows.stream().filter(Row::beforeTuning).toList());
        check(parser, rows("/answers/later/" + logic + ".tsv"));
    }

    private static void check(AnswerParser parser, List<Row> rows) {
        assertThat(rows).isNotEmpty();
        var misread = new ArrayList<String>();
        for (var row : rows) {
            var parsed = parser.parse(row.question(), row.answer());
            var read = switch (parsed) {
                case Parsed.Symbol(var name, _) -> name;
                case Parsed.NoMatch _ -> "no_match";
                case Parsed.Conflict _ -> "conflict";
            };
            if (!read.equals(row.symbol())) {
                misread.add(row.question() + ": '" + row.answer() + "' is " + row.symbol() + ", read as " + parsed);
            }
        }
        assertThat(1 - (double) misread.size() / rows.size()).as("%d of %d misread:%n%s", misread.size(), rows.size(), String.join("\n", misread))
                .isGreaterThanOrEqualTo(LEAST_RIGHT);
    }

    private static List<Row> rows(String resource) throws IOException {
        String text;
        try (var in = HandWrittenAnswersTest.class.getResourceAsStream(resource)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        var rows = new ArrayList<Row>();
        boolean beforeTuning = false;
        for (var line : text.lines().toList()) {
            if (line.startsWith("#")) {
                beforeTuning = line.equals("# before tuning");
            } else if (!line.isBlank()) {
                var cells = line.split("\t", -1);
                assertThat(cells).as(line).hasSize(3);
                rows.add(new Row(cells[0], cells[1], cells[2], beforeTuning));
            }
        }
        return rows;
    }
}
