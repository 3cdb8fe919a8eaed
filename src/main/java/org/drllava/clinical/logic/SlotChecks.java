package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Suggestion;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;

/** Whether every slot in a question's wordings is declared, and enough wordings do without one. */
final class SlotChecks {
    private static final Pattern SLOT = Pattern.compile("\\{([^{}]*)}");
    private static final String NAME = "[\\p{L}\\p{N}_-]+";
    /** Columns of a table of labels that mean something else. */
    private static final Set<String> TAKEN = Set.of(ClinicalLogic.EARLIER, "image", "label", "patient");

    private SlotChecks() {}

    static void check(LogicDraft draft, Findings findings) {
        var declared = new ArrayList<String>();
        for (var slot : draft.slots()) {
            if (!slot.value().matches(NAME)) {
                findings.error(slot.place(), "the slot '" + slot + "' may only have letters, digits, _ and -.");
            } else if (TAKEN.contains(slot.value())) {
                findings.error(slot.place(), "the slot '" + slot + "' needs another name; " + String.join(", ", TAKEN.stream().sorted().toList()) + " have a meaning already.");
            } else if (declared.contains(slot.value())) {
                findings.error(slot.place(), "the slot '" + slot + "' is declared twice; keep one.");
            }
            declared.add(slot.value());
        }
        var used = new HashSet<String>();
        var known = new ArrayList<>(declared);
        known.add(ClinicalLogic.EARLIER);
        for (var question : draft.questions()) {
            question.ask().all().forEach(wording -> used.addAll(slots(wording, known, findings)));
            someWithout(question, question.ask().train(), "train", findings);
            someWithout(question, question.ask().test(), "test", findings);
            question.symbols().forEach(s -> s.answers().all().filter(w -> w.value().matches("(?s).*[{}].*")).forEach(w -> findings.error(w.place(),
                    "an answer has no slots, so '" + w + "' may have no { or }; only the wordings under 'ask' may.")));
        }
        if (draft.allQuestions()) {
            draft.slots().stream().filter(s -> !used.contains(s.value()) && !TAKEN.contains(s.value())).forEach(s -> findings.warning(s.place(),
                    "the slot '" + s + "' is never used; put {" + s + "} into a wording, or remove it."));
        }
    }

    private static List<String> slots(Text wording, List<String> known, Findings findings) {
        var names = SLOT.matcher(wording.value()).results().map(m -> m.group(1)).toList();
        names.stream().distinct().filter(name -> !known.contains(name)).forEach(name -> findings.error(wording.place(),
                Suggestion.nearest(name, known).map(near -> "undeclared slot {" + name + "}; did you mean {" + near + "}?")
                        .orElse("undeclared slot {" + name + "}; add it to 'slots' at the top.")));
        if (SLOT.matcher(wording.value()).replaceAll("").matches("(?s).*[{}].*")) {
            findings.error(wording.place(), "a brace without its partner in '" + wording + "'; a slot is written {name}.");
        }
        return names.stream().map(name -> Suggestion.nearest(name, known).orElse(name)).toList();
    }

    private static void someWithout(QuestionDraft question, List<Text> wordings, String key, Findings findings) {
        if (!wordings.isEmpty() && wordings.stream().allMatch(w -> w.value().contains("{"))) {
            findings.error(wordings.getFirst().place(), "every " + key + " wording of question '" + question.id()
                    + "' has a slot; add one without, for images that lack the slot's value.");
        }
    }
}
