package org.drllava.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.logic.RewardWeights;
import org.drllava.clinical.logic.Wordings;
import org.drllava.report.LogicLayout.Box;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class LogicDrawingTest {
    private static Document drawn(ClinicalLogic logic) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(LogicDrawing.svg(logic))));
    }

    private static long count(Document svg, String element, String cssClass) {
        var all = svg.getElementsByTagName(element);
        return IntStream.range(0, all.getLength()).filter(i -> List.of(all.item(i).getAttributes().getNamedItem("class") == null ? new String[0]
                : all.item(i).getAttributes().getNamedItem("class").getNodeValue().split(" ")).contains(cssClass)).count();
    }

    @Test
    void everySymbolAndDiagnosisIsThere() throws Exception {
        var logic = ClinicalLogic.shipped("painted-marrow");
        var svg = drawn(logic);
        long symbols = logic.questions().stream().mapToLong(q -> q.symbols().size()).sum();
        assertThat(count(svg, "rect", "symbol")).isEqualTo(symbols + 1); // one in the legend
        assertThat(count(svg, "rect", "unused")).as("unknown in each question").isEqualTo(logic.questions().size() + 1);
        assertThat(count(svg, "rect", "diagnosis")).isEqualTo(5);
        assertThat(count(svg, "path", "line")).isEqualTo(2 * 5 + 1);
        assertThat(svg.getDocumentElement().getTextContent()).contains("plasma_cells", "adequate_MM", "Which cells are");
        assertThat(LogicDrawing.svg(logic)).isEqualTo(LogicDrawing.svg(logic)).doesNotContain("http:/" + "/localhost", "<script", "url(");
    }

    @Test
    void hostileTextsStayTexts() throws Exception {
        var word = "</text><script>alert('&\u0000')</script>";
        var wordings = new Wordings(List.of(word), List.of(word));
        var question = new Question(word, wordings, List.of(new Question.Symbol(word, wordings, List.of(), List.of(), List.of(), Set.of())), List.of(), List.of());
        var path = new LinkedHashMap<String, String>();
        path.put(word, word);
        var svg = drawn(new ClinicalLogic(word, List.of(question), List.of(new Diagnosis(word, path, List.of(word))), RewardWeights.DEFAULT, List.of()));
        assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    }

    @Test
    void arcsShowWhatComesAfterWhatWithoutShortcuts() {
        var layout = LogicLayout.of(random(new SplittableRandom(1), 4, 3, true)); // each after all before it
        assertThat(layout.arcs()).hasSize(3);
        assertThat(LogicLayout.of(random(new SplittableRandom(1), 4, 3, false)).arcs()).isEmpty();
    }

    /** From one question to ten, one diagnosis to twelve, whatever the paths. */
    @Test
    void nothingOverlaps() {
        long seed = 7;
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 100; i++) {
            var logic = random(random, random.nextInt(1, 11), random.nextInt(1, 13), random.nextBoolean());
            var layout = LogicLayout.of(logic);
            var boxes = Stream.concat(layout.columns().stream().flatMap(c -> c.boxes().stream()), layout.diagnosisBoxes().stream()).toList();
            for (var a : boxes) {
                assertThat(a.x() >= 0 && a.y() >= 0 && a.x() + a.width() <= layout.width() && a.y() + a.height() <= layout.height()).as("seed %d, case %d: %s", seed, i, a).isTrue();
                assertThat(boxes).as("seed %d, case %d", seed, i).noneMatch(b -> b != a && overlap(a, b));
            }
            portsStayApart(layout);
        }
    }

    private static boolean overlap(Box a, Box b) {
        return a.x() < b.x() + b.width() && b.x() < a.x() + a.width() && a.y() < b.y() + b.height() && b.y() < a.y() + a.height();
    }

    /** Two lines never run into one another at a box, and each touches its own box there. */
    private static void portsStayApart(LogicLayout layout) {
        for (int column = 0; column <= layout.columns().size(); column++) {
            var heights = new ArrayList<Double>();
            for (int rank = 0; rank < layout.order().size(); rank++) {
                heights.add(layout.ports(rank).get(column).y());
            }
            var sorted = heights.stream().sorted().toList();
            for (int i = 1; i < sorted.size(); i++) {
                assertThat(sorted.get(i) - sorted.get(i - 1)).isGreaterThan(4); // the width of a line
            }
        }
    }

    private static ClinicalLogic random(SplittableRandom random, int questions, int diagnoses, boolean ordered) {
        var asked = new ArrayList<Question>();
        for (int q = 0; q < questions; q++) {
            var wordings = new Wordings(List.of("word ".repeat(random.nextInt(1, 30)).strip()), List.of("x"));
            var symbols = IntStream.range(0, random.nextInt(1, 6)).mapToObj(s -> new Question.Symbol("s" + "x".repeat(random.nextInt(40)) + s, wordings, List.of(),
                    List.of(), List.of(), Set.of())).toList();
            asked.add(new Question("question" + q, wordings, symbols, List.of(), ordered ? asked.stream().map(Question::id).toList() : List.of()));
        }
        var paths = IntStream.range(0, diagnoses).mapToObj(d -> {
            var path = new LinkedHashMap<String, String>();
            asked.forEach(q -> path.put(q.id(), q.names().get(random.nextInt(q.names().size()))));
            return new Diagnosis("diagnosis" + d, path, random.nextBoolean() ? List.of() : List.of("label" + d));
        }).toList();
        return new ClinicalLogic("random", asked, paths, RewardWeights.DEFAULT, List.of());
    }
}
