package org.drllava.distributed;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Rows of numbers as bytes for {@link Collectives#gather}; float32 and 32-bit integers come back exactly too. */
public final class Rows {
    private Rows() {}

    /** All ranks' rows, in the ranks' order. */
    public static List<double[]> gather(Collectives ranks, List<double[]> mine) {
        if (ranks.size() == 1) {
            return mine;
        }
        List<double[]> all = new ArrayList<>();
        ranks.gather(encode(mine)).forEach(bytes -> all.addAll(decode(bytes)));
        return all;
    }

    private static byte[] encode(List<double[]> rows) {
        ByteBuffer bytes = ByteBuffer.allocate(rows.stream().mapToInt(row -> Integer.BYTES + row.length * Double.BYTES).reduce(0, Math::addExact));
        for (double[] row : rows) {
            bytes.putInt(row.length);
            for (double value : row) {
                bytes.putDouble(value);
            }
        }
        return bytes.array();
    }

    private static List<double[]> decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded);
        List<double[]> rows = new ArrayList<>();
        while (bytes.hasRemaining()) {
            double[] row = new double[bytes.getInt()];
            for (int i = 0; i < row.length; i++) {
                row[i] = bytes.getDouble();
            }
            rows.add(row);
        }
        return rows;
    }
}
