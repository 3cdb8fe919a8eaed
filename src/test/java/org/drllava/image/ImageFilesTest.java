package org.drllava.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
    @TempDir Path folder;

    static List<String> pictures() throws IOException {
        try (var files = Files.list(ImageResources.file("rgb.png").getParent())) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.matches(".*\\.(png|jpg|tif|webp|bmp|gif)")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void readsTheBytesThatPillowReads(String name) throws IOException {
        assertThat(ImageFiles.read(ImageResources.file(name)).rgb()).containsExactly(ImageResources.bytes(name + ".rgb"));
        ImageFiles.check(ImageResources.file(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"turned5.jpg", "turned6.jpg", "turned7.jpg", "turned8.jpg", "turned6.png", "turned5.webp", "turned8.tif"})
    void aLyingPictureIsStoodUp(String name) {
        var image = ImageFiles.read(ImageResources.file(name));
        assertThat(List.of(image.width(), image.height())).containsExactly(17, 23);
    }

    /** Of a cut animation the first frame may be whole. */
    static List<String> stillPictures() throws IOException {
        return pictures().stream().filter(name -> !name.equals("animated.gif")).toList();
    }

    @ParameterizedTest
    @MethodSource("stillPictures")
    void aCutFileIsAnErrorAndNotAGreyRest(String name) throws IOException {
        var whole = ImageResources.bytes(name);
        for (int kept : new int[] {whole.length / 4, whole.length / 2, whole.length * 3 / 4, whole.length * 9 / 10}) {
            var cut = Files.write(folder.resolve(name), Arrays.copyOf(whole, kept));
            assertThatThrownBy(() -> ImageFiles.read(cut)).as("%d of %d bytes", kept, whole.length)
                    .isInstanceOf(InputException.class).hasMessageContaining(cut.toString());
            assertThatThrownBy(() -> ImageFiles.check(cut)).as("%d of %d bytes", kept, whole.length)
                    .isInstanceOf(InputException.class).hasMessageContaining(cut.toString());
        }
    }

    /** Header and end are whole; of the rest a decoder makes nonsense. */
    @ParameterizedTest
    @ValueSource(strings = {"rgb.jpg", "rgb444.jpg", "grey.jpg", "cmyk.jpg", "progressive.jpg", "restarts.jpg"})
    void noiseInTheMiddleOfAJpegIsAnError(String name) throws IOException {
        var whole = ImageResources.bytes(name);
        int scan = indexOf(whole, 0xDA);
        var random = new SplittableRandom(7);
        for (int at = scan + (whole.length - scan) / 4; at < whole.length * 3 / 4; at += 20) {
            var noise = whole.clone();
            for (int i = at; i < whole.length - 30; i++) {
                noise[i] = (byte) random.nextInt(255); // no marker
            }
            refusesDamage(noise, name);
        }
    }

    /** A decoder makes grey of what is missing. (A progressive picture that ends early is a coarser one.) */
    @ParameterizedTest
    @ValueSource(strings = {"rgb.jpg", "rgb444.jpg", "grey.jpg", "cmyk.jpg", "restarts.jpg"})
    void anEndMarkTooEarlyInAJpegIsAnError(String name) throws IOException {
        var whole = ImageResources.bytes(name);
        int scan = indexOf(whole, 0xDA);
        for (int at = scan + (whole.length - scan) / 4; at < whole.length * 3 / 4; at += 20) {
            refusesDamage(concatenated(Arrays.copyOf(whole, at), new byte[] {(byte) 0xFF, (byte) 0xD9}), name);
        }
    }

    private void refusesDamage(byte[] content, String name) throws IOException {
        var file = Files.write(folder.resolve(name), content);
        assertThatThrownBy(() -> ImageFiles.read(file)).isInstanceOf(InputException.class).hasMessageContaining(file + " cannot be read as a picture: ");
    }

    /** Some cameras fill their files up, some write a few bytes between the segments. */
    @Test
    void paddingInAJpegIsNoDamage() throws IOException {
        var whole = ImageResources.bytes("rgb.jpg");
        var data = Arrays.copyOf(whole, whole.length - 2);
        var end = Arrays.copyOfRange(whole, whole.length - 2, whole.length);
        var padded = Files.write(folder.resolve("padded.jpg"), concatenated(data, concatenated(new byte[300], end)));
        assertThat(ImageFiles.read(padded).rgb()).containsExactly(ImageResources.bytes("rgb.jpg.rgb"));
        int quantization = indexOf(whole, 0xDB);
        var spaced = concatenated(Arrays.copyOf(whole, quantization), concatenated(new byte[3], Arrays.copyOfRange(whole, quantization, whole.length)));
        assertThat(ImageFiles.read(Files.write(folder.resolve("spaced.jpg"), spaced)).rgb()).containsExactly(ImageResources.bytes("rgb.jpg.rgb"));
    }

    private static int indexOf(byte[] jpeg, int marker) {
        return new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00FF" + (char) marker);
    }

    private static byte[] concatenated(byte[] left, byte[] right) {
        var both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    @Test
    void aFlippedByteInAPngIsAnError() throws IOException {
        var bytes = ImageResources.bytes("rgb.png");
        bytes[bytes.length / 2] ^= 4;
        var file = Files.write(folder.resolve("flipped.png"), bytes);
        assertThatThrownBy(() -> ImageFiles.read(file)).isInstanceOf(InputException.class).hasMessageContaining("damaged");
    }

    @Test
    void whatIsNoPictureIsNamed() throws IOException {
        for (var content : List.of("", "B", "just text", "GIF8", "\u00FF\u00D8\u00FF", "RIFF\0\0\0\0WEBP", "II*\0\u00FF\u00FF\u00FF\u007F", "BM")) {
            var file = Files.write(folder.resolve("fake.png"), content.getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> ImageFiles.read(file)).as(content).isInstanceOf(InputException.class).hasMessageContaining("fake.png");
            assertThatThrownBy(() -> ImageFiles.check(file)).as(content).isInstanceOf(InputException.class).hasMessageContaining("fake.png");
        }
        assertThatThrownBy(() -> ImageFiles.read(folder)).isInstanceOf(InputException.class).hasMessageContaining("folder");
        assertThatThrownBy(() -> ImageFiles.read(folder.resolve("none.png"))).isInstanceOf(InputException.class).hasMessageContaining("none.png");
    }

    @Test
    void tooManyPixelsAreRefusedBeforeTheyTakeMemory() throws IOException {
        var png = ImageResources.bytes("rgb.png");
        refusesSize(png(png, 50_000, 50_000), "huge.png", "50000 x 50000");
        refusesSize(png(png, 30_001, 2), "long.png", "30001 x 2");
        refusesSize(png(png, 10_001, 10_000), "large.png", "10001 x 10000");

        var jpeg = ImageResources.bytes("rgb.jpg");
        int frame = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00FF\u00C0");
        refusesSize(ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 65_500).putShort(frame + 7, (short) 65_500).array(), "huge.jpg", "65500 x 65500");

        var tiff = ByteBuffer.wrap(ImageResources.bytes("white-is-zero.tif")).order(ByteOrder.LITTLE_ENDIAN);
        refusesSize(tiff.putShort(18, (short) 60_000).putShort(30, (short) 60_000).array(), "huge.tif", "60000 x 60000");
    }

    private void refusesSize(byte[] content, String name, String size) throws IOException {
        var file = Files.write(folder.resolve(name), content);
        assertThatThrownBy(() -> ImageFiles.read(file)).isInstanceOf(InputException.class).hasMessageContaining(name).hasMessageContaining(size);
        assertThatThrownBy(() -> ImageFiles.check(file)).isInstanceOf(InputException.class).hasMessageContaining(name).hasMessageContaining(size);
    }

    private static byte[] png(byte[] from, int width, int height) {
        var png = ByteBuffer.wrap(from.clone()).putInt(16, width).putInt(20, height);
        var crc = new CRC32();
        crc.update(png.array(), 12, 17);
        return png.putInt(29, (int) crc.getValue()).array();
    }
}
