package org.drllava.clinical.logic;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Free text as words: lower case, no punctuation, contractions written out ({@code doesn't} is {@code does not},
 * {@code can not} is {@code cannot}), each with the number of the clause it stands in.
 */
public final class Words {
    private static final Pattern WORD_OR_STOP = Pattern.compile("[\\p{L}\\p{N}]+(?:'[\\p{L}]+)?|[.;:!?,()\\[\\]\\n–—]|\\s-+\\s");
    private static final int LONGEST_LIST_ITEM = 4;

    private final List<String> words = new ArrayList<>();
    private final List<Integer> clauses = new ArrayList<>();

    private Words() {}

    public static Words of(String text) {
        var clean = Normalizer.normalize(text, Normalizer.Form.NFKC).replace('’', '\'').toLowerCase(Locale.ROOT)
                .replaceAll("\\b(?:can't|can not)\\b", "cannot").replaceAll("\\bwon't\\b", "will not").replaceAll("n't\\b", " not");
        var sentences = new ArrayList<List<String>>();
        var stops = new ArrayList<String>();
        var current = new ArrayList<String>();
        for (var match : (Iterable<String>) WORD_OR_STOP.matcher(clean).results().map(r -> r.group())::iterator) {
            if (Character.isLetterOrDigit(match.codePointAt(0))) {
                current.add(match);
            } else if (!current.isEmpty()) {
                sentences.add(current);
                stops.add(match);
                current = new ArrayList<>();
            }
        }
        sentences.add(current);
        return number(sentences, stops);
    }

    /** A list ("no clots, blasts, or plasma cells") stays one clause, so that a denial reaches all its items. */
    private static Words number(List<List<String>> clauses, List<String> stops) {
        var numbered = new Words();
        int clause = 0;
        for (int i = 0; i < clauses.size(); i++) {
            if (i > 0 && !(stops.get(i - 1).equals(",") && continuesList(clauses, stops, i))) {
                clause++;
            }
            for (var word : clauses.get(i)) {
                numbered.words.add(word);
                numbered.clauses.add(clause);
            }
        }
        return numbered;
    }

    private static boolean continuesList(List<List<String>> clauses, List<String> stops, int i) {
        for (int j = i; j < clauses.size() && !clauses.get(j).isEmpty(); j++) {
            var item = clauses.get(j);
            if (item.getFirst().equals("or") || item.getFirst().equals("nor")) {
                return true;
            }
            if (item.size() > LONGEST_LIST_ITEM || j >= stops.size() || !stops.get(j).equals(",")) {
                return item.size() <= LONGEST_LIST_ITEM && item.contains("or") && j > i;
            }
        }
        return false;
    }

    public int size() {
        return words.size();
    }

    public String get(int i) {
        return words.get(i);
    }

    /** Whether word {@code i} is the last of its clause. */
    public boolean endsClause(int i) {
        return i == size() - 1 || !clauses.get(i).equals(clauses.get(i + 1));
    }

    /** Whether both stand in one clause. */
    public boolean together(int i, int j) {
        return clauses.get(i).equals(clauses.get(j));
    }

    /** Words {@code from} to before {@code to}, separated by spaces. */
    public String text(int from, int to) {
        return String.join(" ", words.subList(from, to));
    }

    /** All words, separated by spaces: equal for texts that differ in case and punctuation only. */
    @Override
    public String toString() {
        return text(0, size());
    }
}
