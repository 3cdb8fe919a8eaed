package org.drllava.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.drllava.clinical.logic.Parsed;
import org.drllava.evaluate.AnsweredConversation;
import org.drllava.evaluate.AnsweredTurn;
import org.drllava.evaluate.Questionnaire;
import org.drllava.evaluate.Scorer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class HtmlReportTest {
    @TempDir
    private Path folder;

    private static ReportData empty(String title) {
        return new ReportData(title, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), "", Optional.empty());
    }

    /** The page as a tree: what was not escaped would be elements of its own, or no tree at all. */
    private static Document parsed(String page) throws Exception {
        var xml = page.replace("<!doctype html>", "").replaceAll("<(meta|img)( [^>]*)>", "<$1$2/>");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<Element> elements(Document page, String name) {
        var nodes = page.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
    }

    @Test
    void aFullReportStandsAlone() throws Exception {
        var file = folder.resolve("deep/report.html");
        HtmlReport.write(file, Pretend.report());

        var page = Files.readString(file);
        assertThat(page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "")).doesNotContain("http://", "https://", "//cdn", "@import", "url(", "<script", "<link");
        var tree = parsed(page);
        assertThat(tree.getDocumentElement().getAttribute("lang")).isEqualTo("en");
        assertThat(elements(tree, "h2")).extracting(Element::getTextContent)
                .containsExactly("Results", "By scenario", "By class", "Calibration of the diagnosis probabilities", "Clinical logic", "Training",
                        "Answers by truth", "Conversations", "Time", "Settings");
        assertThat(elements(tree, "img")).hasSize(2).allSatisfy(img -> {
            assertThat(img.getAttribute("alt")).startsWith("Patient 30");
            assertThat(img.getAttribute("src")).startsWith("data:image/png;base64,iVBORw0KGgo");
        });
        assertThat(elements(tree, "svg")).hasSize(9).allSatisfy(svg -> assertThat(svg.getAttribute("aria-label"))
                .containsAnyOf(" goes from ", "Reliability of 400 diagnosis probabilities.", "mm: quality adequate"));
        assertThat(elements(tree, "th")).allSatisfy(th -> assertThat(th.getAttribute("scope")).isNotEmpty());
        assertThat(elements(tree, "footer").getFirst().getTextContent()).contains("not for clinical use");
        assertThat(Files.getPosixFilePermissions(file)).as("as any new file").isEqualTo(
                Files.getPosixFilePermissions(Files.createFile(folder.resolve("any"))));
        try (var files = Files.list(file.getParent())) {
            assertThat(files).as("nothing left beside it").containsExactly(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>",
            "' onmouseover='alert(1)", "</style></title></pre></details>", "<!-- ]]> &lt; &#60;", "a\u0000b\ud800c\u001b[2J"})
    void nothingHostileGetsOutOfItsPlace(String evil) throws Exception {
        var harmless = shape(parsed(HtmlReport.page(filledWith("plain"))));

        var tree = parsed(HtmlReport.page(filledWith(evil)));
        assertThat(shape(tree)).isEqualTo(harmless);
        if (evil.chars().noneMatch(Character::isISOControl)) {
            assertThat(elements(tree, "h1").getFirst().getTextContent()).isEqualTo(evil);
            assertThat(elements(tree, "code").getFirst().getTextContent()).isEqualTo(evil);
        } else {
            assertThat(elements(tree, "h1").getFirst().getTextContent()).isEqualTo("a\ufffdb\ufffdc\ufffd[2J");
        }
    }

    /** A report with the same word in every place that takes one: whatever the word, its elements and attributes are the same. */
    private static ReportData filledWith(String word) {
        var answered = new AnsweredTurn("diagnosis", word, Optional.of(word + "?"), word, word, new Parsed.Symbol(word + "!", List.of()));
        var metrics = Scorer.score(List.of(new AnsweredConversation("c", word, "p", word, Optional.of(word), List.of(answered), Map.of(word, 1.0))),
                new Questionnaire("rules", List.of("diagnosis"), "diagnosis", Map.of()), 1);
        var arm = new Arm(word, metrics);
        var line = new Series(word, new double[] {0, 1}, new double[] {0, 1});
        var none = new Series(word, new double[0], new double[0]);
        var take = new SampleConversation.Take(word, List.of(new SampleTurn(word, word, word, word, false, Map.of(word, 1.0))));
        return new ReportData(word, List.of(word), List.of(new ReportData.Fact(word, word)), List.of(arm, arm),
                List.of(new Curve(word, word, word, List.of(line, none))),
                List.of(new ReportData.DiagnosisMatrix(word, metrics.diagnoses())),
                List.of(new SampleConversation(Pretend.picture(1), word, word, List.of(take))),
                List.of(new ReportData.Phase(word, 1)), word, Optional.empty());
    }

    private static List<String> shape(Document page) {
        return elements(page, "*").stream()
                .map(e -> e.getTagName() + IntStream.range(0, e.getAttributes().getLength())
                        .mapToObj(i -> e.getAttributes().item(i).getNodeName()).toList())
                .toList();
    }

    @Test
    void emptySectionsAreLeftOut() throws Exception {
        var tree = parsed(HtmlReport.page(empty("Nothing yet")));
        assertThat(elements(tree, "h2")).isEmpty();
        assertThat(elements(tree, "h1").getFirst().getTextContent()).isEqualTo("Nothing yet");
    }

    @Test
    void anOldReportIsReplacedAndAFailureLeavesNothing() throws IOException {
        var file = folder.resolve("report.html");
        HtmlReport.write(file, empty("old"));
        HtmlReport.write(file, empty("new"));
        assertThat(file).content().contains("<h1>new</h1>").doesNotContain("old</h1>");

        var occupied = Files.createDirectories(folder.resolve("occupied/inside")).getParent();
        assertThatThrownBy(() -> HtmlReport.write(occupied, empty("x"))).isInstanceOf(UncheckedIOException.class);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file, occupied);
        }
    }

    @Test
    void theLargestGainOfARowIsMarkedAndDifferencesHaveLimits() throws Exception {
        var tree = parsed(HtmlReport.page(Pretend.report()));
        var best = elements(tree, "td").stream().filter(td -> td.getAttribute("class").equals("best")).toList();
        assertThat(best).isNotEmpty().hasSizeLessThanOrEqualTo(4)
                .allSatisfy(td -> assertThat(td.getTextContent()).matches(".*\\+\\d+\\.\\d \\[[+−]\\d+\\.\\d, \\+\\d+\\.\\d].*"));
    }

    @Test
    void takesMustAnswerTheSameQuestions() {
        var one = new SampleConversation.Take("SFT", List.of(new SampleTurn("a?", "", null, "s", false, Map.of())));
        var other = new SampleConversation.Take("PPO", List.of(new SampleTurn("b?", "", null, "s", false, Map.of())));
        assertThatThrownBy(() -> new SampleConversation(new byte[0], "c", "t", List.of(one, other)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
