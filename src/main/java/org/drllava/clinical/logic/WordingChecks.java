package org.drllava.clinical.logic;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Place;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;
import org.drllava.clinical.logic.LogicDraft.SymbolDraft;
import org.drllava.clinical.logic.LogicDraft.WordingsDraft;

/** Whether what is said is held out, belongs to one question, has no unknown slot, and is read as what it should mean. */
final class WordingChecks {
    private WordingChecks() {}

    static void check(LogicDraft draft, Findings findings) {
        SlotChecks.check(draft, findings);
        onlyOneQuestionAsksSo(draft, findings);
        for (var question : draft.questions()) {
            heldOut(question.ask(), findings);
            question.symbols().forEach(symbol -> heldOut(symbol.answers(), findings));
        }
        everyAnswerIsReadAsMeant(draft, findings);
    }

    private static void onlyOneQuestionAsksSo(LogicDraft draft, Findings findings) {
        var owners = new HashMap<String, QuestionDraft>();
        for (var question : draft.questions()) {
            question.ask().all().forEach(wording -> {
                var owner = owners.putIfAbsent(words(wording), question);
                if (owner != null && owner != question) {
                    findings.error(wording.place(), "'" + wording + "' asks both '" + owner.id() + "' and '" + question.id()
                            + "'; say which of them is meant in its words.");
                }
            });
        }
    }

    /** A test wording that was trained on shows nothing. */
    private static void heldOut(WordingsDraft wordings, Findings findings) {
        Map<String, Place> train = new HashMap<>();
        Map<String, Place> test = new HashMap<>();
        wordings.train().forEach(w -> once(w, train, findings));
        wordings.test().forEach(w -> {
            var trained = train.get(words(w));
            if (trained != null) {
                findings.error(w.place(), "'" + w + "' is also a train wording (line " + trained.line() + "); a test wording must be held out, so change one of them.");
            }
            once(w, test, findings);
        });
    }

    private static void once(Text wording, Map<String, Place> seen, Findings findings) {
        var before = seen.putIfAbsent(words(wording), wording.place());
        if (before != null) {
            findings.warning(wording.place(), "'" + wording + "' is listed twice, first in line " + before.line() + "; keep one.");
        }
    }

    /** A reward that misreads the very sentences it trains on teaches the wrong thing without a sign of it. */
    private static void everyAnswerIsReadAsMeant(LogicDraft draft, Findings findings) {
        var readable = draft.questions().stream().filter(QuestionDraft::allRules).filter(WordingChecks::denialsAreKnown).toList();
        var parser = new AnswerParser(new ClinicalLogic(draft.name(), readable.stream().map(QuestionDraft::toQuestion).toList(), List.of(), draft.reward(), List.of()));
        for (var question : readable) {
            for (var symbol : question.symbols()) {
                symbol.answers().all().forEach(wording -> {
                    var parsed = parser.parse(question.id().value(), wording.value());
                    if (!parsed.is(symbol.name().value())) {
                        findings.error(wording.place(), "question '" + question.id() + "', symbol '" + symbol.name() + "': '" + wording + "' is read as "
                                + describe(parsed, symbol));
                    }
                });
            }
        }
    }

    /** Else answers would be misread for a fault that has been named. */
    private static boolean denialsAreKnown(QuestionDraft question) {
        return question.symbols().stream().flatMap(s -> s.denialOf().stream()).allMatch(denied -> question.names().containsAll(denied.symbols()));
    }

    private static String describe(Parsed parsed, SymbolDraft meant) {
        var fired = parsed.evidence().stream().map(e -> (e.denied() ? "the denied pattern '" : "the pattern '") + e.rule() + "' of '" + e.symbol() + "'")
                .distinct().collect(Collectors.joining(", "));
        var why = fired.isEmpty() ? "no pattern matches" : "by " + fired;
        return switch (parsed) {
            case Parsed.Symbol(var name, _) -> "'" + name + "', " + why + "; change the wording or the patterns.";
            case Parsed.NoMatch _ -> "no match, " + why + "; add some of its words to the patterns of '" + meant.name() + "'.";
            case Parsed.Conflict(var symbols, _) -> "a conflict of " + symbols.stream().sorted().map(s -> "'" + s + "'").collect(Collectors.joining(" and "))
                    + ", " + why + "; change the wording or the patterns.";
        };
    }

    private static String words(Text wording) {
        var words = Words.of(wording.value()).toString();
        return words.isEmpty() ? wording.value().toLowerCase(Locale.ROOT) : words;
    }
}
