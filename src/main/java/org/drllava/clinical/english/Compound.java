package org.drllava.clinical.english;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What is written as one chunk and may be several words: contractions, abbreviations, hyphens, letters with digits. */
final class Compound {
    private static final Map<String, List<String>> IRREGULAR = Map.ofEntries(
            Map.entry("can't", List.of("cannot")), Map.entry("cant", List.of("cannot")), Map.entry("won't", List.of("will", "not")),
            Map.entry("wont", List.of("will", "not")), Map.entry("shan't", List.of("shall", "not")), Map.entry("ain't", List.of("is", "not")),
            Map.entry("dont", List.of("do", "not")), Map.entry("doesnt", List.of("does", "not")), Map.entry("didnt", List.of("did", "not")),
            Map.entry("isnt", List.of("is", "not")), Map.entry("arent", List.of("are", "not")), Map.entry("wasnt", List.of("was", "not")),
            Map.entry("werent", List.of("were", "not")), Map.entry("hasnt", List.of("has", "not")), Map.entry("havent", List.of("have", "not")),
            Map.entry("couldnt", List.of("could", "not")), Map.entry("wouldnt", List.of("would", "not")), Map.entry("w/o", List.of("without")),
            Map.entry("r/o", List.of("rule", "out")));

    private static final Map<String, String> VERBS = Map.of("'s", "is", "'d", "would", "'ll", "will", "'ve", "have", "'re", "are", "'m", "am");

    /** Which an {@code 's} makes no owner of. */
    private static final Set<String> PRONOUNS = Set.of("it", "that", "there", "he", "she", "here", "what", "who");

    private Compound() {}

    /**
     * The words of a chunk. A compound is one word where that word is known ({@code N-STEMI} for {@code nstemi}), else its parts.
     *
     * @param known whether a word means something to the reader
     */
    static List<String> words(String chunk, Predicate<String> known) {
        var irregular = IRREGULAR.get(chunk);
        if (irregular != null) {
            return irregular;
        }
        if (chunk.endsWith("n't")) {
            return List.of(chunk.substring(0, chunk.length() - 3), "not");
        }
        int apostrophe = chunk.lastIndexOf('\'');
        var verb = apostrophe > 0 ? VERBS.get(chunk.substring(apostrophe)) : null;
        if (verb != null && (!verb.equals("is") || PRONOUNS.contains(chunk.substring(0, apostrophe)))) {
            return List.of(chunk.substring(0, apostrophe), verb);
        }
        if (isNumber(chunk) || known.test(chunk)) {
            return List.of(chunk);
        }
        var joined = chunk.replaceAll("[-‐–.]", "");
        if (!joined.equals(chunk) && (known.test(joined) || chunk.matches("(\\p{L}\\.)+\\p{L}"))) {
            return List.of(joined);
        }
        var parts = new ArrayList<String>();
        for (var part : chunk.split("[-‐–/]")) {
            if (part.equals(chunk)) {
                var apart = lettersAndDigits(chunk);
                return known.test(apart.getFirst()) ? apart : List.of(chunk);
            }
            if (!part.isEmpty()) {
                parts.addAll(words(part, known));
            }
        }
        return parts;
    }

    /** {@code covid19} as {@code covid} and {@code 19}. */
    static List<String> lettersAndDigits(String word) {
        return List.of(word.split("(?<=\\p{L})(?=\\p{N})|(?<=\\p{N})(?=\\p{L})"));
    }

    /** Whether the chunk is written with digits, with or without a percent sign. */
    static boolean isNumber(String chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            char c = chunk.charAt(i);
            if (!Character.isDigit(c) && c != '.' && c != ',' && !(c == '%' && i == chunk.length() - 1)) {
                return false;
            }
        }
        return Character.isDigit(chunk.charAt(0));
    }
}
