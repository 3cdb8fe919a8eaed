package org.drllava.clinical.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;

/** An audit as a table, and its verdict in a sentence. */
public final class AuditText {
    private AuditText() {}

    public static String table(ClinicalLogic logic, Audit audit) {
        var rows = new ArrayList<List<String>>();
        rows.add(row("answers", "reward", "share", logic.questions().stream().map(Question::id).toList()));
        var blanks = logic.questions().stream().map(_ -> "").toList();
        rows.add(row("the truth", number(audit.honest()), percent(1), blanks));
        rows.add(row("nothing", number(audit.silent()), percent(0), blanks));
        for (var fixed : audit.best()) {
            rows.add(row("always", number(fixed.reward()), percent(audit.share(fixed)), fixed.answers().stream().map(FixedAnswers::name).toList()));
        }
        return "images: " + audit.labels().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", ")) + "\n\n"
                + aligned(rows);
    }

    /** Whether someone who never looks at the image comes near the truth. */
    public static String verdict(Audit audit, double threshold) {
        var best = audit.best().getFirst();
        var come = String.format(Locale.ROOT, "comes %s of the way from saying nothing (%s) to the truth (%s)", percent(audit.share(best)),
                number(audit.silent()), number(audit.honest()));
        return (audit.won(threshold)
                ? "This reward can be won without looking: always answering '" + best + "' " + come + ", the threshold being " + percent(threshold) + "."
                : "No fixed answers win this reward: the best of them, '" + best + "', " + come + ", below the threshold of " + percent(threshold) + ".")
                + (audit.exhaustive() ? "" : " The rules in Java allow no full search; other answers might earn more.");
    }

    private static List<String> row(String who, String reward, String share, List<String> answers) {
        var row = new ArrayList<>(List.of(who, reward, share));
        row.addAll(answers);
        return row;
    }

    private static String aligned(List<List<String>> rows) {
        var text = new StringBuilder();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int c = 0; c < row.size(); c++) {
                int column = c;
                int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
                // Numbers to the right, words to the left.
                line.append(("%" + (c == 1 || c == 2 ? "" : "-") + width + "s  ").formatted(row.get(c)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value == 0 ? 0 : value);
    }

    private static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.0f %%", 100 * share) : "-";
    }
}
