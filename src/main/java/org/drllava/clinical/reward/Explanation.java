package org.drllava.clinical.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.drllava.clinical.english.Stance;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;

/** A conversation's reward for people: what each answer was read as, by which words, and what that earned. */
public final class Explanation {
    private Explanation() {}

    /** Some lines on a conversation, each with a line end. */
    public static String of(ClinicalLogic logic, RewardLine.Request request, RewardParts parts) {
        var text = new StringBuilder("%s, label %s: %s, %s\n".formatted(request.id(), request.label(), logic.diagnosis(request.label()).name(),
                amounts(parts.total(), parts.sums())));
        for (int i = 0; i < parts.turns().size(); i++) {
            var turn = parts.turns().get(i);
            text.append("  %s: %s, %s\n".formatted(turn.questionId(), verdict(turn), amounts(turn.total(), turn.amounts())));
            text.append("      \"%s\"%s\n".formatted(request.answers().get(i).text().strip(), request.answers().get(i).finished() ? "" : " (cut off)"));
            for (var evidence : turn.parsed().evidence()) {
                text.append("      %s: '%s', by the rule '%s'%s\n".formatted(evidence.symbol(), evidence.words(), evidence.rule(),
                        evidence.stance() == Stance.ASSERTED ? "" : ", " + evidence.stance().name().toLowerCase(Locale.ROOT)));
            }
        }
        return text.toString();
    }

    private static String verdict(TurnReward turn) {
        return switch (turn.parsed()) {
            case Parsed.Symbol(var name, _) -> name.equals(turn.expected()) ? name + ", as expected" : name + " instead of " + turn.expected();
            case Parsed.NoMatch _ -> "says nothing, expected " + turn.expected();
            case Parsed.Conflict(var symbols, _) -> "says " + String.join(" and ", symbols) + ", expected " + turn.expected();
        };
    }

    private static String amounts(double total, Amounts amounts) {
        List<String> all = new ArrayList<>();
        for (var part : Part.values()) {
            add(all, part.key(), amounts.of(part));
        }
        amounts.rules().forEach((rule, amount) -> add(all, rule, amount));
        return number(total) + (all.isEmpty() ? "" : " (" + String.join(", ", all) + ")");
    }

    private static void add(List<String> all, String name, double amount) {
        if (amount != 0) {
            all.add(name + " " + number(amount));
        }
    }

    private static String number(double amount) {
        return String.format(Locale.ROOT, "%.2f", amount);
    }
}
