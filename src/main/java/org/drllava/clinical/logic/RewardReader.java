package org.drllava.clinical.logic;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.clinical.logic.RewardWeights.Neighbours;
import org.drllava.common.InputException;

/** Reads a logic's {@code reward}: a preset, and what is given beside it. */
final class RewardReader {
    private static final int LONGEST_ANSWER = 1_000_000;

    private RewardReader() {}

    static RewardWeights read(Fields r) {
        r.only("preset", "correct", "wrong", "no_match", "conflict", "consistency", "neighbours", "path", "length_limit", "length_weight",
                "repetition", "trailing", "unfinished", "credit", "rules");
        var preset = preset(r);
        double noMatch = weight(r, "no_match", preset.noMatch());
        // An answer that says two things says nothing, unless the file tells them apart.
        double conflict = weight(r, "conflict", r.find("no_match").isPresent() ? noMatch : preset.conflict());
        return new RewardWeights(weight(r, "correct", preset.correct()), weight(r, "wrong", preset.wrong()), noMatch, conflict,
                weight(r, "consistency", preset.consistency()), choice(r, "neighbours", Neighbours.class, preset.neighbours()),
                weight(r, "path", preset.path()), words(r, preset.lengthLimit()), weight(r, "length_weight", preset.lengthWeight()),
                weight(r, "repetition", preset.repetition()), weight(r, "trailing", preset.trailing()),
                weight(r, "unfinished", preset.unfinished()), choice(r, "credit", Credit.class, preset.credit()), rules(r));
    }

    private static RewardWeights preset(Fields r) {
        return r.find("preset").map(preset -> switch (preset.text()) {
            case "default" -> RewardWeights.DEFAULT;
            case "source" -> RewardWeights.SOURCE;
            default -> throw preset.wrong("unknown preset '" + preset.text() + "'; known are default, source.");
        }).orElse(RewardWeights.DEFAULT);
    }

    private static double weight(Fields r, String key, double otherwise) {
        return r.find(key).map(f -> f.number(0)).orElse(otherwise);
    }

    private static int words(Fields r, int otherwise) {
        return r.find("length_limit").map(f -> {
            double words = f.number(0);
            if (words != Math.rint(words) || words > LONGEST_ANSWER) {
                throw f.wrong("expected a whole number of words of at most " + LONGEST_ANSWER + ", found " + f.node() + ".");
            }
            return (int) words;
        }).orElse(otherwise);
    }

    private static <E extends Enum<E>> E choice(Fields r, String key, Class<E> type, E otherwise) {
        return r.find(key).map(f -> Arrays.stream(type.getEnumConstants()).filter(e -> name(e).equals(f.text())).findFirst()
                .orElseThrow(() -> f.wrong("unknown value '" + f.text() + "'; known are "
                        + String.join(", ", Arrays.stream(type.getEnumConstants()).map(RewardReader::name).toList()) + "."))).orElse(otherwise);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> rules(Fields r) {
        return r.find("rules").map(list -> list.items().stream().map(item -> {
            try {
                return RewardRule.named(item.text()).name();
            } catch (InputException e) {
                throw item.wrong(e.getMessage());
            }
        }).toList()).orElse(List.of());
    }
}
