package org.drllava.checkpoint;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** How PEFT finds a module in {@code rank_pattern} and {@code alpha_pattern}: the first key that matches counts. */
final class PatternKeys {
    private PatternKeys() {}

    static <T> T lookUp(Map<String, T> patterns, String module, T otherwise) {
        for (var entry : patterns.entrySet()) {
            if (pattern(entry.getKey()).matcher(module).matches()) {
                return entry.getValue();
            }
        }
        return otherwise;
    }

    static void check(String field, String key) {
        try {
            pattern(key);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "%s: %s is no regular expression: %s".formatted(field, Quote.name(key), e.getDescription()), e);
        }
    }

    private static Pattern pattern(String key) {
        return Pattern.compile("(.*\\.)?(" + key + ")");
    }
}
