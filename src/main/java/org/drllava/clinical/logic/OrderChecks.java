package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Suggestion;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;

/** Whether every question can be asked after those that it comes after. */
final class OrderChecks {
    private OrderChecks() {}

    static void check(LogicDraft draft, Findings findings) {
        for (var question : draft.questions()) {
            after(question, draft, findings);
        }
        cycles(draft, findings);
    }

    private static void after(QuestionDraft question, LogicDraft draft, Findings findings) {
        var named = new HashSet<String>();
        int own = draft.ids().indexOf(question.id().value());
        for (var before : question.after()) {
            int index = draft.ids().indexOf(before.value());
            if (index < 0) {
                unknown(before, question, draft, findings);
            } else if (!named.add(before.value())) {
                findings.warning(before.place(), "'" + before + "' is listed twice; keep one.");
            } else if (index > own && reaches(draft, before.value(), question.id().value()).isEmpty()) {
                findings.warning(question.id().place(), "question '" + question.id() + "' stands before '" + before
                        + "', which is to be asked first; swap them, as the list is the natural order.");
            }
        }
    }

    private static void unknown(Text before, QuestionDraft question, LogicDraft draft, Findings findings) {
        if (draft.allQuestions()) {
            var others = draft.ids().stream().filter(id -> !id.equals(question.id().value())).toList();
            findings.error(before.place(), Suggestion.unknown("question", before.value(), others));
        }
    }

    /** One error for each circle, at its first question's {@code after}. */
    private static void cycles(LogicDraft draft, Findings findings) {
        var reported = new HashSet<String>();
        for (var question : draft.questions()) {
            if (reported.contains(question.id().value())) {
                continue;
            }
            for (var before : question.after()) {
                var way = reaches(draft, before.value(), question.id().value());
                if (!way.isEmpty()) {
                    findings.error(before.place(), "question '" + question.id() + "' is unreachable: it would have to be asked after itself ("
                            + String.join(" after ", circle(question, way))
                            + "); remove one of these from its 'after'.");
                    reported.addAll(way);
                    break;
                }
            }
        }
    }

    private static List<String> circle(QuestionDraft question, List<String> way) {
        var circle = new ArrayList<String>();
        circle.add(question.id().value());
        circle.addAll(way);
        return circle;
    }

    /** The ids on a way along {@code after} from one question to another, both included; empty where there is none. */
    private static List<String> reaches(LogicDraft draft, String from, String to) {
        Map<String, String> cameFrom = new HashMap<>();
        cameFrom.put(from, from);
        var open = new ArrayList<>(List.of(from));
        while (!open.isEmpty()) {
            var id = open.removeFirst();
            if (id.equals(to)) {
                var way = new ArrayList<>(List.of(id));
                while (!id.equals(from)) {
                    id = cameFrom.get(id);
                    way.addFirst(id);
                }
                return way;
            }
            for (var before : draft.question(id).map(QuestionDraft::after).orElse(List.of())) {
                if (cameFrom.putIfAbsent(before.value(), id) == null) {
                    open.add(before.value());
                }
            }
        }
        return List.of();
    }
}
