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
 * before any rule was fitted to such answers; "harder" was written to find faults when all others were read well, and is full of
 * suppositions, comparisons, lists behind headings, elliptic answers and contradictions. The rounds are later sets of a few hundred
 * answers, each written before the rules were run on it; their headings say how many were read right at first sight.
 */
class HandWrittenAnswersTest {
    private static final double LEAST_RIGHT = 0.98;
    private static final double LEAST_RIGHT_OF_HARDER = 0.95;
    private static final double LEAST_RIGHT_OF_HARD = 0.92;
    private static final int ROUNDS = 8;

    private record Row(String question, String symbol, String answer, String part) {}

    @ParameterizedTest
    @ValueSource(strings = {"bone-marrow", "chest-xray", "ecg"})
    void nearlyAllAreReadAsMeant(String logic) throws IOException {
        var rows = rows("/answers/" + logic + ".tsv");
        assertThat(rows).hasSizeGreaterThanOrEqualTo(450);
        var parser = new AnswerParser(ClinicalLogic.shipped(logic));
        check(parser, rows, LEAST_RIGHT);
        check(parser, part(rows, "# before tuning"), LEAST_RIGHT);
        check(parser, part(rows, "# harder"), LEAST_RIGHT_OF_HARDER);
        check(parser, rows("/answers/later/" + logic + ".tsv"), LEAST_RIGHT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bone-marrow", "chest-xray", "ecg"})
    void soAreLaterRounds(String logic) throws IOException {
        var parser = new AnswerParser(ClinicalLogic.shipped(logic));
        var hard = new ArrayList<Row>();
        for (int round = 1; round <= ROUNDS; round++) {
            var rows = rows("/answers/rounds/" + round + "/" + logic + ".tsv");
            check(parser, part(rows, "# typical"), LEAST_RIGHT);
            hard.addAll(part(rows, "# hard"));
        }
        check(parser, hard, LEAST_RIGHT_OF_HARD);
    }

    private static void check(AnswerParser parser, List<Row> rows, double leastRight) {
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
                .isGreaterThanOrEqualTo(leastRight);
    }

    private static List<Row> part(List<Row> rows, String heading) {
        return rows.stream().filter(row -> row.part().equals(heading)).toList();
    }

    private static List<Row> rows(String resource) throws IOException {
        String text;
        try (var in = HandWrittenAnswersTest.class.getResourceAsStream(resource)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        var rows = new ArrayList<Row>();
        var part = "";
        for (var line : text.lines().toList()) {
            if (line.startsWith("#")) {
                part = line;
            } else if (!line.isBlank()) {
                var cells = line.split("\t", -1);
                assertThat(cells).as(line).hasSize(3);
                rows.add(new Row(cells[0], cells[1], cells[2], part));
            }
        }
        return rows;
    }
}
