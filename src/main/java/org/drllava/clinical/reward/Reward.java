package org.drllava.clinical.reward;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.RewardWeights;
import org.drllava.common.InputException;

/**
 * The rule reward of a conversation (after Dr-LLaVA, arXiv 2405.19567), total = sum over turns i of
 * {@code w_c b_i c_i + w_a a_i - w_n n_i - w_l max(0, words_i - limit) - w_u u_i}:
 * c right symbol, b class balance, a consistent pairs that the answer completes, n no match or conflict, u cut off.
 * A pair is two questions next to each other in natural order, both asked and both understood, whose symbols lie on one path,
 * right or wrong; it is paid where the later one was asked, so that shuffled conversations are judged by the same pairs.
 * Nothing is paid for an answer that is not understood. Immutable; may be shared by threads.
 */
public final class Reward {
    private final ClinicalLogic logic;
    private final AnswerParser parser;
    private final RewardWeights weights;
    private final Balance balance;

    public Reward(ClinicalLogic logic) {
        this(logic, logic.reward(), Balance.NONE);
    }

    public Reward(ClinicalLogic logic, RewardWeights weights, Balance balance) {
        this.logic = logic;
        this.parser = new AnswerParser(logic);
        this.weights = weights;
        this.balance = balance;
    }

    /**
     * Scores answers against the path of a true diagnosis.
     *
     * @param answers in the order asked; a question may be left out, but not asked twice
     * @throws InputException for an unknown or repeated question
     */
    public RewardParts score(List<Answer> answers, Diagnosis truth) {
        var parsed = new Parsed[logic.questions().size()]; // by natural order; null while not asked
        var turns = new ArrayList<TurnReward>(answers.size());
        for (var answer : answers) {
            int place = logic.indexOf(answer.questionId());
            if (parsed[place] != null) {
                throw new InputException("the question '" + answer.questionId() + "' is answered twice in one conversation.");
            }
            parsed[place] = parser.parse(answer.questionId(), answer.text());
            turns.add(turn(answer, parsed, place, truth));
        }
        return new RewardParts(List.copyOf(turns));
    }

    /** As {@link #score(List, Diagnosis)}, for a diagnosis or label by name. */
    public RewardParts score(List<Answer> answers, String label) {
        return score(answers, logic.diagnosis(label));
    }

    private TurnReward turn(Answer answer, Parsed[] parsed, int place, Diagnosis truth) {
        var id = answer.questionId();
        var expected = truth.path().get(id);
        double correctness = parsed[place].is(expected) ? weights.correct() * balance.factor(id, expected) : 0;
        int pairs = (consistent(parsed, place - 1) ? 1 : 0) + (consistent(parsed, place) ? 1 : 0);
        double noMatch = parsed[place] instanceof Parsed.Symbol ? 0 : weights.noMatch();
        int excess = Math.max(0, Words.count(answer.text()) - weights.lengthLimit());
        // 0 - x rather than -x: no part is ever -0.0.
        return new TurnReward(id, expected, parsed[place], correctness, weights.consistency() * pairs, 0 - noMatch,
                0 - weights.lengthWeight() * excess, 0 - (answer.finished() ? 0 : weights.unfinished()));
    }

    /** Whether questions {@code first} and {@code first + 1} are both answered by symbols of one path. */
    private boolean consistent(Parsed[] parsed, int first) {
        return first >= 0 && first + 1 < parsed.length
                && parsed[first] instanceof Parsed.Symbol(var a, _) && parsed[first + 1] instanceof Parsed.Symbol(var b, _)
                && logic.onOnePath(logic.questions().get(first).id(), a, logic.questions().get(first + 1).id(), b);
    }
}
