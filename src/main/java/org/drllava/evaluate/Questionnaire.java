package org.drllava.evaluate;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.drllava.checkpoint.Sha256;
import org.drllava.clinical.english.Phrase;
import org.drllava.clinical.logic.ClinicalLogic;

/**
 * What the metrics need to know of the clinical logic.
 *
 * @param rules     tells two sets of parsing rules apart: a hash of all that decides which symbol is read from an answer
 * @param questions question ids in their natural order, from finding to diagnosis
 * @param diagnosis the id of the question that asks for the diagnosis
 * @param paths     the allowed paths by name, each a map from question id to symbol
 */
public record Questionnaire(String rules, List<String> questions, String diagnosis, Map<String, Map<String, String>> paths) {
    /** Symbols that draw no conclusion from a picture. Answering one is right where the truth is one of them too, and timid elsewhere. */
    static final Set<String> ABSTAINING = Set.of("inadequate", "unknown");

    public Questionnaire {
        Objects.requireNonNull(rules, "rules");
        Objects.requireNonNull(diagnosis, "diagnosis");
        questions = List.copyOf(questions);
        var sorted = new TreeMap<String, Map<String, String>>();
        paths.forEach((name, path) -> sorted.put(name, Collections.unmodifiableMap(new TreeMap<>(path))));
        paths = Collections.unmodifiableMap(sorted);
        if (new HashSet<>(questions).size() != questions.size()) {
            throw new IllegalArgumentException("a question id occurs twice in " + questions);
        }
    }

    /** The last question in natural order is the one that asks for the diagnosis. */
    public static Questionnaire of(ClinicalLogic logic) {
        var paths = new TreeMap<String, Map<String, String>>();
        logic.diagnoses().forEach(diagnosis -> paths.put(diagnosis.name(), diagnosis.path()));
        return new Questionnaire(rules(logic), logic.questions().stream().map(q -> q.id()).toList(), logic.questions().getLast().id(), paths);
    }

    /** Whether two symbols, each read from an answer to its question, occur together on some allowed path. */
    boolean together(String firstQuestion, String firstSymbol, String secondQuestion, String secondSymbol) {
        for (var path : paths.values()) {
            if (firstSymbol.equals(path.get(firstQuestion)) && secondSymbol.equals(path.get(secondQuestion))) {
                return true;
            }
        }
        return false;
    }

    /** Place of a question in the natural order; throws IllegalArgumentException for a question it does not have. */
    int position(String question) {
        int position = questions.indexOf(question);
        if (position < 0) {
            throw new IllegalArgumentException("question \"" + question + "\" is none of " + questions);
        }
        return position;
    }

    private static String rules(ClinicalLogic logic) {
        var digest = Sha256.digest();
        for (var question : logic.questions()) {
            add(digest::update, "question", List.of(question.id()));
            add(digest::update, "ignore", sources(question.ignore()));
            for (var symbol : question.symbols()) {
                add(digest::update, "symbol", List.of(symbol.name()));
                add(digest::update, "patterns", sources(symbol.patterns()));
                add(digest::update, "denied_patterns", sources(symbol.deniedPatterns()));
                add(digest::update, "denial_of", symbol.denialOf().stream().map(set -> new TreeSet<>(set).toString()).sorted().toList());
                add(digest::update, "explains", new TreeSet<>(symbol.explains()));
            }
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    private interface Sink {
        void add(byte[] bytes);
    }

    private static void add(Sink digest, String key, Collection<String> values) {
        digest.add((key + values + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Their order decides nothing. */
    private static Collection<String> sources(List<Phrase> phrases) {
        return phrases.stream().map(Phrase::toString).sorted().toList();
    }
}
