package org.drllava.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import javax.imageio.stream.ImageInputStream;

/**
 * What the file around the pixels says. Decoders are lenient with cut files and silent about orientation, so both are
 * read here.
 *
 * @param format the name ImageIO knows the decoder by
 * @param orientation EXIF orientation, 1 to 8
 * @param adobeTransform a JPEG's APP14 colour transform; -1 where it has none
 */
record Container(String format, int orientation, int adobeTransform) {
    /** EXIF lies in one JPEG segment; elsewhere, and in TIFF, only the first directory's few entries are wanted. */
    private static final int MOST_EXIF_BYTES = 1 << 16;

    /**
     * Reads the container from the start of the stream.
     *
     * @return null when it is none of JPEG, PNG, GIF, BMP, TIFF, WebP
     * @throws IOException when the file is cut or damaged
     */
    static Container read(ImageInputStream in) throws IOException {
        in.setByteOrder(ByteOrder.BIG_ENDIAN);
        in.seek(0);
        var start = new byte[12];
        int length = 0;
        for (int n; length < start.length && (n = in.read(start, length, start.length - length)) > 0; ) length += n;
        var text = new String(start, 0, length, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u00FF\u00D8\u00FF")) return jpeg(in);
        if (text.startsWith("\u0089PNG\r\n\u001A\n")) return new Container("png", png(in), -1);
        if (text.startsWith("RIFF") && text.endsWith("WEBP")) return new Container("webp", webp(in), -1);
        if (text.startsWith("II*\0") || text.startsWith("MM\0*")) return new Container("tiff", tiff(in), -1);
        if (text.startsWith("GIF8")) return new Container("gif", 1, -1);
        return text.startsWith("BM") ? new Container("bmp", 1, -1) : null;
    }

    private static Container jpeg(ImageInputStream in) throws IOException {
        int orientation = 1;
        int adobe = -1;
        in.seek(2);
        while (true) {
            int marker = in.readUnsignedShort();
            while (marker == 0xFFFF) marker = 0xFF00 | in.readUnsignedByte();
            if (marker == 0xFFDA || marker < 0xFF00) return new Container("jpeg", orientation, adobe);
            if (marker == 0xFF01 || marker >= 0xFFD0 && marker <= 0xFFD9) continue;
            int bytes = in.readUnsignedShort() - 2;
            if (bytes < 0) throw new IOException("a JPEG segment has no length");
            long next = in.getStreamPosition() + bytes;
            if (marker == 0xFFE1 || marker == 0xFFEE) {
                var segment = bytes(in, bytes);
                var text = new String(segment, StandardCharsets.ISO_8859_1);
                if (text.startsWith("Exif\0\0") && orientation == 1) {
                    orientation = Orientation.read(ByteBuffer.wrap(segment, 6, bytes - 6));
                } else if (text.startsWith("Adobe") && bytes >= 12) {
                    adobe = segment[11] & 0xFF;
                }
            }
            in.seek(next);
        }
    }

    /** Every chunk's checksum is tested, so a flipped or missing byte is an error and not a different picture. */
    private static int png(ImageInputStream in) throws IOException {
        int orientation = 1;
        var buffer = new byte[MOST_EXIF_BYTES];
        in.seek(8);
        while (true) {
            long length = in.readUnsignedInt();
            var crc = new CRC32();
            in.readFully(buffer, 0, 4);
            crc.update(buffer, 0, 4);
            var type = new String(buffer, 0, 4, StandardCharsets.ISO_8859_1);
            for (long done = 0; done < length; ) {
                int n = (int) Math.min(buffer.length, length - done);
                in.readFully(buffer, 0, n);
                crc.update(buffer, 0, n);
                if (done == 0 && type.equals("eXIf")) orientation = Orientation.read(ByteBuffer.wrap(buffer, 0, n));
                done += n;
            }
            if (in.readUnsignedInt() != crc.getValue()) throw new IOException("its " + type + " chunk is damaged");
            if (type.equals("IEND")) return orientation;
        }
    }

    private static int webp(ImageInputStream in) throws IOException {
        in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        in.seek(4);
        long end = 8 + in.readUnsignedInt();
        int orientation = 1;
        long at = 12;
        while (at + 8 <= end) {
            in.seek(at);
            var type = new String(bytes(in, 4), StandardCharsets.ISO_8859_1);
            long length = in.readUnsignedInt();
            if (length > 0) {
                in.seek(at + 8 + length - 1);
                in.readByte();
            }
            if (type.equals("EXIF")) {
                in.seek(at + 8);
                var exif = bytes(in, (int) Math.min(MOST_EXIF_BYTES, length));
                boolean marked = new String(exif, StandardCharsets.ISO_8859_1).startsWith("Exif\0\0");
                orientation = Orientation.read(marked ? ByteBuffer.wrap(exif, 6, exif.length - 6) : ByteBuffer.wrap(exif));
            }
            at += 8 + length + (length & 1);
        }
        return orientation;
    }

    /** The first directory may lie behind the pixels, so only it is brought to where {@link Orientation} expects it. */
    private static int tiff(ImageInputStream in) throws IOException {
        in.seek(0);
        var order = in.readUnsignedShort() == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        in.setByteOrder(order);
        in.seek(4);
        in.seek(in.readUnsignedInt());
        int entries = in.readUnsignedShort();
        var near = ByteBuffer.allocate(10 + 12 * entries).order(order);
        near.putShort((short) (order == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4D4D)).putShort((short) 42).putInt(8);
        near.putShort((short) entries).put(bytes(in, 12 * entries));
        return Orientation.read(near.flip());
    }

    private static byte[] bytes(ImageInputStream in, int count) throws IOException {
        var bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }
}
