package org.drllava.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngFilesTest {
    @TempDir Path folder;

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        for (int[] size : new int[][] {{1, 1}, {7, 3}, {64, 33}}) {
            var rgb = new byte[3 * size[0] * size[1]];
            new SplittableRandom(3).nextBytes(rgb);
            var image = new RgbImage(size[0], size[1], rgb);
            var file = folder.resolve("picture.png");
            PngFiles.write(image, file);
            var read = ImageFiles.read(file);
            assertThat(read.width()).isEqualTo(image.width());
            assertThat(read.rgb()).containsExactly(rgb);
            assertThat(Files.readAllBytes(file)).containsExactly(PngFiles.encode(image));
        }
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aMissingFolderIsMadeAndAPlaceThatCannotBeOneIsNamed() {
        var inside = folder.resolve("new").resolve("picture.png");
        PngFiles.write(new RgbImage(1, 1, new byte[3]), inside);
        var file = inside.resolve("picture.png");
        assertThatThrownBy(() -> PngFiles.write(new RgbImage(1, 1, new byte[3]), file)).isInstanceOf(UncheckedIOException.class).hasMessageContaining(file.toString());
    }

    @Test
    void sizesMustFitTheBytes() {
        assertThatThrownBy(() -> new RgbImage(2, 2, new byte[11])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RgbImage(0, 2, new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RgbImage(1 << 16, 1 << 16, new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }
}
