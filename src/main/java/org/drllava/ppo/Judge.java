package org.drllava.ppo;

import java.util.Set;
import org.drllava.rollout.Episode;

/** Whoever says what a played conversation is worth, and what its tokens are. */
public interface Judge {
    /** Token that ends an answer. */
    int endToken();

    /** Tokens that are never sampled. */
    Set<Integer> suppressed();

    /** What the conversation earned, turn by turn. */
    RewardModel.Score score(PpoPrompt prompt, Episode episode);
}
