package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClinicalLogicTest {
    @TempDir Path folder;

    private Path logic(String yaml) throws Exception {
        return Files.writeString(folder.resolve("logic.yaml"), yaml);
    }

    @Test
    void shippedTextLoadsFromAFile() throws Exception {
        var loaded = ClinicalLogic.load(logic(ClinicalLogic.shippedText("painted-marrow")));
        assertThat(loaded).isEqualTo(ClinicalLogic.shipped("painted-marrow"));
        assertThat(loaded.reward()).isEqualTo(RewardWeights.DEFAULT);
    }

    /** One fault in the shipped file each; the message names the file, the place and the fault. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            no_match: 0.5                | no_match: none               | no_match: expected a number
            no_match: 0.5                | no_macth: 0.5                | unknown key 'no_macth'
              - id: content              |   - id: quality              | 'quality' occurs twice
            denial_of: [inadequate]      | denial_of: [bad]             | denial_of: unknown symbol 'bad'
            cells: myeloblasts           | cells: blasts                | cells: unknown symbol 'blasts'
            labels: [adequate_MM]        | labels: [AML]                | 'aml' also belongs to
            "apt",                       | "apt", "poor",               | the pattern 'poor' also belongs to
            "apt",                       | "Apt!",                      | patterns[12]: the pattern 'Apt!'
            This is multiple myeloma.    | This is AML.                 | 'This is AML.' is read as
            name: painted bone marrow    | nome: bone marrow            | unknown key 'nome'
            name: painted bone marrow    | name: [unclosed              | not well formed
            name: painted bone marrow    | ~~                           | 'name' is missing
            """, quoteCharacter = '~')
    void faultsAreNamed(String right, String wrong, String message) throws Exception {
        var yaml = ClinicalLogic.shippedText("painted-marrow");
        assertThat(yaml).contains(right);
        var file = logic(yaml.replace(right, wrong));
        assertThatThrownBy(() -> ClinicalLogic.load(file)).isInstanceOf(InputException.class)
                .hasMessageContaining("logic.yaml").hasMessageContaining(message);
    }

    @Test
    void missingAndEmptyFilesAreNamed() throws Exception {
        assertThatThrownBy(() -> ClinicalLogic.load(folder.resolve("none.yaml"))).isInstanceOf(InputException.class).hasMessageContaining("none.yaml");
        var empty = logic("");
        assertThatThrownBy(() -> ClinicalLogic.load(empty)).isInstanceOf(InputException.class).hasMessageContaining("logic.yaml");
    }

    @Test
    void unknownLabelListsTheKnown() {
        assertThatThrownBy(() -> ClinicalLogic.shipped("painted-marrow").diagnosis("lymphoma")).isInstanceOf(InputException.class)
                .hasMessageContaining("lymphoma").hasMessageContaining("adequate_aml_mono").hasMessageContaining("clot");
    }
}
