package org.drllava.clinical.conversation;

import java.util.SplittableRandom;

/** Random numbers that depend on what they are for and on nothing that was drawn before. */
final class Seeds {
    private Seeds() {}

    /** The stream for a name under a seed; epochs of one name have streams of their own. */
    static SplittableRandom of(long seed, String name, long epoch) {
        return new SplittableRandom(mix(mix(seed ^ hash(name)) + epoch));
    }

    /** FNV-1a, 64 bits. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** SplitMix64's finaliser: neighbouring seeds and epochs must not give related streams. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
