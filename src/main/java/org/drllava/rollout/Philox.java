package org.drllava.rollout;

/**
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a random number is a pure function
 * of a key and a counter. So a sample depends on what it is for and on nothing else: not on the order of work, the number
 * of processes, or a generator's state.
 */
final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    private Philox() {}

    /** The first of the four words for this counter, uniform over all ints. */
    static int word(long key, int c0, int c1, int c2, int c3) {
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(c0);
            long p1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(c2);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return c0;
    }

    /** Uniform in [0, 1), a multiple of 2^-32, for one token of one conversation in one step of a run. */
    static double uniform(long seed, long step, long conversation, int position) {
        int word = word(seed, position, (int) conversation, (int) step, (int) (step >>> 32) ^ (int) (conversation >>> 32));
        return Integer.toUnsignedLong(word) * 0x1p-32;
    }
}
