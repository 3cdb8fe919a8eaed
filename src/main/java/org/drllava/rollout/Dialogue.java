package org.drllava.rollout;

import java.util.List;

/**
 * The questions of a conversation, as tokens; the answers are the model's.
 *
 * @param number    of the conversation in its run, part of the counter of its random numbers
 * @param opening   from the begin token over the image tokens to the point where the first answer starts
 * @param followUps for each later turn what stands between the end token of one answer and the start of the next
 */
public record Dialogue(long number, int[] opening, List<int[]> followUps) {
    public int turns() {
        return 1 + followUps.size();
    }

    int[] prompt(int turn) {
        return turn == 0 ? opening : followUps.get(turn - 1);
    }

    int promptTokens() {
        return opening.length + followUps.stream().mapToInt(f -> f.length).sum();
    }
}
