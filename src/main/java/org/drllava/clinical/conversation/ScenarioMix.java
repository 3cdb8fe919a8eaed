package org.drllava.clinical.conversation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.drllava.common.InputException;

/**
 * Which scenarios each image is in, and how often.
 *
 * @param weights  how many conversations of a scenario there are to one of another; at least 1 each
 * @param perImage conversations about each image, shared out by the weights; if absent, as many of each scenario as its weight, and of
 *                 those that ask one question, as many for each question
 */
public record ScenarioMix(SequencedMap<Scenario, Integer> weights, OptionalInt perImage) {
    private static final int MOST = 1000;

    /** Reads {@code all}, or names with or without weights: {@code natural:3,disagree}. Throws an InputException that starts with {@code where}. */
    public static ScenarioMix parse(String text, OptionalInt perImage, String where) {
        var weights = new LinkedHashMap<Scenario, Integer>();
        for (var part : text.strip().split(",", -1)) {
            var name = part.strip().split(":", 2);
            int weight = name.length == 1 ? 1 : weight(name[1], where);
            for (var scenario : name[0].equals("all") ? List.of(Scenario.values()) : List.of(known(name[0], where))) {
                if (weights.put(scenario, weight) != null) {
                    throw new InputException(where + ": the scenario " + scenario.label() + " is named twice.");
                }
            }
        }
        if (perImage.isPresent() && (perImage.getAsInt() < 1 || perImage.getAsInt() > MOST)) {
            throw new InputException("--conversations-per-image: expected a number from 1 to " + MOST + ", found " + perImage.getAsInt() + ".");
        }
        return new ScenarioMix(weights, perImage);
    }

    private static Scenario known(String name, String where) {
        return Scenario.find(name).orElseThrow(() -> new InputException(
                where + ": there is no scenario '" + name + "'; there are " + Scenario.labels() + ", and all."));
    }

    private static int weight(String text, String where) {
        if (!text.matches("[1-9][0-9]{0,2}")) {
            throw new InputException(where + ": expected a whole number from 1 to 999 as a weight, found '" + text + "'.");
        }
        return Integer.parseInt(text);
    }

    /** A scenario, and how often the image had it before. */
    record Draw(Scenario scenario, int nth) {}

    /**
     * What an image has its conversations in: draws from a bag that holds each scenario as often as its weight, in an order drawn for the
     * image, and that is filled again when it is empty; or the whole bag in the order named where {@code perImage} is absent.
     *
     * @param possible those of the scenarios that can be written for the image
     * @param round    how often the image was taken before
     */
    List<Draw> draw(List<Scenario> possible, String image, long seed, int round) {
        var bag = possible.stream().flatMap(scenario -> IntStream.range(0, weights.get(scenario)).mapToObj(n -> new Draw(scenario, n))).toList();
        int count = bag.isEmpty() ? 0 : perImage.orElse(bag.size());
        var draws = new ArrayList<Draw>(count);
        for (long place = (long) round * count; draws.size() < count; ) {
            int bags = (int) (place / bag.size());
            int from = (int) (place % bag.size());
            int to = Math.min(bag.size(), from + count - draws.size());
            for (var draw : inOrder(bag, image, seed, bags).subList(from, to)) {
                draws.add(new Draw(draw.scenario(), draw.nth() + bags * weights.get(draw.scenario())));
            }
            place += to - from;
        }
        return draws;
    }

    private List<Draw> inOrder(List<Draw> bag, String image, long seed, int bags) {
        if (perImage.isEmpty() || bag.size() == 1) {
            return bag;
        }
        var shuffled = new ArrayList<>(bag);
        Collections.shuffle(shuffled, Random.from(Seeds.of(seed, image + "#scenarios", bags)));
        return shuffled;
    }
}
