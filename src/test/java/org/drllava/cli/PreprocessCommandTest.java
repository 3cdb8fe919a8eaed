package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.checkpoint.SafetensorsFile;
import org.drllava.common.AtomicFile;
import org.drllava.image.PngFiles;
import org.drllava.image.RgbImage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreprocessCommandTest {
    @TempDir
    private Path folder;
    private Path model;

    @BeforeEach
    void aModelThatSeesTwoPixelsASide() {
        model = folder.resolve("model");
        AtomicFile.write(model.resolve("preprocessor_config.json"), """
                {"size": 2, "crop_size": 2, "image_mean": [0.5, 0, 0.2], "image_std": [0.5, 1, 0.1]}
                """);
    }

    @Test
    void picturesBecomePixelValuesInTheirOrder() {
        var red = picture("red.png", 255, 0, 51);
        var grey = picture("grey.png", 51, 51, 102);
        var output = folder.resolve("out/pixels.safetensors");
        Ran.with("preprocess", "--model", model, red, grey, red, "--output", output).succeeds();
        try (var arena = Arena.ofConfined()) {
            var pixels = SafetensorsFile.open(output, arena).require("pixel_values");
            assertThat(pixels.shape()).containsExactly(3, 3, 2, 2);
            // (value / 255 - mean) / std in each of the planes
            float[] first = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0};
            float[] second = {-0.6f, -0.6f, -0.6f, -0.6f, 0.2f, 0.2f, 0.2f, 0.2f, 2, 2, 2, 2};
            var expected = new float[36];
            System.arraycopy(first, 0, expected, 0, 12);
            System.arraycopy(second, 0, expected, 12, 12);
            System.arraycopy(first, 0, expected, 24, 12);
            assertThat(pixels.toFloats()).containsExactly(expected, org.assertj.core.data.Offset.offset(1e-6f));
        }
    }

    @Test
    void whatCannotBeReadOrWrittenIsNamedAndNothingIsWritten() throws Exception {
        var output = folder.resolve("pixels.safetensors");
        var good = picture("good.png", 1, 2, 3);
        var bad = Files.writeString(folder.resolve("bad.png"), "no picture");
        Ran.with("preprocess", "--model", model, good, bad, "--output", output).refuses("bad.png");
        Ran.with("preprocess", "--model", model, good, folder.resolve("none.png"), "--output", output).refuses("none.png");
        Ran.with("preprocess", "--model", folder, good, "--output", output).refuses(folder.toString(), "preprocessor_config.json");
        Ran.with("preprocess", "--model", model, "--output", output).refuses("IMAGE");
        Ran.with("preprocess", "--model", model, good, "--output", folder).refuses("--output", "folder");
        Ran.with("preprocess", "--model", model, good, "--output", good.resolve("x")).refuses("--output", "good.png");
        assertThat(output).doesNotExist();
    }

    private Path picture(String name, int red, int green, int blue) {
        var rgb = new byte[3 * 4 * 4];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) red;
            rgb[i + 1] = (byte) green;
            rgb[i + 2] = (byte) blue;
        }
        PngFiles.write(new RgbImage(4, 4, rgb), folder.resolve(name));
        return folder.resolve(name);
    }
}
