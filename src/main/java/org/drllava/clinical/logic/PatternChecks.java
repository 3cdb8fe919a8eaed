package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.drllava.clinical.english.Phrase;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Suggestion;
import org.drllava.clinical.logic.LogicDraft.Pattern;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;
import org.drllava.clinical.logic.LogicDraft.SymbolDraft;

/** Whether every pattern can match something, and by that say one symbol. */
final class PatternChecks {
    private static final int MOST_EXPANSIONS = 64;
    /** Stands for any word in a gap and for any end of a stem; no pattern is likely to name it. */
    private static final String ANY = "qxq";

    private PatternChecks() {}

    static void check(LogicDraft draft, Findings findings) {
        for (var question : draft.questions()) {
            everyPatternMatches(question, findings);
            overlaps(question, SymbolDraft::patterns, findings);
            overlaps(question, SymbolDraft::deniedPatterns, findings);
            denials(question, findings);
        }
    }

    private static void everyPatternMatches(QuestionDraft question, Findings findings) {
        var all = new ArrayList<>(question.ignore());
        question.symbols().forEach(s -> {
            all.addAll(s.patterns());
            all.addAll(s.deniedPatterns());
        });
        for (var pattern : all) {
            for (var sample : samples(pattern.phrase())) {
                if (!matchesAll(pattern, Words.of(sample))) {
                    findings.error(pattern.place(), "the pattern '" + pattern.phrase() + "' can never match, as the words of an answer are written out ('"
                            + Words.of(sample).toString().replace(ANY, "…") + "'); write it that way.");
                    break;
                }
            }
        }
    }

    /** Words that two symbols claim are read as a conflict, always. */
    private static void overlaps(QuestionDraft question, Function<SymbolDraft, List<Pattern>> kind, Findings findings) {
        record Owned(String symbol, Pattern pattern) {}
        var all = question.symbols().stream().flatMap(s -> kind.apply(s).stream().map(p -> new Owned(s.name().value(), p))).toList();
        var bySource = new HashMap<String, Owned>();
        var reported = new HashSet<List<Object>>();
        for (var mine : all) {
            var same = bySource.putIfAbsent(mine.symbol() + "\n" + mine.pattern().phrase(), mine);
            if (same != null) {
                findings.warning(mine.pattern().place(), "the pattern '" + mine.pattern().phrase() + "' is listed twice; keep one.");
                continue;
            }
            for (var sample : samples(mine.pattern().phrase())) {
                var words = Words.of(sample);
                for (var other : all) {
                    if (!other.symbol().equals(mine.symbol()) && matchesAll(other.pattern(), words)
                            && !reported.contains(List.of(other.pattern().place(), mine.pattern().place()))
                            && reported.add(List.of(mine.pattern().place(), other.pattern().place()))) {
                        // Of two alike, the later one is reported, once both have been seen.
                        boolean alike = samples(other.pattern().phrase()).stream().anyMatch(s -> matchesAll(mine.pattern(), Words.of(s)));
                        var later = alike && mine.pattern().place().compareTo(other.pattern().place()) < 0 ? other : mine;
                        var earlier = later == mine ? other : mine;
                        findings.error(later.pattern().place(), "the pattern '" + later.pattern().phrase() + "' of '" + later.symbol() + "' overlaps: "
                                + claim(earlier.pattern(), earlier.symbol(), later.pattern()) + "; leave these words to one symbol, or make one pattern longer.");
                    }
                }
            }
        }
    }

    private static String claim(Pattern earlier, String symbol, Pattern later) {
        return earlier.phrase().equals(later.phrase()) ? "it also belongs to '" + symbol + "'"
                : "'" + earlier.phrase() + "' of '" + symbol + "' matches the same words, so an answer with them is a conflict";
    }

    private static void denials(QuestionDraft question, Findings findings) {
        for (var symbol : question.symbols()) {
            var others = question.names().stream().filter(n -> !n.equals(symbol.name().value())).toList();
            for (var denied : symbol.denialOf()) {
                denied.symbols().stream().sorted().filter(name -> !others.contains(name)).forEach(name -> {
                    if (name.equals(symbol.name().value())) {
                        findings.error(denied.place(), "'" + name + "' cannot follow from its own denial; name other symbols here.");
                    } else if (question.allSymbols()) {
                        findings.error(denied.place(), Suggestion.unknown("symbol", name, others));
                    }
                });
            }
        }
    }

    /** Texts that stand for everything a phrase matches: each choice in turn, one word in a gap, an end at each stem. */
    static Set<String> samples(Phrase phrase) {
        var text = phrase.toString().strip();
        text = text.substring(text.startsWith("^") ? 1 : 0, text.length() - (text.endsWith("$") ? 1 : 0)).strip();
        List<String> samples = List.of("");
        for (var part : text.split("\\s+")) {
            var longer = new ArrayList<String>();
            for (var sample : samples) {
                for (var choice : part.equals("..") ? new String[] {ANY} : part.split("\\|")) {
                    longer.add(sample + " " + (choice.endsWith("*") ? choice.substring(0, choice.length() - 1) + ANY : choice));
                }
            }
            samples = longer.size() > MOST_EXPANSIONS ? longer.subList(0, MOST_EXPANSIONS) : longer;
        }
        return Set.copyOf(samples.stream().map(String::strip).toList());
    }

    private static boolean matchesAll(Pattern pattern, Words words) {
        return pattern.phrase().match(words, 0) == words.size();
    }
}
