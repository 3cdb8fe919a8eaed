package org.drllava.clinical.audit;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.reward.Balance;
import org.drllava.clinical.reward.Reward;

/**
 * Reckons what a reward pays over label frequencies, all questions asked in natural order. The search for the best fixed answers
 * takes apart what is paid for an answer and for a pair. A reward for an admissible path can only lift the paths themselves, so
 * these are tried as well. What further rules add is known for whole conversations alone: with such, as many combinations are
 * tried as is bearable, those that are best without the rules first.
 */
public final class Auditor {
    private static final int SHOWN = 5;
    private static final int TRIED_WITH_RULES = 10_000;

    private final ClinicalLogic logic;
    private final List<List<Parsed>> choices; // by question
    private final MeanReward whole;
    private final MeanReward parts; // what answers and pairs of them earn

    private Auditor(ClinicalLogic logic, Map<String, Integer> labels, Balance balance) {
        this.logic = logic;
        this.choices = logic.questions().stream().map(Auditor::choices).toList();
        var frequencies = MeanReward.frequencies(logic, labels);
        whole = new MeanReward(logic, frequencies, new Reward(logic, logic.reward(), balance));
        parts = new MeanReward(logic, frequencies, new Reward(logic, logic.reward().withoutConversation(), balance));
    }

    /**
     * @param labels   label or diagnosis to number of images, at least one
     * @param balanced whether answers are weighed by the inverse frequency of their true symbols
     */
    public static Audit audit(ClinicalLogic logic, Map<String, Integer> labels, boolean balanced) {
        return new Auditor(logic, labels, balanced ? Balance.of(logic, labels) : Balance.NONE).audit(labels);
    }

    private Audit audit(Map<String, Integer> labels) {
        boolean rules = !logic.reward().rules().isEmpty();
        int tried = rules ? TRIED_WITH_RULES : SHOWN + logic.diagnoses().size();
        double combinations = choices.stream().mapToDouble(List::size).reduce(1, (a, b) -> a * b);
        List<Parsed> nothing = choices.stream().map(_ -> (Parsed) new Parsed.NoMatch(List.of())).toList();
        return new Audit(labels, whole.honest(), whole.of(0, nothing), best(tried), !rules || combinations <= tried);
    }

    /** What can be said in answer to a question: each symbol, nothing, all at once. */
    private static List<Parsed> choices(Question question) {
        return Stream.concat(question.names().stream().map(name -> (Parsed) new Parsed.Symbol(name, List.of())),
                Stream.of(new Parsed.NoMatch(List.of()), new Parsed.Conflict(Set.copyOf(question.names()), List.of()))).toList();
    }

    private List<FixedAnswers> best(int tried) {
        var single = single();
        var chains = BestChains.of(single, pair(single), tried).stream()
                .map(chosen -> IntStream.range(0, chosen.length).mapToObj(q -> choices.get(q).get(chosen[q])).toList());
        return Stream.concat(chains, logic.diagnoses().stream().map(diagnosis -> MeanReward.path(logic, diagnosis))).distinct()
                .map(answers -> new FixedAnswers(answers, whole.of(0, answers)))
                .sorted(Comparator.comparingDouble(FixedAnswers::reward).reversed()).limit(SHOWN).toList();
    }

    /** Mean reward of each choice at each question, by itself. */
    private double[][] single() {
        var single = new double[choices.size()][];
        for (int q = 0; q < single.length; q++) {
            int question = q;
            single[q] = choices.get(q).stream().mapToDouble(choice -> parts.of(question, List.of(choice))).toArray();
        }
        return single;
    }

    /** What two choices at neighbouring questions earn beyond what each earns by itself. */
    private double[][][] pair(double[][] single) {
        var pair = new double[choices.size() - 1][][];
        for (int q = 0; q < pair.length; q++) {
            pair[q] = new double[choices.get(q).size()][choices.get(q + 1).size()];
            for (int a = 0; a < pair[q].length; a++) {
                for (int b = 0; b < pair[q][a].length; b++) {
                    pair[q][a][b] = parts.of(q, List.of(choices.get(q).get(a), choices.get(q + 1).get(b))) - single[q][a] - single[q + 1][b];
                }
            }
        }
        return pair;
    }
}
