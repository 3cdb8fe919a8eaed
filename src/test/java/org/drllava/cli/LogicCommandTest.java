package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.clinical.logic.ClinicalLogic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogicCommandTest {
    @TempDir
    private Path folder;

    @Test
    void aGoodLogicIsToldInOneLine() {
        var ran = Ran.with("logic", "check", "painted-marrow").succeeds();
        assertThat(ran.out().lines()).singleElement().asString().matches("painted-marrow\\.yaml: ok, 5 questions, 21 symbols, \\d+ wordings, 5 diagnoses");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void everyMistakeHasItsLine() throws Exception {
        var file = Files.writeString(folder.resolve("my.yaml"), ClinicalLogic.shippedText("painted-marrow").replace("no_match: 0.5", "no_macth: 0.5")
                .replace("cells: myeloblasts", "cells: myeloblast"));
        var ran = Ran.with("logic", "check", file, "painted-marrow");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.out().lines()).hasSize(3);
        assertThat(ran.out()).contains("my.yaml:").contains(": error: question 'cells': unknown symbol 'myeloblast'; did you mean 'myeloblasts'?")
                .contains(": error: unknown key 'no_macth'; did you mean 'no_match'?").contains("painted-marrow.yaml: ok");
    }

    @Test
    void whatCannotBeReadIsBadInputAndTheRestIsChecked() {
        var ran = Ran.with("logic", "check", folder.resolve("none.yaml"), "painted-marrow").refuses("none.yaml", "bone-marrow");
        assertThat(ran.out()).contains("painted-marrow.yaml: ok");
        Ran.with("logic", "check", folder).refuses(folder.toString());
        Ran.with("logic", "check").refuses("FILE");
        Ran.with("logic").refuses("check", "show");
    }

    @Test
    void showDraws() throws Exception {
        var file = folder.resolve("a/logic.svg");
        Ran.with("logic", "show", "painted-marrow", "--output", file).succeeds();
        assertThat(Files.readString(file)).startsWith("<?xml").contains("<svg").isEqualTo(Ran.with("logic", "show", "painted-marrow").succeeds().out());
        Ran.with("logic", "show", "nowhere.yaml", "--output", folder.resolve("b.svg")).refuses("nowhere.yaml");
        Ran.with("logic", "show", "painted-marrow", "--output", folder).refuses("--output");
        assertThat(folder.resolve("b.svg")).doesNotExist();
    }
}
