package org.drllava.clinical.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void afterAFaultTheMessageHasItsPlace() throws Exception {
        var file = logic(ClinicalLogic.shippedText("painted-marrow").replace("denial_of: [inadequate]", "denial_of: [inadequat]"));
        assertThatThrownBy(() -> ClinicalLogic.load(file)).isInstanceOf(InputException.class)
                .hasMessage(file + ":32:21: unknown symbol 'inadequat'; did you mean 'inadequate'?");
    }

    @Test
    void missingAndEmptyFilesAreNamed() throws Exception {
        assertThatThrownBy(() -> ClinicalLogic.load(folder.resolve("none.yaml"))).isInstanceOf(InputException.class).hasMessageContaining("none.yaml");
        assertThatThrownBy(() -> ClinicalLogic.load(folder)).isInstanceOf(InputException.class).hasMessageContaining(folder.toString());
        var large = logic("#".repeat(LogicKeys.MAX_FILE_BYTES + 1));
        assertThatThrownBy(() -> ClinicalLogic.load(large)).isInstanceOf(InputException.class).hasMessageContaining("4 MiB");
        var empty = logic("");
        assertThatThrownBy(() -> ClinicalLogic.load(empty)).isInstanceOf(InputException.class).hasMessageContaining("logic.yaml");
    }

    @Test
    void aNameStandsForAShippedLogicWhereThereIsNoSuchFile() throws Exception {
        assertThat(LogicFile.open("painted-marrow").load()).isEqualTo(ClinicalLogic.shipped("painted-marrow"));
        assertThat(LogicFile.open(logic(SmallLogic.TEXT).toString()).load().name()).isEqualTo("small");
        assertThatThrownBy(() -> LogicFile.open("bone")).isInstanceOf(InputException.class).hasMessageContaining("bone-marrow");
    }

    @Test
    void unknownLabelListsTheKnown() {
        assertThatThrownBy(() -> ClinicalLogic.shipped("painted-marrow").diagnosis("lymphoma")).isInstanceOf(InputException.class)
                .hasMessageContaining("lymphoma").hasMessageContaining("adequate_aml_mono").hasMessageContaining("clot");
    }
}
