package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Conversations for the tests: three questions, three allowed paths, answers right with a chance of each patient's own. */
final class Conversations {
    static final List<String> QUESTIONS = List.of("quality", "cells", "diagnosis");
    static final Map<String, List<String>> PATHS = Map.of(
            "NORMAL", List.of("adequate", "none", "normal"),
            "AML", List.of("adequate", "myeloblasts", "AML"),
            "BLOOD", List.of("blood", "inadequate", "inadequate"));
    static final Questionnaire QUESTIONNAIRE = Questionnaire.ofPaths(QUESTIONS, "diagnosis", PATHS.values().stream()
            .map(path -> Map.of("quality", path.get(0), "cells", path.get(1), "diagnosis", path.get(2)))
            .toList());

    private Conversations() {}

    /** Answers in the natural order; null stands for one that cannot be read. */
    static AnsweredConversation conversation(String id, String patient, String label, String... parsed) {
        var turns = new ArrayList<AnsweredTurn>();
        for (int i = 0; i < parsed.length; i++) {
            turns.add(turn(i, label, parsed[i]));
        }
        return new AnsweredConversation(id, patient, label, turns);
    }

    static AnsweredTurn turn(int question, String label, String parsed) {
        return new AnsweredTurn(QUESTIONS.get(question), "asked?", "answered", PATHS.get(label).get(question), parsed);
    }

    static List<AnsweredConversation> random(RandomGenerator random, int patients) {
        var labels = PATHS.keySet().stream().sorted().toList();
        var conversations = new ArrayList<AnsweredConversation>();
        for (int patient = 0; patient < patients; patient++) {
            double skill = random.nextDouble();
            for (int i = random.nextInt(4); i >= 0; i--) {
                var label = labels.get(random.nextInt(labels.size()));
                var turns = new ArrayList<AnsweredTurn>();
                for (int question : shuffledQuestions(random)) {
                    turns.add(turn(question, label, answer(random, skill, label, question)));
                }
                conversations.add(new AnsweredConversation("c" + conversations.size(), "p" + patient, label, turns));
            }
        }
        return conversations;
    }

    private static String answer(RandomGenerator random, double skill, String label, int question) {
        if (random.nextDouble() < skill) {
            return PATHS.get(label).get(question);
        }
        var others = PATHS.values().stream().map(path -> path.get(question)).sorted().toList();
        return random.nextInt(4) == 0 ? null : others.get(random.nextInt(others.size()));
    }

    private static List<Integer> shuffledQuestions(RandomGenerator random) {
        var order = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(order, Random.from(random));
        return order.subList(0, 1 + random.nextInt(3));
    }
}
