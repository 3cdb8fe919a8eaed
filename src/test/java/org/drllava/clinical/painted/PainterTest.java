package org.drllava.clinical.painted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.drllava.clinical.data.LabelCsv;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.image.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PainterTest {
    private static final int SIZE = 64;
    @TempDir Path folder;

    private static PaintedPatient patient(Specimen specimen, long seed) {
        return PaintedPatient.random("p", specimen, seed);
    }

    @Test
    void seedAndFieldDecideThePicture() {
        for (var specimen : Specimen.values()) {
            var picture = Painter.paint(patient(specimen, 5), 2, SIZE).rgb();
            assertThat(Painter.paint(patient(specimen, 5), 2, SIZE).rgb()).isEqualTo(picture);
            assertThat(Painter.paint(patient(specimen, 5), 3, SIZE).rgb()).isNotEqualTo(picture);
            assertThat(Painter.paint(patient(specimen, 6), 2, SIZE).rgb()).isNotEqualTo(picture);
        }
    }

    /** Pictures are data: a change of a pixel changes what trained models saw, and has to be meant. */
    @Test
    void picturesAreTheSameOnEveryMachine() {
        assertThat(Arrays.hashCode(Painter.paint(patient(Specimen.MM, 1), 0, SIZE).rgb())).isEqualTo(982439353);
    }

    @Test
    void sizeIsAParameterWithinBounds() {
        for (int size : new int[] {16, 37, 72, 224}) {
            var picture = Painter.paint(patient(Specimen.CLOT, 1), 0, size);
            assertThat(picture.width()).isEqualTo(size);
            assertThat(picture.rgb()).hasSize(3 * size * size);
        }
        assertThatThrownBy(() -> Painter.paint(patient(Specimen.CLOT, 1), 0, 15)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Painter.paint(patient(Specimen.CLOT, 1), 0, 1 << 20)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sharesKeepToTheirClass() {
        for (var specimen : Specimen.values()) {
            for (int seed = 0; seed < 400; seed++) {
                var mix = patient(specimen, seed).mix();
                assertThat(Arrays.stream(mix.shares()).sum()).isBetween(1 - 1e-9, 1 + 1e-9);
                assertThat(Arrays.stream(mix.shares()).min().orElseThrow()).isNotNegative();
                double blasts = mix.share(CellKind.MYELOBLAST), plasma = mix.share(CellKind.PLASMA_CELL);
                assertThat(blasts).isBetween(specimen == Specimen.AML ? .25 : 0, specimen == Specimen.AML ? .75 : .13);
                assertThat(plasma).isBetween(specimen == Specimen.MM ? .23 : 0, specimen == Specimen.MM ? .70 : .10);
            }
        }
    }

    @Test
    void fieldsMeetTheSharesWithinOneCell() {
        for (int seed = 0; seed < 200; seed++) {
            for (var specimen : Specimen.values()) {
                var patient = patient(specimen, seed);
                var content = patient.field(seed % 4);
                int cells = Arrays.stream(content.cells()).sum();
                for (var kind : CellKind.values()) {
                    assertThat((double) content.cells()[kind.ordinal()]).isBetween(patient.mix().share(kind) * cells - 1.001, patient.mix().share(kind) * cells + 1.001);
                }
                assertThat(content.fibrin() > 0).isEqualTo(specimen == Specimen.CLOT);
            }
        }
    }

    @Test
    void countsMeetTheSharesInTheMean() {
        var mix = new CellMix(new double[] {.13, .07, .2, .35, .25});
        var random = new SplittableRandom(3);
        double blasts = IntStream.range(0, 20_000).map(_ -> mix.count(11, random)[0]).average().orElseThrow();
        assertThat(blasts).isBetween(1.43 - .02, 1.43 + .02); // standard error 0.0035
    }

    /** Red cells redden blood, deep blue darkens plasma cells, fibrin fills clots: classes differ in the mean, not picture by picture. */
    @Test
    void classesDifferInTheirPixels() {
        var nuclear = new EnumMap<Specimen, Double>(Specimen.class);
        var clear = new EnumMap<Specimen, Double>(Specimen.class);
        for (var specimen : Specimen.values()) {
            var pictures = IntStream.range(0, 60).mapToObj(seed -> Painter.paint(patient(specimen, seed), 0, SIZE)).toList();
            nuclear.put(specimen, pictures.stream().mapToDouble(p -> share(p, true)).average().orElseThrow());
            clear.put(specimen, pictures.stream().mapToDouble(p -> share(p, false)).average().orElseThrow());
        }
        assertThat(nuclear.get(Specimen.BLOOD)).isLessThan(nuclear.get(Specimen.NORMAL) / 3);
        assertThat(nuclear.get(Specimen.AML)).isGreaterThan(nuclear.get(Specimen.NORMAL) * 1.2);
        assertThat(nuclear.get(Specimen.MM)).isGreaterThan(nuclear.get(Specimen.NORMAL) * 1.2);
        assertThat(clear.get(Specimen.CLOT)).isLessThan(clear.get(Specimen.NORMAL) * .8);
    }

    /** Share of pixels much darker in red than the lamp (nuclei), or as bright as empty glass in green. */
    private static double share(RgbImage picture, boolean dark) {
        int count = 0;
        int most = 0;
        for (int i = 0; i < picture.rgb().length; i += 3) {
            most = Math.max(most, picture.rgb()[i + 1] & 255);
        }
        for (int i = 0; i < picture.rgb().length; i += 3) {
            count += dark ? (picture.rgb()[i] & 255) < .58 * most ? 1 : 0 : (picture.rgb()[i + 1] & 255) > .78 * most ? 1 : 0;
        }
        return 3. * count / picture.rgb().length;
    }

    @Test
    void atlasHasOnePhraseAFactorAndAllPhrasesOccur() {
        var seen = new HashSet<Integer>();
        for (int i = 0; i < 600; i++) {
            var picture = AtlasPainter.paint(7, i, 16);
            assertThat(picture.phrases()).hasSize(12).isSorted().doesNotHaveDuplicates();
            assertThat(picture.caption().split(", ")).hasSize(12);
            Arrays.stream(picture.phrases()).forEach(seen::add);
        }
        assertThat(seen).hasSameSizeAs(AtlasPicture.PHRASES);
        assertThat(AtlasPicture.PHRASES).doesNotHaveDuplicates();
        assertThat(AtlasPainter.paint(7, 3, 32).picture().rgb()).isEqualTo(AtlasPainter.paint(7, 3, 32).picture().rgb());
        assertThat(AtlasPainter.paint(7, 3, 32).picture().rgb()).isNotEqualTo(AtlasPainter.paint(8, 3, 32).picture().rgb());
    }

    @Test
    void captionsSayWhatIsThere() {
        var look = new Look(0, 1, 1, 1, 1, 0, 1, 1, 0, .01, 1);
        var phrases = AtlasPainter.describe(look, new Content(new int[] {5, 0, 1, 3, 1}, 12, .5, 2, 0));
        assertThat(Arrays.stream(phrases).mapToObj(AtlasPicture.PHRASES::get)).containsExactly("many nucleated cells", "some red cells",
                "mostly myeloblasts", "no plasma cells", "some lymphocytes", "many granulocytes", "some normoblasts", "a large clot",
                "clean smear", "purple stain", "bright light", "sharp");
        assertThat(AtlasPainter.describe(look, new Content(new int[5], 0, 0, 0, 0))[2]).isEqualTo(AtlasPicture.PHRASES.indexOf("no myeloblasts"));
    }

    @Test
    void dataSetIsSplitByPatientWithEvenClasses() {
        var data = PaintedDataset.generate(1, new PaintedDataset.Part(15, 4), new PaintedDataset.Part(5, 2), new PaintedDataset.Part(10, 1));
        assertThat(data.all()).hasSize(60 + 10 + 10);
        assertThat(data.all().stream().map(PaintedField::name)).doesNotHaveDuplicates();
        assertThat(data.all().stream().map(f -> f.patient().seed()).distinct()).hasSize(30);
        for (var specimen : Specimen.values()) {
            assertThat(data.train().stream().filter(f -> f.patient().specimen() == specimen)).hasSize(12);
            assertThat(data.test().stream().filter(f -> f.patient().specimen() == specimen)).hasSize(2);
        }
        var larger = PaintedDataset.generate(1, new PaintedDataset.Part(20, 4), new PaintedDataset.Part(0, 1), new PaintedDataset.Part(10, 1));
        assertThat(larger.train().stream().map(PaintedField::name)).startsWith(data.train().stream().map(PaintedField::name).toArray(String[]::new));
        assertThat(larger.test().getLast().paint(SIZE).rgb()).isEqualTo(data.test().getLast().paint(SIZE).rgb());
        assertThat(PaintedDataset.generate(2, new PaintedDataset.Part(1, 1), new PaintedDataset.Part(0, 1), new PaintedDataset.Part(0, 1))
                .train().getFirst().patient().seed()).isNotEqualTo(data.train().getFirst().patient().seed());
    }

    @Test
    void writtenFolderReadsBack() throws Exception {
        var fields = PaintedDataset.generate(4, new PaintedDataset.Part(5, 2), new PaintedDataset.Part(0, 1), new PaintedDataset.Part(0, 1)).train();
        var images = PaintedDataset.write(fields, 40, folder.resolve("set"));
        assertThat(LabelCsv.read(folder.resolve("set/labels.csv"), ClinicalLogic.shipped("painted-marrow"))).isEqualTo(images);
        try (var files = Files.list(folder.resolve("set"))) {
            assertThat(files).hasSize(11);
        }
        var read = ImageIO.read(images.get(3).file().toFile());
        var painted = fields.get(3).paint(40).rgb();
        for (int i = 0; i < 1600; i++) {
            assertThat(read.getRGB(i % 40, i / 40) & 0xffffff).isEqualTo(
                    (painted[3 * i] & 255) << 16 | (painted[3 * i + 1] & 255) << 8 | painted[3 * i + 2] & 255);
        }
    }
}
