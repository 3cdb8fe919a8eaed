package org.drllava.evaluate;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.drllava.evaluate.Counter.Hint;
import org.drllava.evaluate.Counter.Neighbours;
import org.drllava.evaluate.Counter.Reply;

/**
 * How the metrics follow from the counters.
 *
 * @param counters  what the columns count
 * @param diagnosis id of the question that asks for the diagnosis
 * @param majority  what is most often true
 */
record Statistics(List<Counter> counters, String diagnosis, Majority majority) {

    Statistic of(Metric metric) {
        Predicate<Reply> answers = reply -> !reply.task().whole();
        Predicate<Reply> wholes = reply -> reply.task().whole();
        Predicate<Reply> diagnoses = answers.and(reply -> reply.task().name().equals(diagnosis));
        Predicate<Reply> misled = answers.and(reply -> reply.hint() == Hint.WRONG_FOLLOWED || reply.hint() == Hint.WRONG_RESISTED);
        Predicate<Reply> due = reply -> Questionnaire.ABSTAINING.contains(reply.expected());
        Predicate<Reply> abstains = reply -> Questionnaire.ABSTAINING.contains(reply.given());
        return switch (metric) {
            case QUESTION_ACCURACY -> share(answers, Reply::right);
            case CONVERSATION_ACCURACY -> share(wholes, Reply::right);
            case DIAGNOSIS_ACCURACY -> share(diagnoses, Reply::right);
            case CONSISTENCY -> consistency();
            case QUESTION_F1 -> perClass(answers, ClassMean.Of.F1);
            case CONVERSATION_F1 -> perClass(wholes, ClassMean.Of.F1);
            case DIAGNOSIS_F1 -> perClass(diagnoses, ClassMean.Of.F1);
            case QUESTION_BALANCED -> perClass(answers, ClassMean.Of.RECALL);
            case CONVERSATION_BALANCED -> perClass(wholes, ClassMean.Of.RECALL);
            case DIAGNOSIS_BALANCED -> perClass(diagnoses, ClassMean.Of.RECALL);
            case QUESTION_MAJORITY -> share(answers, majority::right);
            case CONVERSATION_MAJORITY -> share(wholes, majority::right);
            case DIAGNOSIS_MAJORITY -> share(diagnoses, majority::right);
            case NO_MATCH -> share(answers, reply -> reply.given().equals(AnsweredTurn.NO_MATCH));
            case CONFLICT -> share(answers, reply -> reply.given().equals(AnsweredTurn.CONFLICT));
            case MISLED_FOLLOWED -> share(misled, reply -> reply.hint() == Hint.WRONG_FOLLOWED);
            case MISLED_ACCURACY -> share(misled, Reply::right);
            case MISLED_F1 -> perClass(misled, ClassMean.Of.F1);
            case MISLED_BALANCED -> perClass(misled, ClassMean.Of.RECALL);
            case MISLED_MAJORITY -> share(misled, majority::right);
            case SUPPORTED_ACCURACY -> share(answers.and(reply -> reply.hint() == Hint.RIGHT), Reply::right);
            case ABSTENTION -> share(answers.and(due), abstains);
            case OVER_ABSTENTION -> share(answers.and(due.negate()), abstains);
        };
    }

    /** The same statistics of one question's answers alone. */
    Statistics ofQuestion(String question) {
        // Columns keep their places: what is left out becomes a counter that no statistic of answers looks at.
        return new Statistics(counters.stream().map(counter -> counter instanceof Reply reply && !reply.task().whole()
                && reply.task().name().equals(question) ? counter : new Neighbours(0, 1)).toList(), diagnosis, majority);
    }

    private Statistic share(Predicate<Reply> trials, Predicate<Reply> hits) {
        return Statistic.share(columns(trials.and(hits)), columns(trials));
    }

    private Statistic consistency() {
        int[] columns = IntStream.range(0, counters.size()).filter(c -> counters.get(c) instanceof Neighbours).toArray();
        double[] shares = IntStream.of(columns).mapToDouble(c -> counters.get(c) instanceof Neighbours(int agreeing, int pairs)
                ? (double) agreeing / pairs : 0).toArray();
        return totals -> {
            double sum = 0;
            for (int i = 0; i < columns.length; i++) {
                sum += shares[i] * totals[columns[i]];
            }
            return sum / Statistic.sum(totals, columns);
        };
    }

    /** A mean over classes for each task, then over tasks. */
    private Statistic perClass(Predicate<Reply> among, ClassMean.Of of) {
        Map<String, Predicate<Reply>> tasks = new TreeMap<>();
        for (var counter : counters) {
            if (counter instanceof Reply reply && among.test(reply)) {
                tasks.put(reply.task().name(), among.and(r -> r.task().equals(reply.task())));
            }
        }
        List<ClassMean> means = tasks.values().stream().map(task -> ClassMean.of(of, classes(task))).toList();
        return totals -> means.stream().mapToDouble(mean -> mean.of(totals)).filter(Double::isFinite).average().orElse(Double.NaN);
    }

    private List<ClassMean.Columns> classes(Predicate<Reply> task) {
        return replies(task).map(Reply::expected).distinct().sorted().map(truth -> new ClassMean.Columns(
                columns(task.and(r -> r.expected().equals(truth) && r.right())),
                columns(task.and(r -> r.expected().equals(truth) && !r.right())),
                columns(task.and(r -> r.given().equals(truth) && !r.right())))).toList();
    }

    private java.util.stream.Stream<Reply> replies(Predicate<Reply> which) {
        return counters.stream().filter(Reply.class::isInstance).map(Reply.class::cast).filter(which);
    }

    private int[] columns(Predicate<Reply> which) {
        return IntStream.range(0, counters.size()).filter(c -> counters.get(c) instanceof Reply reply && which.test(reply)).toArray();
    }
}
