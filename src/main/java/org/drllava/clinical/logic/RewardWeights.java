package org.drllava.clinical.logic;

/**
 * What an answer earns, in units of one right answer.
 *
 * @param correct      earned by the right symbol
 * @param consistency  earned by a pair of neighbouring questions whose answers lie on one path
 * @param noMatch      lost by an answer that says nothing, or two things
 * @param lengthLimit  words an answer may have
 * @param lengthWeight lost for each word past the limit
 * @param unfinished   lost by an answer that was cut off before its end
 */
public record RewardWeights(double correct, double consistency, double noMatch, int lengthLimit, double lengthWeight, double unfinished) {
    public static final RewardWeights DEFAULT = new RewardWeights(1, .5, .5, 11, .05, .2);
}
