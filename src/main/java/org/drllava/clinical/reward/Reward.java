package org.drllava.clinical.reward;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.RewardRule;
import org.drllava.clinical.logic.RewardWeights;
import org.drllava.clinical.logic.Words;
import org.drllava.common.InputException;

/**
 * The rule reward of a conversation (after Dr-LLaVA, arXiv 2405.19567), total = sum over turns i of
 * {@code b_i (w_c c_i - w_x x_i) + w_a a_i + w_p p_i - w_n n_i - w_k k_i - w_l max(0, words_i - limit) - w_r r_i - w_t t_i - w_u u_i}:
 * c right and x wrong symbol, b class balance, a consistent pairs that the answer completes, p 1 for the last answer when all lie on
 * one path, n no match, k conflict, r repeated and t trailing words, u cut off; and what the logic's further rules add.
 * A pair is two neighbouring questions, both asked and both understood, whose symbols lie on one path, right or wrong. Neighbours in
 * natural order are paid where the later one was asked, so that shuffled conversations are judged by the same pairs.
 * Nothing is paid for an answer that is not understood. Immutable; may be shared by threads.
 */
public final class Reward {
    private final ClinicalLogic logic;
    private final AnswerParser parser;
    private final RewardWeights weights;
    private final Balance balance;
    private final Paths paths;
    private final List<RewardRule> rules;
    private final Map<String, Integer> places = new HashMap<>();

    public Reward(ClinicalLogic logic) {
        this(logic, logic.reward(), Balance.NONE);
    }

    /** Throws {@link InputException} when the weights name a rule that the class path does not have. */
    public Reward(ClinicalLogic logic, RewardWeights weights, Balance balance) {
        this.logic = logic;
        this.parser = new AnswerParser(logic);
        this.weights = weights;
        this.balance = balance;
        this.paths = new Paths(logic);
        this.rules = weights.rules().stream().map(RewardRule::named).toList();
        logic.questions().forEach(question -> places.put(question.id(), places.size()));
    }

    public RewardWeights weights() {
        return weights;
    }

    /**
     * Scores answers against the path of a true diagnosis.
     *
     * @param answers in the order asked; a question may be left out, but not asked twice
     * @throws InputException for an unknown or repeated question, and for a rule that gives no number for each answer
     */
    public RewardParts score(List<Answer> answers, Diagnosis truth) {
        int n = answers.size();
        var asked = new int[n]; // each answer's question by its place in natural order
        var turnOf = new int[places.size()]; // and the other way round, 1 for the first answer, 0 for none
        var parsed = new Parsed[n];
        var on = new BitSet[n];
        var sheets = new Amounts.Sheet[n];
        for (int i = 0; i < n; i++) {
            var answer = answers.get(i);
            asked[i] = place(answer.questionId());
            if (turnOf[asked[i]] > 0) {
                throw new InputException("the question '" + answer.questionId() + "' is answered twice in one conversation.");
            }
            turnOf[asked[i]] = i + 1;
            sheets[i] = new Amounts.Sheet(rules.size());
            parsed[i] = read(answer, truth, sheets[i]);
            on[i] = paths.of(asked[i], parsed[i]);
            sheets[i].earn(Part.CONSISTENCY, weights.consistency() * pairs(i, asked, turnOf, on));
        }
        if (weights.path() > 0 && Paths.meet(on)) {
            sheets[n - 1].earn(Part.PATH, weights.path());
        }
        if (!rules.isEmpty() && n > 0) {
            RuleAdditions.add(rules, turns(answers, parsed, truth), truth, sheets);
        }
        var turns = new ArrayList<TurnReward>(n);
        for (int i = 0; i < n; i++) {
            var id = answers.get(i).questionId();
            turns.add(new TurnReward(id, truth.path().get(id), parsed[i], sheets[i].under(weights.rules())));
        }
        return new RewardParts(turns);
    }

    /** As {@link #score(List, Diagnosis)}, for a diagnosis or label by name. */
    public RewardParts score(List<Answer> answers, String label) {
        return score(answers, logic.diagnosis(label));
    }

    private int place(String questionId) {
        var place = places.get(questionId);
        return place != null ? place : logic.indexOf(questionId); // which throws
    }

    /** Reads an answer and writes down what it earns by itself. */
    private Parsed read(Answer answer, Diagnosis truth, Amounts.Sheet sheet) {
        var id = answer.questionId();
        var words = Words.of(answer.text());
        var parsed = parser.parse(id, words);
        switch (parsed) {
            case Parsed.Symbol(var name, _) -> {
                var expected = truth.path().get(id);
                double factor = balance.factor(id, expected);
                sheet.earn(Part.CORRECTNESS, name.equals(expected) ? weights.correct() * factor : 0 - weights.wrong() * factor);
            }
            case Parsed.NoMatch _ -> sheet.lose(Part.NO_MATCH, weights.noMatch());
            case Parsed.Conflict _ -> sheet.lose(Part.CONFLICT, weights.conflict());
        }
        sheet.lose(Part.LENGTH, weights.lengthWeight() * Math.max(0, words.size() - weights.lengthLimit()));
        if (weights.repetition() > 0) {
            sheet.lose(Part.REPETITION, weights.repetition() * Verbosity.repeated(words));
        }
        if (weights.trailing() > 0) {
            sheet.lose(Part.TRAILING, weights.trailing() * Verbosity.trailing(parser, id, answer.text(), parsed));
        }
        sheet.lose(Part.UNFINISHED, answer.finished() ? 0 : weights.unfinished());
        return parsed;
    }

    /** Consistent pairs that answer {@code i} completes: it, and a neighbour that was asked before. */
    private int pairs(int i, int[] asked, int[] turnOf, BitSet[] on) {
        return switch (weights.neighbours()) {
            case NATURAL -> pair(i, asked[i] == 0 ? 0 : turnOf[asked[i] - 1], on)
                    + pair(i, asked[i] + 1 == turnOf.length ? 0 : turnOf[asked[i] + 1], on);
            case ASKED -> pair(i, i, on);
        };
    }

    /** @param turn of the neighbour, from 1; 0 for none */
    private static int pair(int i, int turn, BitSet[] on) {
        return turn > 0 && on[i].intersects(on[turn - 1]) ? 1 : 0;
    }

    private static List<RewardRule.Turn> turns(List<Answer> answers, Parsed[] parsed, Diagnosis truth) {
        var turns = new ArrayList<RewardRule.Turn>(parsed.length);
        for (int i = 0; i < parsed.length; i++) {
            var answer = answers.get(i);
            turns.add(new RewardRule.Turn(answer.questionId(), answer.text(), answer.finished(), parsed[i], truth.path().get(answer.questionId())));
        }
        return turns;
    }
}
