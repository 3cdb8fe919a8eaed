package org.drllava.tensor;

/** Squared Euclidean norms by blocks of {@link Shards#BLOCK} elements, whose sum in their order does not depend on who summed which. */
final class SquaredNorm {
    private SquaredNorm() {}

    /** @param x float32 [n]; @return a number a block */
    static double[] ofBlocks(Tensor x) {
        long n = x.elements();
        long blocks = (n + Shards.BLOCK - 1) / Shards.BLOCK;
        try (TensorScope scope = TensorScope.open(); Autograd.Guard off = Autograd.off()) {
            if (Kernels.suit(x)) {
                return Training.squaredNorms(x, Shards.BLOCK);
            }
            double[] squares = new double[(int) blocks];
            long whole = n / Shards.BLOCK;
            if (whole > 0) {
                float[] sums = sums(Ops.view(Tensors.alias(x, 0, whole * Shards.BLOCK), whole, Shards.BLOCK));
                for (int block = 0; block < whole; block++) {
                    squares[block] = sums[block];
                }
            }
            if (whole < blocks) {
                squares[(int) whole] = sums(Ops.view(block(x, whole), 1, n - whole * Shards.BLOCK))[0];
            }
            return squares;
        }
    }

    private static Tensor block(Tensor x, long block) {
        long from = block * Shards.BLOCK;
        return Tensors.alias(x, from, Math.min(Shards.BLOCK, x.elements() - from));
    }

    private static float[] sums(Tensor rows) {
        return Ops.sumLast(Ops.multiply(rows, rows)).toFloats();
    }
}
