package org.drllava.clinical.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Diagnosis;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.RewardRule;
import org.drllava.clinical.logic.RewardRule.Turn;
import org.drllava.clinical.logic.RewardWeights;
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
        var sheets = new Amounts.Sheet[answers.size()];
        var turns = new ArrayList<Turn>(sheets.length);
        for (int i = 0; i < sheets.length; i++) {
            sheets[i] = new Amounts.Sheet(rules.size());
            turns.add(read(answers.get(i), truth, sheets[i]));
        }
        return judge(turns, truth, sheets);
    }

    /** As {@link #score(List, Diagnosis)}, for a diagnosis or label by name. */
    public RewardParts score(List<Answer> answers, String label) {
        return score(answers, logic.diagnosis(label));
    }

    /** Scores what answers say, whatever their texts are; otherwise as {@link #score(List, Diagnosis)}. */
    public RewardParts judge(List<Turn> turns, Diagnosis truth) {
        var sheets = new Amounts.Sheet[turns.size()];
        Arrays.setAll(sheets, _ -> new Amounts.Sheet(rules.size()));
        return judge(turns, truth, sheets);
    }

    /** Reads an answer and writes down what its text costs. */
    private Turn read(Answer answer, Diagnosis truth, Amounts.Sheet sheet) {
        var id = answer.questionId();
        var parsed = parser.parse(id, answer.text());
        sheet.lose(Part.LENGTH, weights.lengthWeight() * Words.beyond(answer.text(), weights.lengthLimit()));
        if (weights.repetition() > 0) {
            sheet.lose(Part.REPETITION, weights.repetition() * Verbosity.repeated(answer.text()));
        }
        if (weights.trailing() > 0) {
            sheet.lose(Part.TRAILING, weights.trailing() * Verbosity.trailing(parser, id, answer.text(), parsed));
        }
        sheet.lose(Part.UNFINISHED, answer.finished() ? 0 : weights.unfinished());
        return new Turn(id, answer.text(), answer.finished(), parsed, truth.path().get(id));
    }

    private RewardParts judge(List<Turn> turns, Diagnosis truth, Amounts.Sheet[] sheets) {
        int n = turns.size();
        var asked = new int[n]; // each answer's question by its place in natural order
        var turnOf = new int[places.size()]; // and the other way round, 1 for the first answer, 0 for none
        var on = new BitSet[n];
        for (int i = 0; i < n; i++) {
            var turn = turns.get(i);
            asked[i] = place(turn.questionId());
            if (turnOf[asked[i]] > 0) {
                throw new InputException("the question '" + turn.questionId() + "' is answered twice in one conversation.");
            }
            turnOf[asked[i]] = i + 1;
            on[i] = paths.of(asked[i], turn.parsed());
            judge(turn, sheets[i]);
            sheets[i].earn(Part.CONSISTENCY, weights.consistency() * pairs(i, asked, turnOf, on));
        }
        if (weights.path() > 0 && Paths.meet(on)) {
            sheets[n - 1].earn(Part.PATH, weights.path());
        }
        if (n > 0) {
            RuleAdditions.add(rules, turns, truth, sheets);
        }
        var rewards = new ArrayList<TurnReward>(n);
        for (int i = 0; i < n; i++) {
            var turn = turns.get(i);
            rewards.add(new TurnReward(turn.questionId(), turn.expected(), turn.parsed(), sheets[i].under(weights.rules())));
        }
        return new RewardParts(rewards);
    }

    private void judge(Turn turn, Amounts.Sheet sheet) {
        switch (turn.parsed()) {
            case Parsed.Symbol(var name, _) -> {
                double factor = balance.factor(turn.questionId(), turn.expected());
                sheet.earn(Part.CORRECTNESS, name.equals(turn.expected()) ? weights.correct() * factor : 0 - weights.wrong() * factor);
            }
            case Parsed.NoMatch _ -> sheet.lose(Part.NO_MATCH, weights.noMatch());
            case Parsed.Conflict _ -> sheet.lose(Part.CONFLICT, weights.conflict());
        }
    }

    private int place(String questionId) {
        var place = places.get(questionId);
        return place != null ? place : logic.indexOf(questionId); // which throws
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
}
