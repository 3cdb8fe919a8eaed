package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.clinical.logic.ClinicalLogic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogicAuditCommandTest {
    @TempDir
    private Path folder;
    private Path logic;

    @BeforeEach
    void write() throws IOException {
        logic = file("logic.yaml", ClinicalLogic.shippedText("painted-marrow"));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void saysWhetherFixedAnswersWin() throws IOException {
        var labels = file("labels.csv", "label,count\nnormal,700\nadequate_AML,150\nmm,150\nclot,0\n");
        var won = Ran.with("logic", "audit", "--logic", logic, "--labels", labels);
        assertThat(won.status()).as(won.err()).isEqualTo(1);
        assertThat(won.out()).contains("adequate_AML 150, mm 150, normal 700", "the truth    7.00  100 %",
                "This reward can be won without looking: always answering 'adequate, cellular, normal, none, normal'");
        var mended = Ran.with("logic", "audit", "--logic", logic, "--labels", labels, "--threshold", "0.99").succeeds();
        assertThat(mended.out()).contains("No fixed answers win this reward");
    }

    @Test
    void readsImagesAsCurateDoesAndCountsEvenlyWithoutLabels() throws IOException {
        var images = file("images.csv", "image,label\na.png,normal\nb.png,aml\nc.png,aml\nd.png,mm\ne.png,blood\nf.png,clot\n");
        assertThat(Ran.with("logic", "audit", "--logic", logic, "--labels", images, "--balance").succeeds().out())
                .contains("aml 2, blood 1, clot 1, mm 1, normal 1");
        assertThat(Ran.with("logic", "audit", "--logic", logic).succeeds().out()).contains("normal 1, aml 1, mm 1, blood 1, clot 1");
    }

    @Test
    void faultyTablesAreNamedWithTheirLine() throws IOException {
        refused("label,count\nnormal,5\nflu,3\n", "line 3", "flu", "known labels");
        refused("label,count\nnormal,many\n", "line 2", "count", "'many'");
        refused("label,count\nnormal,-1\n", "line 2", "count", "'-1'");
        refused("label,count\nnormal,1\nnormal,2\n", "line 3", "occurs twice");
        refused("label,count\nnormal,1,2\n", "line 2", "expected 2 values");
        refused("label,count\nnormal,0\n", "at least one");
        refused("label,count\n", "at least one");
        refused("image,label\n", "at least one");
        refused("name,number\nnormal,1\n", "line 1", "header");
        refused("", "empty");
        Ran.with("logic", "audit", "--logic", logic, "--threshold", "0").refuses("--threshold");
        Ran.with("logic", "audit", "--logic", logic, "--labels", folder.resolve("none.csv")).refuses("none.csv");
    }

    private void refused(String table, String... words) throws IOException {
        Ran.with("logic", "audit", "--logic", logic, "--labels", file("labels.csv", table)).refuses("labels.csv").refuses(words);
    }
}
