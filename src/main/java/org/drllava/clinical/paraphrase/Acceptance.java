package org.drllava.clinical.paraphrase;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.paraphrase.Rejection.Reason;

/**
 * Decides which proposed texts become wordings: an answer must be read as exactly its symbol, a question must ask what no other
 * does, and neither may be a held-out wording. The first of two equal texts is taken, in the order in which they are judged.
 */
public final class Acceptance {
    private static final Pattern UNPRINTABLE = Pattern.compile("\\p{C}");
    private static final int LONGEST_CHARACTERS = 400;

    private final AnswerParser parser;
    private final Set<String> heldOut = new HashSet<>();
    private final Map<String, String> questionOf = new HashMap<>();
    private final Map<Meaning, Set<String>> said = new HashMap<>();
    private final Map<Meaning, List<String>> kept = new LinkedHashMap<>();
    private final List<Rejection> rejected = new ArrayList<>();

    public Acceptance(ClinicalLogic logic) {
        parser = new AnswerParser(logic);
        for (var question : logic.questions()) {
            question.ask().all().forEach(wording -> questionOf.put(words(wording), question.id()));
            learn(new Meaning(question.id(), Optional.empty()), question.ask().train(), question.ask().test());
            question.symbols().forEach(symbol -> learn(new Meaning(question.id(), Optional.of(symbol.name())),
                    symbol.answers().train(), symbol.answers().test()));
        }
    }

    /** Judges what came in reply, as many texts as were asked for. */
    public void judge(Outcome.Proposed proposed) {
        proposed.texts().stream().limit(proposed.rephrasing().count()).forEach(text -> judge(proposed.rephrasing(), text));
    }

    /** The texts taken so far, in order. */
    public Map<Meaning, List<String>> kept() {
        return kept;
    }

    public List<Rejection> rejected() {
        return rejected;
    }

    private void judge(Rephrasing rephrasing, String text) {
        var meaning = rephrasing.meaning();
        var fault = form(rephrasing, text)
                .or(() -> meaning.symbol().isPresent() ? reading(rephrasing, text) : asking(rephrasing, text))
                .or(() -> repetition(rephrasing, text));
        fault.ifPresentOrElse(rejected::add, () -> {
            kept.computeIfAbsent(meaning, _ -> new ArrayList<>()).add(text);
            if (meaning.symbol().isEmpty()) {
                questionOf.put(words(text), meaning.question());
            }
        });
    }

    private static Optional<Rejection> form(Rephrasing rephrasing, String text) {
        int length = Words.of(text).size();
        if (length == 0 || length > rephrasing.longestWords() || text.length() > LONGEST_CHARACTERS) {
            return fault(rephrasing, text, Reason.LENGTH, length + " words");
        }
        if (UNPRINTABLE.matcher(text).find()) {
            return fault(rephrasing, text, Reason.CHARACTERS, "");
        }
        return Slots.in(text).equals(Slots.in(rephrasing.wording())) ? Optional.empty()
                : fault(rephrasing, text, Reason.SLOTS, String.join(" ", Slots.in(text)));
    }

    private Optional<Rejection> reading(Rephrasing rephrasing, String text) {
        var symbol = rephrasing.meaning().symbol().orElseThrow();
        return switch (parser.parse(rephrasing.meaning().question(), text)) {
            case Parsed.Symbol(var name, _) -> name.equals(symbol) ? Optional.empty() : fault(rephrasing, text, Reason.OTHER_SYMBOL, name);
            case Parsed.NoMatch _ -> fault(rephrasing, text, Reason.NO_SYMBOL, "");
            case Parsed.Conflict(var symbols, _) -> fault(rephrasing, text, Reason.CONFLICT, String.join(" and ", symbols));
        };
    }

    private Optional<Rejection> asking(Rephrasing rephrasing, String text) {
        // A wording such as "Name the diagnosis." may be rephrased as one.
        if (rephrasing.wording().endsWith("?") && !text.endsWith("?")) {
            return fault(rephrasing, text, Reason.NO_QUESTION, "");
        }
        var asks = questionOf.getOrDefault(words(text), rephrasing.meaning().question());
        return asks.equals(rephrasing.meaning().question()) ? Optional.empty() : fault(rephrasing, text, Reason.OTHER_QUESTION, asks);
    }

    private Optional<Rejection> repetition(Rephrasing rephrasing, String text) {
        if (heldOut.contains(words(text))) {
            return fault(rephrasing, text, Reason.HELD_OUT, "");
        }
        return said.get(rephrasing.meaning()).add(words(text)) ? Optional.empty() : fault(rephrasing, text, Reason.DUPLICATE, "");
    }

    private static Optional<Rejection> fault(Rephrasing rephrasing, String text, Reason reason, String detail) {
        return Optional.of(new Rejection(rephrasing, text, reason, detail));
    }

    private void learn(Meaning meaning, List<String> train, List<String> test) {
        test.forEach(wording -> heldOut.add(words(wording)));
        said.put(meaning, new HashSet<>(train.stream().map(Acceptance::words).toList()));
    }

    private static String words(String text) {
        return Words.of(text).toString();
    }
}
