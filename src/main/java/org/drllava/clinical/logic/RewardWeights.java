package org.drllava.clinical.logic;

import java.util.List;
import java.util.stream.DoubleStream;
import org.drllava.common.InputException;

/**
 * What an answer earns, in units of one right answer. Losses are given as positive numbers; none is below 0.
 *
 * @param correct      earned by the right symbol
 * @param wrong        lost by another symbol than the right one
 * @param noMatch      lost by an answer that says nothing
 * @param conflict     lost by an answer that says two things
 * @param consistency  earned by a pair of neighbouring questions whose answers lie on one path
 * @param neighbours   which questions are neighbours
 * @param path         earned once by a conversation whose answers all lie on one path
 * @param lengthLimit  words an answer may have
 * @param lengthWeight lost for each word past the limit
 * @param repetition   lost for each word of a run of three words that the answer has already had
 * @param trailing     lost for each word behind the sentence that answers
 * @param unfinished   lost by an answer that was cut off before its end
 * @param credit       where a conversation's reward is paid
 * @param rules        names of further rules, each a {@link RewardRule}
 */
public record RewardWeights(double correct, double wrong, double noMatch, double conflict, double consistency, Neighbours neighbours, double path,
        int lengthLimit, double lengthWeight, double repetition, double trailing, double unfinished, Credit credit, List<String> rules) {
    /** Questions next to each other in the logic's order, or in the order they were asked in. */
    public enum Neighbours { NATURAL, ASKED }

    /** Each answer's reward with that answer, or the sum with the last one. */
    public enum Credit { TURN, CONVERSATION }

    public static final RewardWeights DEFAULT =
            new RewardWeights(1, 0, .5, .5, .5, Neighbours.NATURAL, 0, 11, .05, 0, 0, .2, Credit.TURN, List.of());

    /**
     * The intended numbers of Dr-LLaVA (arXiv 2405.19567) and its code: neighbours as asked, no length term. What that code leaves
     * open is as for no match (a conflict), or for each answer (a missing end). Its KL coefficient, 0.1, is a setting of PPO.
     */
    public static final RewardWeights SOURCE =
            new RewardWeights(1, 0, .5, .5, 1, Neighbours.ASKED, 0, 11, 0, 0, 0, 2, Credit.CONVERSATION, List.of());

    public RewardWeights {
        if (!DoubleStream.of(correct, wrong, noMatch, conflict, consistency, path, lengthLimit, lengthWeight, repetition, trailing, unfinished)
                .allMatch(weight -> weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new InputException("the weights of a reward must be finite and not below 0.");
        }
        rules = List.copyOf(rules);
    }

    /** The same with another weight of consistency. */
    public RewardWeights withConsistency(double weight) {
        return new RewardWeights(correct, wrong, noMatch, conflict, weight, neighbours, path, lengthLimit, lengthWeight, repetition, trailing,
                unfinished, credit, rules);
    }

    /** The same without what depends on the whole conversation: the path and the further rules. */
    public RewardWeights withoutConversation() {
        return new RewardWeights(correct, wrong, noMatch, conflict, consistency, neighbours, 0, lengthLimit, lengthWeight, repetition, trailing,
                unfinished, credit, List.of());
    }
}
