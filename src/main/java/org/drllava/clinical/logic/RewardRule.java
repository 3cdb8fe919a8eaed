package org.drllava.clinical.logic;

import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.drllava.common.InputException;

/**
 * A part of the reward that a logic file cannot say, in Java. A jar on the class path offers it by
 * {@code META-INF/services/org.drllava.clinical.logic.RewardRule}, a logic takes it by its name under {@code reward: rules}. It
 * has a public constructor without parameters, keeps no state and is called by several threads. docs/reward-rules.md has an example.
 */
public interface RewardRule {
    /**
     * One answer as it was read.
     *
     * @param expected the symbol that the label demands
     * @param finished false when the answer was cut off before its end
     */
    record Turn(String questionId, String text, boolean finished, Parsed parsed, String expected) {}

    /** What logic files call it. */
    String name();

    /**
     * What is added to each answer's reward; depends on the arguments alone.
     *
     * @param turns in the order asked, at least one
     * @return a finite number for each turn, in their order
     */
    double[] additions(List<Turn> turns, Diagnosis truth);

    /** Every rule on the class path by its name. Throws {@link InputException} for one that cannot be loaded, and for two of one name. */
    static Map<String, RewardRule> known() {
        var known = new TreeMap<String, RewardRule>();
        try {
            for (var rule : ServiceLoader.load(RewardRule.class, RewardRule.class.getClassLoader())) {
                var other = known.put(rule.name(), rule);
                if (other != null) {
                    throw new InputException("the class path has two reward rules named '" + rule.name() + "': " + other.getClass().getName()
                            + " and " + rule.getClass().getName() + ".");
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new InputException("a reward rule on the class path cannot be loaded: " + e.getMessage() + ".", e);
        }
        return known;
    }

    /** The rule of that name; throws {@link InputException} with the known ones for another. */
    static RewardRule named(String name) {
        var known = known();
        var rule = known.get(name);
        if (rule == null) {
            throw new InputException("unknown reward rule '" + name + "'; " + (known.isEmpty() ? "the class path has none"
                    : "the class path has " + String.join(", ", known.keySet())) + ".");
        }
        return rule;
    }
}
