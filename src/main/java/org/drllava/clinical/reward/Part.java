package org.drllava.clinical.reward;

import java.util.Locale;

/** The parts that a reward is made of, in the order in which they are shown and added. Earnings are positive, penalties negative. */
public enum Part {
    /** The right symbol, or another one. */
    CORRECTNESS,
    /** Pairs of neighbouring answers that lie on one path. */
    CONSISTENCY,
    /** All answers of the conversation lie on one path. */
    PATH,
    NO_MATCH, CONFLICT,
    /** Words past the limit. */
    LENGTH,
    /** Words said twice. */
    REPETITION,
    /** Words behind the answer. */
    TRAILING,
    UNFINISHED;

    /** Its name in JSON and logs. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
