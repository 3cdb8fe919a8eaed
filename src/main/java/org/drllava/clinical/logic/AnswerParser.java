package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.drllava.clinical.logic.Parsed.Evidence;
import org.drllava.common.InputException;

/**
 * Reads free-text answers as symbols by the rules of a logic: whole words, longest phrase first, denial with scope.
 * Symbols that are asserted outright decide; only where there is none, denials do ("not suitable", "no plasma cells").
 * Immutable; may be shared by threads.
 */
public final class AnswerParser {
    private enum Kind { ASSERTS, DENIED_ONLY, IGNORED }

    private record Rule(String symbol, Phrase phrase, Kind kind) {}

    private record Mention(Rule rule, int start, int end) {
        int length() {
            return end - start;
        }
    }

    private final Map<String, Question> questions = new HashMap<>();
    private final Map<String, List<Rule>> rules = new HashMap<>();

    public AnswerParser(ClinicalLogic logic) {
        this(logic.questions());
    }

    AnswerParser(List<Question> questions) {
        for (var question : questions) {
            this.questions.put(question.id(), question);
            rules.put(question.id(), rulesOf(question));
        }
    }

    /** What the text says in answer to a question of the logic; throws {@link InputException} for an unknown question. */
    public Parsed parse(String questionId, String text) {
        return parse(questionId, Words.of(text));
    }

    /** As {@link #parse(String, String)}, for a text whose words are at hand. */
    public Parsed parse(String questionId, Words words) {
        var question = questions.get(questionId);
        if (question == null) {
            throw new InputException("there is no question '" + questionId + "' in this logic.");
        }
        var mentions = mentions(rules.get(questionId), words);
        return decide(question, words, mentions);
    }

    private static Parsed decide(Question question, Words words, List<Mention> mentions) {
        var mentioned = new BitSet();
        var asserting = new BitSet();
        for (var mention : mentions) {
            mentioned.set(mention.start(), mention.end());
            if (mention.rule().kind() == Kind.ASSERTS) {
                asserting.set(mention.start(), mention.end());
            }
        }
        Set<String> asserted = new LinkedHashSet<>();
        Set<String> denied = new LinkedHashSet<>();
        Set<String> byDenial = new LinkedHashSet<>();
        Set<String> contradicted = new LinkedHashSet<>(); // "increased" tells against none, even where blasts are denied
        var evidence = new ArrayList<Evidence>();
        for (var mention : mentions) {
            if (mention.rule().kind() == Kind.IGNORED) {
                continue;
            }
            var symbol = mention.rule().symbol();
            boolean isDenied = Denial.denies(words, mention.start(), mention.end(), mentioned, asserting);
            evidence.add(new Evidence(symbol, mention.rule().phrase().toString(), words.text(mention.start(), mention.end()), isDenied));
            switch (mention.rule().kind()) {
                case ASSERTS -> (isDenied ? denied : asserted).add(symbol);
                case DENIED_ONLY -> (isDenied ? byDenial : contradicted).add(symbol);
                case IGNORED -> { }
            }
        }
        if (!asserted.isEmpty()) {
            boolean takenBack = asserted.stream().anyMatch(denied::contains);
            return asserted.size() == 1 && !takenBack ? new Parsed.Symbol(asserted.iterator().next(), evidence) : new Parsed.Conflict(asserted, evidence);
        }
        for (var symbol : question.symbols()) {
            if (symbol.denialOf().stream().anyMatch(denied::containsAll)) {
                byDenial.add(symbol.name());
            }
        }
        byDenial.removeAll(contradicted);
        return switch (byDenial.size()) {
            case 0 -> new Parsed.NoMatch(evidence);
            case 1 -> new Parsed.Symbol(byDenial.iterator().next(), evidence);
            default -> new Parsed.Conflict(byDenial, evidence);
        };
    }

    /** Every match that lies in no longer one, in text order. */
    private static List<Mention> mentions(List<Rule> rules, Words words) {
        var found = new ArrayList<Mention>();
        for (int at = 0; at < words.size(); at++) {
            for (var rule : rules) {
                int end = rule.phrase().match(words, at);
                if (end > at) {
                    found.add(new Mention(rule, at, end));
                }
            }
        }
        return found.stream().filter(m -> found.stream().noneMatch(
                other -> other.length() > m.length() && other.start() <= m.start() && m.end() <= other.end())).toList();
    }

    private static List<Rule> rulesOf(Question question) {
        var rules = new ArrayList<Rule>();
        question.ignore().forEach(p -> rules.add(new Rule("", p, Kind.IGNORED)));
        for (var symbol : question.symbols()) {
            symbol.patterns().forEach(p -> rules.add(new Rule(symbol.name(), p, Kind.ASSERTS)));
            symbol.deniedPatterns().forEach(p -> rules.add(new Rule(symbol.name(), p, Kind.DENIED_ONLY)));
        }
        return rules;
    }
}
