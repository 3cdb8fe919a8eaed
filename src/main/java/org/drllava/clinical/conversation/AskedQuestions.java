package org.drllava.clinical.conversation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.english.Words;

/**
 * Tells from its wording which question of a logic is asked, whatever its case and punctuation, whatever fills its slots, and
 * whatever hint stands before it. Immutable; may be shared by threads.
 */
final class AskedQuestions {
    /** A wording's words, each text between two slots with a space at both ends, and how many letters they are. */
    private record Known(String id, List<String> texts, int letters) {}

    private final Map<String, String> whole = new HashMap<>();
    private final List<Known> known = new ArrayList<>();

    AskedQuestions(ClinicalLogic logic) {
        for (var question : logic.questions()) {
            question.ask().all().forEach(wording -> {
                var texts = Slots.between(wording).stream().map(AskedQuestions::words).toList();
                whole.put(texts.getFirst(), question.id());
                if (texts.size() > 1) {
                    whole.remove(texts.getFirst());
                }
                known.add(new Known(question.id(), texts, texts.stream().mapToInt(String::length).sum()));
            });
        }
        known.sort((a, b) -> Integer.compare(b.letters(), a.letters()));
    }

    /** The id of the question that the text asks or, behind something else, ends with; of several the one of the longest wording. */
    Optional<String> find(String text) {
        var words = words(text);
        var id = whole.get(words);
        return id != null ? Optional.of(id) : known.stream().filter(k -> ends(words, k.texts())).map(Known::id).findFirst();
    }

    /** Whether the texts stand in the words one behind the other, the last of them at the end. */
    private static boolean ends(String words, List<String> texts) {
        int end = words.length();
        for (int i = texts.size() - 1; i >= 0; i--) {
            var text = texts.get(i);
            int at = i == texts.size() - 1 && !text.isBlank() ? end - text.length() : words.lastIndexOf(text, end - text.length());
            if (at < 0 || !words.startsWith(text, at)) {
                return false;
            }
            end = at + 1;
        }
        return true;
    }

    private static String words(String text) {
        return (" " + Words.of(text) + " ").replace("  ", " ");
    }
}
