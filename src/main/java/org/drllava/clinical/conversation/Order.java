package org.drllava.clinical.conversation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.Random;
import org.drllava.clinical.logic.Question;

/** Which questions of a logic follow each other in what order. */
enum Order {
    /** As the logic lists them. */
    NATURAL,
    REVERSED,
    SHUFFLED,
    /** A random one of the orders that ask every question after those it names under {@code after}. */
    VALID,
    /** 2 to 5 of the questions, shuffled. */
    SOME;

    private static final int FEWEST = 2;
    private static final int MOST = 5;

    /** @param natural the questions in natural order */
    List<Question> of(List<Question> natural, SplittableRandom random) {
        return switch (this) {
            case NATURAL -> natural;
            case REVERSED -> natural.reversed();
            case SHUFFLED -> shuffled(natural, random);
            case VALID -> valid(natural, random);
            case SOME -> shuffled(natural, random).subList(0, some(natural.size(), random));
        };
    }

    private static int some(int all, RandomGenerator random) {
        int most = Math.min(MOST, all);
        return most <= FEWEST ? most : random.nextInt(FEWEST, most + 1);
    }

    private static List<Question> shuffled(List<Question> natural, SplittableRandom random) {
        var questions = new ArrayList<>(natural);
        Collections.shuffle(questions, Random.from(random));
        return questions;
    }

    private static List<Question> valid(List<Question> natural, RandomGenerator random) {
        var order = new ArrayList<Question>();
        var asked = new HashSet<String>();
        while (order.size() < natural.size()) {
            var ready = natural.stream().filter(q -> !asked.contains(q.id()) && asked.containsAll(q.after())).toList();
            if (ready.isEmpty()) {
                throw new IllegalStateException("questions wait for each other under 'after': all but " + asked);
            }
            var next = ready.get(random.nextInt(ready.size()));
            order.add(next);
            asked.add(next.id());
        }
        return order;
    }
}
