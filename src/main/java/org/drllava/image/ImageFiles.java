package org.drllava.image;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import org.drllava.common.InputException;

/** Reads picture files: JPEG, PNG, TIFF, WebP, BMP and the first frame of a GIF. */
public final class ImageFiles {
    private static final long MOST_PIXELS = 100_000_000;
    private static final int LONGEST_SIDE = 30_000;
    /** Cameras and editors append a few things behind a JPEG's end. */
    private static final int MOST_TRAILING_BYTES = 1 << 16;

    private ImageFiles() {}

    /**
     * The picture, upright (EXIF orientation applied), as Pillow's {@code convert("RGB")} has it: stored numbers without
     * colour management, alpha dropped, palettes expanded; of 16 bits the upper 8.
     *
     * <p>All formats give Pillow's bytes, with two exceptions: 16-bit grey, which Pillow clips at 255, and lossy WebP,
     * whose decoder strays from libwebp's by a few grey levels, in places by 20.
     *
     * @throws InputException when the file is missing, no picture, cut or damaged, or larger than 100 megapixels or
     *     30,000 pixels a side; a too large one is refused before its pixels take memory
     */
    public static RgbImage read(Path file) {
        return open(file, (in, container) -> Orientation.upright(decode(in, container, file), container.orientation()));
    }

    /**
     * Whether a file is a whole picture, without the time that decoding takes: of a PNG the size and every checksum are looked at, of
     * a JPEG size and end mark; any other file is decoded, and a JPEG without an end too.
     *
     * @throws InputException as {@link #read} does; what is damaged between a JPEG's ends shows only there
     */
    public static void check(Path file) {
        open(file, (in, container) -> {
            boolean whole = container.format().equals("png") || container.format().equals("jpeg") && endMark(in) >= 0;
            return whole ? sized(in, container, file, _ -> null) : decode(in, container, file);
        });
    }

    /** Something to do with an open picture file. */
    private interface Work<T> {
        T apply(ImageInputStream in, Container container) throws IOException;
    }

    private static <T> T open(Path file, Work<T> work) {
        if (Files.isDirectory(file)) throw new InputException(file + " should be a picture, but is a folder.");
        if (!Files.isReadable(file)) throw new InputException(file + " should be a picture, but there is no such readable file.");
        try (var in = ImageIO.createImageInputStream(file.toFile())) {
            if (in == null) throw new IOException("it cannot be opened");
            var container = Container.read(in);
            if (container == null) throw new InputException(file + " is not a picture: expected JPEG, PNG, TIFF, WebP, BMP or GIF.");
            return work.apply(in, container);
        } catch (InputException e) {
            throw e;
        } catch (EOFException e) {
            throw new InputException(file + " is cut off: it ends before the picture does.", e);
        } catch (IOException | RuntimeException e) {
            // Decoders meet hostile bytes with any exception; to the user all of them say the same.
            throw new InputException(file + " cannot be read as a picture: " + reason(e), e);
        }
    }

    /** Where near the end a JPEG's end of image is, else -1; the stream stands where its compressed data begin, which hold no such mark. */
    private static long endMark(ImageInputStream in) throws IOException {
        long from = Math.max(in.getStreamPosition(), in.length() - MOST_TRAILING_BYTES);
        var end = bytes(in, from, in.length());
        for (int i = end.length - 2; i >= 0; i--) {
            if (end[i] == (byte) 0xFF && end[i + 1] == (byte) 0xD9) return from + i;
        }
        return -1;
    }

    private static byte[] bytes(ImageInputStream in, long from, long to) throws IOException {
        var bytes = new byte[(int) Math.max(0, to - from)];
        in.seek(from);
        in.readFully(bytes);
        return bytes;
    }

    private static RgbImage decode(ImageInputStream in, Container container, Path file) throws IOException {
        long end = container.format().equals("jpeg") ? endMark(in) : -1;
        return sized(in, container, file, reader -> {
            var damage = new Damage();
            reader.addIIOReadWarningListener(damage);
            var image = pixels(reader, container);
            if (damage.warning != null) throw new IOException(damage.warning);
            if (damage.leftOver > 0 && !isPadding(bytes(in, Math.max(0, end - damage.leftOver), end))) {
                throw new IOException("its pixels end " + damage.leftOver + " bytes before its data do");
            }
            return image;
        });
    }

    private static boolean isPadding(byte[] bytes) {
        for (byte each : bytes) {
            if (each != bytes[0]) return false;
        }
        return true;
    }

    /** Something to do with a decoder. */
    private interface Decoding<T> {
        T apply(ImageReader reader) throws IOException;
    }

    private static <T> T sized(ImageInputStream in, Container container, Path file, Decoding<T> decoding) throws IOException {
        var readers = ImageIO.getImageReadersByFormatName(container.format());
        if (!readers.hasNext()) throw new IOException("no decoder for " + container.format() + " is there");
        var reader = readers.next();
        try {
            in.seek(0);
            reader.setInput(in, true, true);
            requireSize(reader.getWidth(0), reader.getHeight(0), file);
            return decoding.apply(reader);
        } finally {
            reader.dispose();
        }
    }

    private static RgbImage pixels(ImageReader reader, Container container) throws IOException {
        if (container.format().equals("jpeg") && reader.canReadRaster()) {
            var type = reader.getRawImageType(0);
            boolean inks = type == null || type.getNumBands() == 4;
            if (inks) {
                var raster = reader.readRaster(0, null);
                if (raster.getNumBands() == 4) return Rasters.inks(raster, container.adobeTransform());
            }
        }
        BufferedImage image = reader.read(0);
        return Rasters.rgb(image);
    }

    private static void requireSize(int width, int height, Path file) {
        if (width < 1 || height < 1) throw new InputException(file + " has no pixels: " + width + " x " + height + ".");
        if ((long) width * height > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE) {
            throw new InputException(file + " has " + width + " x " + height + " pixels; expected at most 100 megapixels and 30,000 a side.");
        }
    }

    private static String reason(Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** ImageIO fills the rest of a cut picture with grey, skips what it cannot make pixels of, and only warns. */
    private static final class Damage implements IIOReadWarningListener {
        private static final Pattern SKIPPED = Pattern.compile("(\\d+) extraneous bytes before marker 0x(..)");
        private static final Pattern BETWEEN_PIXELS = Pattern.compile("c4|d[0-7]|da"); // tables, restarts and scans
        private static final String END = "d9";

        private String warning;
        private long leftOver; // bytes before the end mark

        @Override
        public void warningOccurred(ImageReader source, String message) {
            var text = message.toLowerCase(Locale.ROOT);
            var skipped = SKIPPED.matcher(text);
            if (skipped.find()) {
                if (skipped.group(2).equals(END)) leftOver = Long.parseLong(skipped.group(1));
                if (BETWEEN_PIXELS.matcher(skipped.group(2)).matches()) warning = message;
            } else if (text.contains("premature") || text.contains("corrupt") || text.contains("truncated") || text.contains("eof")) {
                warning = message;
            }
        }
    }
}
