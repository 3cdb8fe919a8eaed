package org.drllava.clinical.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The best ways to make a choice at each place of a chain, where a choice is worth something by itself and together with the one
 * before it. Found by dynamic programming over the places (Viterbi, the best {@code count} kept for each last choice), so that the
 * work grows with the places and not with the number of combinations.
 */
final class BestChains {
    private record Chain(double value, int choice, Chain before) {}

    private BestChains() {}

    /**
     * @param single worth of each choice: [places][choices there]
     * @param pair   worth of a choice behind one at the place before: [places - 1][choices before][choices there]
     * @return the choices of the best {@code count} chains, or of all there are, best first
     */
    static List<int[]> of(double[][] single, double[][][] pair, int count) {
        var chains = extend(List.of(new Chain(0, 0, null)), single[0], new double[1][single[0].length], count);
        for (int place = 1; place < single.length; place++) {
            chains = extend(chains, single[place], pair[place - 1], count);
        }
        return best(chains, count).stream().map(chain -> choices(chain, single.length)).toList();
    }

    /** Every chain followed by every choice; of those that end alike the best {@code count}. */
    private static List<Chain> extend(List<Chain> chains, double[] single, double[][] pair, int count) {
        var extended = new ArrayList<Chain>();
        for (int choice = 0; choice < single.length; choice++) {
            var alike = new ArrayList<Chain>(chains.size());
            for (var chain : chains) {
                alike.add(new Chain(chain.value() + single[choice] + pair[chain.choice()][choice], choice, chain));
            }
            extended.addAll(best(alike, count));
        }
        return extended;
    }

    private static List<Chain> best(List<Chain> chains, int count) {
        var sorted = new ArrayList<>(chains);
        sorted.sort(Comparator.comparingDouble(Chain::value).reversed());
        return sorted.subList(0, Math.min(count, sorted.size()));
    }

    private static int[] choices(Chain chain, int places) {
        var choices = new int[places];
        for (int place = places - 1; place >= 0; place--) {
            choices[place] = chain.choice();
            chain = chain.before();
        }
        return choices;
    }
}
