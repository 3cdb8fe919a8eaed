package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.drllava.clinical.io.Suggestion;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.io.YamlNode;
import org.drllava.clinical.io.YamlObject;
import org.drllava.clinical.logic.RewardWeights.Credit;
import org.drllava.clinical.logic.RewardWeights.Neighbours;
import org.drllava.common.InputException;

/** Reads the weights of the reward: those of the preset, except where a key says otherwise. */
final class RewardReader {
    private enum Preset {
        DEFAULT(RewardWeights.DEFAULT), SOURCE(RewardWeights.SOURCE);

        private final RewardWeights weights;

        Preset(RewardWeights weights) {
            this.weights = weights;
        }
    }

    private final YamlObject keys;

    private RewardReader(YamlObject keys) {
        this.keys = keys;
    }

    static RewardWeights weights(YamlNode node) {
        return node.object(LogicKeys.REWARD).map(keys -> new RewardReader(keys).read()).orElse(RewardWeights.DEFAULT);
    }

    private RewardWeights read() {
        var preset = choice("preset", Preset.DEFAULT).weights;
        double noMatch = weight("no_match", preset.noMatch());
        // Where a file gives the one and not the other, an answer that says two things costs as much as one that says nothing.
        double conflict = weight("conflict", keys.find("no_match").isPresent() ? noMatch : preset.conflict());
        int lengthLimit = keys.find("length_limit").flatMap(n -> n.wholeNumber(1, 1_000_000)).orElse(preset.lengthLimit());
        return new RewardWeights(weight("correct", preset.correct()), weight("wrong", preset.wrong()), noMatch, conflict,
                weight("consistency", preset.consistency()), choice("neighbours", preset.neighbours()), weight("path", preset.path()), lengthLimit,
                weight("length_weight", preset.lengthWeight()), weight("repetition", preset.repetition()), weight("trailing", preset.trailing()),
                weight("unfinished", preset.unfinished()), choice("credit", preset.credit()), rules());
    }

    private List<String> rules() {
        var rules = new ArrayList<String>();
        keys.find("rules").ifPresent(list -> list.items(LogicKeys.MAX_LIST).forEach(node -> node.text(LogicKeys.MAX_NAME).ifPresent(name -> {
            try {
                rules.add(RewardRule.named(name.value()).name());
            } catch (InputException e) {
                node.error(e.getMessage());
            }
        })));
        return rules;
    }

    private double weight(String key, double otherwise) {
        return keys.find(key).flatMap(n -> n.number(0, LogicKeys.MAX_WEIGHT)).orElse(otherwise);
    }

    private <E extends Enum<E>> E choice(String key, E otherwise) {
        var node = keys.find(key);
        return node.flatMap(n -> n.text(LogicKeys.MAX_NAME)).flatMap(text -> constant(node.get(), text, otherwise.getDeclaringClass())).orElse(otherwise);
    }

    private static <E extends Enum<E>> Optional<E> constant(YamlNode node, Text text, Class<E> type) {
        var constants = Arrays.asList(type.getEnumConstants());
        var found = constants.stream().filter(c -> name(c).equals(text.value())).findFirst();
        if (found.isEmpty()) {
            node.error(Suggestion.unknown("value", text.value(), constants.stream().map(RewardReader::name).toList()));
        }
        return found;
    }

    /** What may stand under the keys that choose. */
    static List<String> choices(String key) {
        Enum<?>[] constants = switch (key) {
            case "preset" -> Preset.values();
            case "neighbours" -> Neighbours.values();
            case "credit" -> Credit.values();
            default -> throw new IllegalArgumentException(key);
        };
        return Arrays.stream(constants).map(RewardReader::name).toList();
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
