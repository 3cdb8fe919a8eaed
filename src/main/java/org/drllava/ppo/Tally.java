package org.drllava.ppo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Sums over answer tokens by name, to be divided by the tokens counted. */
final class Tally {
    private final SequencedMap<String, Double> sums = new LinkedHashMap<>();
    private long tokens;

    void add(String name, double value) {
        sums.merge(name, value, Double::sum);
    }

    void count(long more) {
        tokens += more;
    }

    /** Adds other tallies in their order, so that the sums do not depend on who was ready first. */
    void addAll(List<Tally> others) {
        for (Tally other : others) {
            other.sums.forEach(this::add);
            tokens += other.tokens;
        }
    }

    /** The loss summed over the tokens, whichever it is. */
    double loss() {
        return sums.entrySet().stream().filter(sum -> sum.getKey().startsWith("ppo/loss/")).mapToDouble(Map.Entry::getValue).sum();
    }

    double mean(String name) {
        return tokens == 0 ? 0 : sums.getOrDefault(name, 0.0) / tokens;
    }
}
