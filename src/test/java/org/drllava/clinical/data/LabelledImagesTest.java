package org.drllava.clinical.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.drllava.clinical.data.LabelFolders.Patients;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledImagesTest {
    @TempDir Path folder;
    private final ClinicalLogic logic = ClinicalLogic.shipped("painted-marrow");

    private Path file(String name, String content) throws Exception {
        Files.createDirectories(folder.resolve(name).getParent());
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void foldersGiveLabelsAndPatients() throws Exception {
        file("blood/p7_1.png", "a");
        file("blood/p7_2.JPG", "b");
        file("adequate_MM/x.tiff", "c");
        file("adequate_MM/notes.txt", "d");
        file("adequate_MM/.hidden.png", "e");
        file(".cache/x.png", "f");
        file("README.md", "g");
        assertThat(LabelFolders.read(folder, logic, Patients.FILE_NAME_PREFIX)).containsExactly(
                new LabelledImage(folder.resolve("adequate_MM/x.tiff"), "adequate_MM", "x"),
                new LabelledImage(folder.resolve("blood/p7_1.png"), "blood", "p7"),
                new LabelledImage(folder.resolve("blood/p7_2.JPG"), "blood", "p7"));
        assertThat(LabelFolders.read(folder, logic, Patients.ONE_PER_FILE)).extracting(LabelledImage::patient).doesNotHaveDuplicates();
        file("flu/x.png", "h");
        assertThatThrownBy(() -> LabelFolders.read(folder, logic, Patients.ONE_PER_FILE)).isInstanceOf(InputException.class)
                .hasMessageContaining("flu").hasMessageContaining("adequate_mm");
    }

    @Test
    void emptyOrMissingFoldersAreErrors() {
        assertThatThrownBy(() -> LabelFolders.read(folder, logic, Patients.ONE_PER_FILE)).isInstanceOf(InputException.class).hasMessageContaining("no images");
        assertThatThrownBy(() -> LabelFolders.read(folder.resolve("none"), logic, Patients.ONE_PER_FILE)).isInstanceOf(InputException.class);
    }

    @Test
    void tableGivesImages() throws Exception {
        var csv = file("labels.csv", "\uFEFFPatient,image, label \r\np1,\"a, \"\"b\"\".png\",Blood\r\n\r\np1,sub/c.png,\"adequate_AML\"");
        assertThat(LabelCsv.read(csv, logic)).containsExactly(
                new LabelledImage(folder.resolve("a, \"b\".png"), "Blood", "p1"),
                new LabelledImage(folder.resolve("sub/c.png"), "adequate_AML", "p1"));
        var plain = file("plain.csv", "image,label\na.png,mm\n");
        assertThat(LabelCsv.read(plain, logic)).containsExactly(new LabelledImage(folder.resolve("a.png"), "mm", "a.png"));
    }

    @Test
    void furtherColumnsFillTheLogicsSlots() throws Exception {
        var slotted = new ClinicalLogic(logic.name(), logic.questions(), logic.diagnoses(), logic.reward(), List.of("note", "troponin"));
        var csv = file("slots.csv", "image,Troponin,label,NOTE\na.png,0.4,mm,\"two\r\nlines, \"\"sic\"\"\"\nb.png,,aml,\n");
        assertThat(LabelCsv.read(csv, slotted)).containsExactly(
                new LabelledImage(folder.resolve("a.png"), "mm", "a.png", Map.of("troponin", "0.4", "note", "two lines, \"sic\"")),
                new LabelledImage(folder.resolve("b.png"), "aml", "b.png"));
        assertThatThrownBy(() -> LabelCsv.read(csv, logic)).isInstanceOf(InputException.class)
                .hasMessageContaining("line 1: column 2 'Troponin': unknown column; known columns are image, label, patient, as this logic has no slots.");
        file("slots.csv", "image,label,age\na.png,mm,3\n");
        assertThatThrownBy(() -> LabelCsv.read(csv, slotted)).hasMessageContaining("column 3 'age'").hasMessageContaining("slots note, troponin.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            image,label;a.png,mm;b.png,flu        | line 3: column 2 'label': unknown label 'flu'; known labels are adequate_aml
            image,label;a.png                     | line 2: expected 2 values (image, label), found 1
            image,label;,mm                       | line 2: column 1 'image': expected a value
            image,label,patient;a,mm,             | line 2: column 3 'patient': expected a value
            image,label;a.png,mm;;a.png,mm        | line 4: column 1 'image': the image a.png occurs twice
            a.png,mm                              | line 1: expected the header image,label
            image,label,label;a,mm,mm             | line 1: column 3 'label': the column occurs twice
            image,label;"a;.png,mm                | line 2: a quote is not closed in column 1
            image,label;"a;.png",mm               | line 2: column 1 'image': control characters
            image,label,patient;a.png,mm,<image>  | line 2: column 3 'patient': control characters and <image>
            image,label;a"b".png,mm               | line 2: a quote stands inside a value in column 1
            ;                                     | is empty
            """, quoteCharacter = '~')
    void faultyTablesNameLineAndColumn(String table, String message) throws Exception {
        var csv = file("bad.csv", table.replace(';', '\n'));
        assertThatThrownBy(() -> LabelCsv.read(csv, logic)).isInstanceOf(InputException.class)
                .hasMessageContaining("bad.csv").hasMessageContaining(message);
    }

    private List<LabelledImage> cohort(int patients, Random random) {
        var images = new ArrayList<LabelledImage>();
        var labels = List.of("normal", "aml", "mm", "blood", "clot");
        for (int p = 0; p < patients; p++) {
            for (int f = 0; f <= random.nextInt(4); f++) {
                images.add(new LabelledImage(folder.resolve("p" + p + "_" + f + ".png"), labels.get(p % 5), "p" + p));
            }
        }
        return images;
    }

    @Test
    void noPatientIsInTwoPartsAndLabelsAreSharedOut() {
        for (int seed = 0; seed < 30; seed++) {
            var images = cohort(200, new Random(seed));
            var split = Split.byPatient(images, .1, .2, seed);
            var parts = List.of(split.train(), split.validation(), split.test());
            var seen = new HashSet<String>();
            int sum = 0;
            for (var part : parts) {
                var patients = new HashSet<>(part.stream().map(LabelledImage::patient).toList());
                assertThat(seen).as("seed " + seed).doesNotContainAnyElementsOf(patients);
                seen.addAll(patients);
                sum += part.size();
                assertThat(Split.labelCounts(part)).hasSize(5);
            }
            assertThat(sum).isEqualTo(images.size());
            for (var label : List.of("normal", "clot")) {
                assertThat(split.test().stream().filter(i -> i.label().equals(label)).map(LabelledImage::patient).distinct().count()).isEqualTo(8);
                assertThat(split.validation().stream().filter(i -> i.label().equals(label)).map(LabelledImage::patient).distinct().count()).isEqualTo(4);
            }
        }
    }

    @Test
    void splitDependsOnTheSeedAndNotOnTheOrder() {
        var images = cohort(40, new Random(1));
        var split = Split.byPatient(images, .2, .2, 9);
        Collections.shuffle(images, new Random(2));
        assertThat(Split.byPatient(images, .2, .2, 9)).isEqualTo(split);
        assertThat(Split.byPatient(images, .2, .2, 10)).isNotEqualTo(split);
        assertThat(Split.byPatient(images, 0, 0, 9).train()).hasSameSizeAs(images);
        assertThat(Split.byPatient(List.of(), .5, .5, 0).test()).isEmpty();
        assertThatThrownBy(() -> Split.byPatient(images, .6, .6, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Split.byPatient(images, Double.NaN, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void roundingIsCarriedFromLabelToLabel() {
        // 5 labels with one patient each: a fifth of the patients is one, not none.
        var images = cohort(5, new Random(0));
        assertThat(Split.byPatient(images, 0, .2, 0).test().stream().map(LabelledImage::patient).distinct()).hasSize(1);
    }

    @Test
    void equalFilesAreFound() throws Exception {
        var a = new LabelledImage(file("a.png", "same"), "mm", "a");
        var b = new LabelledImage(file("b.png", "other"), "mm", "b");
        var c = new LabelledImage(file("c.png", "same"), "aml", "c");
        assertThat(Duplicates.find(List.of(a, b, c))).containsExactly(List.of(a, c));
        assertThat(Split.labelCounts(List.of(a, b, c))).isEqualTo(Map.of("aml", 1, "mm", 2));
        assertThatThrownBy(() -> Duplicates.find(List.of(new LabelledImage(folder.resolve("no.png"), "mm", "x")))).isInstanceOf(InputException.class);
    }
}
