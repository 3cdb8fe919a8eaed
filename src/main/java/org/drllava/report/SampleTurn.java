package org.drllava.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * An answer with the symbol that was read from it.
 *
 * @param parsedSymbol null when none could be read
 * @param rewardParts  name to value, shown in the map's order; may be empty
 */
public record SampleTurn(
        String question, String answer, String parsedSymbol, String expectedSymbol, boolean right,
        Map<String, Double> rewardParts) {

    public SampleTurn {
        Objects.requireNonNull(question, "question");
        Objects.requireNonNull(answer, "answer");
        Objects.requireNonNull(expectedSymbol, "expectedSymbol");
        rewardParts = Collections.unmodifiableMap(new LinkedHashMap<>(rewardParts));
    }
}
