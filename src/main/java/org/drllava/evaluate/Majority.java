package org.drllava.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.evaluate.Counter.Reply;
import org.drllava.evaluate.Counter.Task;

/** What is most often true of each task, the first by name among equals: the answers of a model that never looks at the picture. */
record Majority(Map<Task, String> answers) {

    static Majority of(List<Counter> counters, double[] totals) {
        var truths = new HashMap<Task, TreeMap<String, Double>>();
        for (int column = 0; column < totals.length; column++) {
            if (counters.get(column) instanceof Reply reply) {
                truths.computeIfAbsent(reply.task(), _ -> new TreeMap<>()).merge(reply.expected(), totals[column], Double::sum);
            }
        }
        var answers = new HashMap<Task, String>();
        truths.forEach((task, counts) -> {
            double most = counts.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
            counts.entrySet().stream().filter(entry -> entry.getValue() == most).findFirst().ifPresent(entry -> answers.put(task, entry.getKey()));
        });
        return new Majority(Map.copyOf(answers));
    }

    /** Whether the majority's answer would have been right here. */
    boolean right(Reply reply) {
        return reply.expected().equals(answers.get(reply.task()));
    }
}
