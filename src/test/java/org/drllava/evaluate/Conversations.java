package org.drllava.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.drllava.clinical.logic.Parsed;

/** Conversations for the tests: three questions, three allowed paths, answers right with a chance of each patient's own. */
final class Conversations {
    static final List<String> QUESTIONS = List.of("quality", "cells", "diagnosis");
    static final Map<String, List<String>> PATHS = Map.of(
            "NORMAL", List.of("adequate", "none", "normal"),
            "AML", List.of("adequate", "myeloblasts", "AML"),
            "BLOOD", List.of("blood", "inadequate", "inadequate"));
    static final Questionnaire QUESTIONNAIRE = new Questionnaire("rules", QUESTIONS, "diagnosis", PATHS.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, path -> Map.of(
                    "quality", path.getValue().get(0), "cells", path.getValue().get(1), "diagnosis", path.getValue().get(2)))));

    private Conversations() {}

    /** Answers in the natural order; null stands for one that cannot be read, "conflict" for one that says two things. */
    static AnsweredConversation conversation(String id, String patient, String label, String... parsed) {
        var turns = new ArrayList<AnsweredTurn>();
        for (int i = 0; i < parsed.length; i++) {
            turns.add(turn(i, label, parsed[i]));
        }
        return of(id, patient, label, turns);
    }

    static AnsweredConversation of(String id, String patient, String label, List<AnsweredTurn> turns) {
        return new AnsweredConversation(id, id + ".png", patient, label, Optional.empty(), turns, Map.of());
    }

    static AnsweredConversation in(String scenario, AnsweredConversation c) {
        return new AnsweredConversation(c.id(), c.image(), c.patient(), c.label(), Optional.of(scenario), c.turns(), c.diagnoses());
    }

    static AnsweredConversation sure(AnsweredConversation c, Map<String, Double> diagnoses) {
        return new AnsweredConversation(c.id(), c.image(), c.patient(), c.label(), c.scenario(), c.turns(), diagnoses);
    }

    static AnsweredTurn turn(int question, String label, String parsed) {
        return turn(question, label, parsed, null);
    }

    static AnsweredTurn turn(int question, String label, String parsed, String hint) {
        return new AnsweredTurn(QUESTIONS.get(question), "asked?", Optional.ofNullable(hint), "answered", PATHS.get(label).get(question), read(parsed));
    }

    static Parsed read(String parsed) {
        return parsed == null ? new Parsed.NoMatch(List.of())
                : parsed.equals("conflict") ? new Parsed.Conflict(Set.of("a", "b"), List.of()) : new Parsed.Symbol(parsed, List.of());
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
                    turns.add(turn(question, label, answer(random, skill, label, question),
                            random.nextBoolean() ? null : PATHS.get(labels.get(random.nextInt(labels.size()))).get(question)));
                }
                conversations.add(of("c" + conversations.size(), "p" + patient, label, turns));
            }
        }
        return conversations;
    }

    private static String answer(RandomGenerator random, double skill, String label, int question) {
        if (random.nextDouble() < skill) {
            return PATHS.get(label).get(question);
        }
        var others = PATHS.values().stream().map(path -> path.get(question)).sorted().toList();
        return random.nextInt(4) == 0 ? null : random.nextInt(8) == 0 ? "conflict" : others.get(random.nextInt(others.size()));
    }

    private static List<Integer> shuffledQuestions(RandomGenerator random) {
        var order = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(order, Random.from(random));
        return order.subList(0, 1 + random.nextInt(3));
    }
}
