package org.drllava.clinical.reward;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.drllava.clinical.logic.RewardRule;

/** A reward by its parts and by the rules of {@link RewardRule} that added to it: an answer's, or a conversation's. Immutable. */
public final class Amounts {
    private static final int PARTS = Part.values().length;

    private final double[] parts; // by Part's ordinal
    private final List<String> names;
    private final double[] rules; // by names' index

    private Amounts(double[] parts, List<String> names, double[] rules) {
        this.parts = parts;
        this.names = names;
        this.rules = rules;
    }

    /** What is being written down about one answer; nothing at first. */
    static final class Sheet {
        private final double[] parts = new double[PARTS];
        private final double[] rules;

        Sheet(int rules) {
            this.rules = new double[rules];
        }

        void earn(Part part, double amount) {
            parts[part.ordinal()] += amount;
        }

        void lose(Part part, double amount) {
            parts[part.ordinal()] -= amount;
        }

        void add(int rule, double amount) {
            rules[rule] += amount;
        }

        Amounts under(List<String> names) {
            return new Amounts(parts, names, rules);
        }
    }

    /** A reward of one part. */
    public static Amounts only(Part part, double amount) {
        var sheet = new Sheet(0);
        sheet.earn(part, amount);
        return sheet.under(List.of());
    }

    static Amounts sum(List<Amounts> all) {
        var parts = new double[PARTS];
        var rules = new double[all.isEmpty() ? 0 : all.getFirst().rules.length];
        for (var each : all) {
            accumulate(each.parts, parts);
            accumulate(each.rules, rules);
        }
        return new Amounts(parts, all.isEmpty() ? List.of() : all.getFirst().names, rules);
    }

    public double of(Part part) {
        return parts[part.ordinal()];
    }

    /** What each rule added, in the logic's order; empty for a logic without rules. */
    public SequencedMap<String, Double> rules() {
        var byName = new LinkedHashMap<String, Double>();
        for (int i = 0; i < rules.length; i++) {
            byName.put(names.get(i), rules[i]);
        }
        return byName;
    }

    /** The sum of all parts and rules. */
    public double total() {
        double total = 0;
        for (double part : parts) {
            total += part;
        }
        for (double rule : rules) {
            total += rule;
        }
        return total;
    }

    private static void accumulate(double[] each, double[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] += each[i];
        }
    }
}
