package org.drllava.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipPreprocessorTest {
    private static final String NUMBERS = "\"image_mean\": [0.48145466, 0.4578275, 0.40821073], \"image_std\": [0.26862954, 0.26130258, 0.27577711]";

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"rgb,1", "rgb,8", "rgb,23", "rgb,40", "thin,1", "thin,8", "thin,23", "thin,40"})
    void paddedPixelsAreThoseOfPillow(String name, int size) throws IOException {
        var image = ImageFiles.read(ImageResources.file(name + ".png"));
        assertThat(ClipPreprocessor.clip(size).pixels(image).rgb()).containsExactly(ImageResources.bytes(name + "-square-" + size + ".rgb"));
    }

    @ParameterizedTest
    @CsvSource({"rgb,9,9", "rgb,17,14", "rgb,31,20", "thin,9,9", "thin,17,14", "thin,31,20"})
    void croppedPixelsAreThoseOfPillow(String name, int shorter, int size) throws IOException {
        var image = ImageFiles.read(ImageResources.file(name + ".png"));
        var clip = ClipPreprocessor.clip(size);
        var cropping = new ClipPreprocessor(size, shorter, false, clip.rescale(), clip.mean(), clip.std());
        assertThat(cropping.pixels(image).rgb()).containsExactly(ImageResources.bytes(name + "-crop-" + shorter + "-" + size + ".rgb"));
    }

    @Test
    void valuesAreNormalisedPlanes() {
        var rgb = new byte[3 * 5 * 5];
        for (int i = 0; i < 25; i++) {
            rgb[3 * i] = (byte) 255;
            rgb[3 * i + 1] = (byte) i;
        }
        var values = ClipPreprocessor.clip(5).apply(new RgbImage(5, 5, rgb));
        assertThat(values).hasSize(75);
        // float32 rounding: three operations on numbers below 3
        for (int i = 0; i < 25; i++) {
            assertThat((double) values[i]).isEqualTo((1 - 0.48145466) / 0.26862954, within(1e-6));
            assertThat((double) values[25 + i]).isEqualTo((i / 255.0 - 0.4578275) / 0.26130258, within(1e-6));
            assertThat((double) values[50 + i]).isEqualTo(-0.40821073 / 0.27577711, within(1e-6));
        }
    }

    @Test
    void veryThinPicturesNeedNoSquareInMemory() {
        var line = new RgbImage(30_000, 2, new byte[3 * 30_000 * 2]);
        assertThat(ClipPreprocessor.clip(8).apply(line)).hasSize(192);
        var clip = ClipPreprocessor.clip(336);
        var cropped = new ClipPreprocessor(336, 336, false, clip.rescale(), clip.mean(), clip.std()).pixels(line);
        assertThat(cropped.rgb()).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"size\": 28", "\"size\": {\"shortest_edge\": 28}", "\"size\": {\"height\": 28, \"width\": 28}",
        "\"size\": {\"shortest_edge\": 28}, \"crop_size\": {\"height\": 28, \"width\": 28}, \"resample\": 3, \"rescale_factor\": 0.00392156862745098",
        "\"size\": 28, \"crop_size\": 28, \"do_center_crop\": true", "\"size\": 28, \"crop_size\": 20, \"do_center_crop\": false"})
    void readsTheSpellingsOfPreprocessorFiles(String sizes) throws IOException {
        assertThat(loaded("{" + sizes + ", " + NUMBERS + "}")).usingRecursiveComparison().isEqualTo(ClipPreprocessor.clip(28));
        Files.delete(folder.resolve("preprocessor_config.json"));
        Files.writeString(folder.resolve("processor_config.json"), "{\"processor_class\": \"LlavaProcessor\", \"image_processor\": {" + sizes + ", " + NUMBERS + "}}");
        assertThat(ClipPreprocessor.load(folder)).usingRecursiveComparison().isEqualTo(ClipPreprocessor.clip(28));
    }

    @Test
    void cropMayBeSmallerThanTheResize() throws IOException {
        var read = loaded("{\"size\": 32, \"crop_size\": 28, " + NUMBERS + "}");
        assertThat(read.resize()).isEqualTo(32);
        assertThat(read.size()).isEqualTo(28);
    }

    @Test
    void padsUnlessToldOtherwise() throws IOException {
        assertThat(loaded("{\"size\": 28, " + NUMBERS + "}").padToSquare()).isTrue();
        assertThat(loaded("{\"size\": 28, \"do_pad\": false, " + NUMBERS + "}").padToSquare()).isFalse();
        Files.writeString(folder.resolve("config.json"), "{\"image_aspect_ratio\": \"square\"}");
        assertThat(loaded("{\"size\": 28, " + NUMBERS + "}").padToSquare()).isFalse();
        assertThat(loaded("{\"size\": 28, \"do_pad\": true, " + NUMBERS + "}").padToSquare()).isTrue();
        Files.writeString(folder.resolve("config.json"), "{\"image_aspect_ratio\": \"pad\"}");
        assertThat(loaded("{\"size\": 28, " + NUMBERS + "}").padToSquare()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"size\": 28}", "{\"size\": 0, " + NUMBERS + "}", "{\"size\": 100000, " + NUMBERS + "}", "{\"size\": \"28\", " + NUMBERS + "}",
        "{\"size\": {\"height\": 28, \"width\": 30}, " + NUMBERS + "}", "{\"size\": 28, \"resample\": 2, " + NUMBERS + "}",
        "{\"size\": 28, \"crop_size\": 30, " + NUMBERS + "}", "{\"size\": 28, \"do_normalize\": false, " + NUMBERS + "}",
        "{\"size\": 28, \"rescale_factor\": 0, " + NUMBERS + "}", "{\"size\": 28, \"image_mean\": [1, 2], \"image_std\": [1, 1, 1]}",
        "{\"size\": 28, \"image_mean\": [0, 0, 0], \"image_std\": [1, 0, 1]}", "{\"size\": 28, \"image_mean\": [0, \"a\", 0], \"image_std\": [1, 1, 1]}"})
    void refusesWhatItWouldNotDo(String content) {
        assertThatThrownBy(() -> loaded(content)).isInstanceOf(InputException.class).hasMessageContaining("preprocessor_config.json");
    }

    @Test
    void namesTheFolderWithoutAFile() {
        assertThatThrownBy(() -> ClipPreprocessor.load(folder)).isInstanceOf(InputException.class).hasMessageContaining(folder.toString());
    }

    private ClipPreprocessor loaded(String content) throws IOException {
        Files.writeString(folder.resolve("preprocessor_config.json"), content);
        return ClipPreprocessor.load(folder);
    }
}
