package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
                if (!matchesAll(pattern, sample)) {
                    findings.error(pattern.place(), "the pattern '" + pattern.phrase() + "' can never match, as the words of an answer are written out ('"
                            + sample.toString().replace(ANY, "…") + "'); write it that way.");
                    break;
                }
            }
        }
    }

    private record Owned(String symbol, Pattern pattern, List<Words> samples) {
        /** Whether this pattern matches all words of something that the other matches. */
        boolean claims(Owned other) {
            return pattern.phrase().equals(other.pattern.phrase()) || other.samples.stream().anyMatch(words -> matchesAll(pattern, words));
        }
    }

    /** Words that two symbols claim are read as a conflict, always. */
    private static void overlaps(QuestionDraft question, Function<SymbolDraft, List<Pattern>> kind, Findings findings) {
        var all = new ArrayList<Owned>();
        for (var symbol : question.symbols()) {
            var own = new HashSet<Phrase>();
            for (var pattern : kind.apply(symbol)) {
                if (own.add(pattern.phrase())) {
                    all.add(new Owned(symbol.name().value(), pattern, samples(pattern.phrase())));
                } else {
                    findings.warning(pattern.place(), "the pattern '" + pattern.phrase() + "' is listed twice; keep one.");
                }
            }
        }
        for (var mine : all) {
            for (var other : all) {
                if (!other.symbol().equals(mine.symbol()) && other.claims(mine)
                        // Of two that claim each other, the later one is reported.
                        && (!mine.claims(other) || other.pattern().place().compareTo(mine.pattern().place()) < 0)) {
                    findings.error(mine.pattern().place(), "the pattern '" + mine.pattern().phrase() + "' of '" + mine.symbol() + "' overlaps: "
                            + claim(other.pattern(), other.symbol(), mine.pattern()) + "; leave these words to one symbol, or make one pattern longer.");
                }
            }
        }
    }

    private static String claim(Pattern other, String symbol, Pattern mine) {
        return other.phrase().equals(mine.phrase()) ? "it also belongs to '" + symbol + "'"
                : "'" + other.phrase() + "' of '" + symbol + "' matches the same words, so an answer with them is a conflict";
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
            for (var explained : symbol.explains()) {
                if (explained.value().equals(symbol.name().value())) {
                    findings.error(explained.place(), "'" + explained + "' cannot explain itself; name other symbols here.");
                } else if (question.allSymbols() && !others.contains(explained.value())) {
                    findings.error(explained.place(), Suggestion.unknown("symbol", explained.value(), others));
                }
            }
        }
    }

    /** Texts that stand for everything a phrase matches: each choice in turn, one word in a gap, an end at each stem; none for shares. */
    static List<Words> samples(Phrase phrase) {
        if (phrase.toString().contains("%")) {
            return List.of();
        }
        var text = phrase.toString().strip();
        text = text.substring(text.startsWith("^") ? 1 : 0, text.length() - (text.endsWith("$") ? 1 : 0)).strip();
        List<String> samples = List.of("");
        for (var part : text.split("[\\s-]+")) {
            var longer = new ArrayList<String>();
            for (var sample : samples) {
                for (var choice : part.equals("..") ? new String[] {ANY} : part.split("\\|")) {
                    longer.add(sample + " " + (choice.endsWith("*") ? choice.substring(0, choice.length() - 1) + ANY : choice));
                }
            }
            samples = longer.size() > MOST_EXPANSIONS ? longer.subList(0, MOST_EXPANSIONS) : longer;
        }
        return samples.stream().map(Words::of).toList();
    }

    private static boolean matchesAll(Pattern pattern, Words words) {
        return pattern.phrase().match(words, 0) == words.size();
    }
}
