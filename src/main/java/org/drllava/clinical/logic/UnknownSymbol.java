package org.drllava.clinical.logic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.drllava.clinical.english.Phrase;
import org.drllava.clinical.english.Words;
import org.drllava.clinical.io.Findings;
import org.drllava.clinical.io.Place;
import org.drllava.clinical.io.Text;
import org.drllava.clinical.io.YamlNode;
import org.drllava.clinical.logic.LogicDraft.QuestionDraft;
import org.drllava.clinical.logic.LogicDraft.SymbolDraft;
import org.drllava.clinical.logic.LogicDraft.WordingsDraft;

/**
 * The symbol that every question has: nothing can be concluded from this image. A question that does not declare it gets the
 * program's own, less what the question's other symbols already say in these words.
 */
final class UnknownSymbol {
    static final String NAME = "unknown";
    private static final SymbolDraft DEFAULT = read(text());

    private UnknownSymbol() {}

    static LogicDraft addTo(LogicDraft draft, Findings findings) {
        return draft.withQuestions(draft.questions().stream()
                .map(q -> q.symbol(NAME).isPresent() ? q : q.withSymbol(q.allRules() ? fitting(q, findings) : DEFAULT)).toList());
    }

    private static SymbolDraft fitting(QuestionDraft question, Findings findings) {
        var patterns = DEFAULT.patterns().stream().filter(p -> isFree(p.phrase(), question)).toList();
        var bare = new SymbolDraft(new Text(NAME, question.id().place()), new WordingsDraft(List.of(), List.of()), patterns, List.of(), List.of(), List.of());
        var parser = new AnswerParser(new ClinicalLogic("", List.of(question.withSymbol(bare).toQuestion()), List.of(), RewardWeights.DEFAULT, List.of()));
        Predicate<Text> understood = wording -> parser.parse(question.id().value(), wording.value()).is(NAME);
        var answers = new WordingsDraft(DEFAULT.answers().train().stream().filter(understood).toList(),
                DEFAULT.answers().test().stream().filter(understood).toList());
        if (answers.train().isEmpty() || answers.test().isEmpty()) {
            findings.error(question.id().place(), "question '" + question.id() + "' needs a symbol '" + NAME
                    + "' of its own, as its other symbols have the words of the default one; declare it, with train and test wordings and patterns.");
        }
        return new SymbolDraft(bare.name(), answers, patterns, List.of(), List.of(), List.of());
    }

    /** Whether no pattern of the question has the longest of these words, which tells what they are about, and no answer has all of them. */
    private static boolean isFree(Phrase phrase, QuestionDraft question) {
        var samples = PatternChecks.samples(phrase);
        var others = Stream.concat(question.ignore().stream(), question.symbols().stream().flatMap(s -> Stream.concat(s.patterns().stream(), s.deniedPatterns().stream())));
        return others.noneMatch(other -> samples.stream().anyMatch(sample -> hasLongestWord(other.phrase(), sample)))
                && question.symbols().stream().flatMap(s -> s.answers().all()).noneMatch(answer -> occurs(phrase, Words.of(answer.value())));
    }

    private static boolean hasLongestWord(Phrase phrase, Words words) {
        int longest = IntStream.range(0, words.size()).boxed().max(Comparator.comparingInt(i -> words.word(i).length())).orElseThrow();
        return IntStream.rangeClosed(0, longest).anyMatch(at -> phrase.match(words, at) > longest);
    }

    private static boolean occurs(Phrase phrase, Words words) {
        for (int at = 0; at < words.size(); at++) {
            if (phrase.match(words, at) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static SymbolDraft read(String text) {
        var findings = new Findings();
        var symbol = YamlNode.read(text, findings).flatMap(node -> node.object(LogicKeys.SYMBOL))
                .map(object -> new QuestionReader(findings).symbol(new Text(NAME, Place.START), object).value()).orElseThrow();
        if (findings.errors() > 0) {
            throw new IllegalStateException("unknown.yaml: " + findings.inOrder());
        }
        return symbol;
    }

    private static String text() {
        try (var in = UnknownSymbol.class.getResourceAsStream("/clinical/unknown.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
