package org.drllava.clinical.logic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.drllava.clinical.english.Phrase;
import org.drllava.clinical.io.Place;
import org.drllava.clinical.io.Text;

/**
 * A logic as it is written, every part with its place, before anybody knows whether the parts fit together.
 * What could not be read is left out, and said to be, so that nobody calls it missing too.
 *
 * @param allQuestions whether every question is here
 */
record LogicDraft(String name, List<Text> slots, List<QuestionDraft> questions, boolean allQuestions, List<Branch> branches,
        List<DiagnosisDraft> diagnoses, RewardWeights reward) {

    /**
     * @param allSymbols whether every symbol is here
     * @param allRules   whether everything is here that answers are read by
     */
    record QuestionDraft(Text id, List<Text> after, WordingsDraft ask, List<Pattern> ignore, List<SymbolDraft> symbols, boolean allSymbols, boolean allRules) {
        Optional<SymbolDraft> symbol(String name) {
            return symbols.stream().filter(s -> s.name().value().equals(name)).findFirst();
        }

        List<String> names() {
            return symbols.stream().map(s -> s.name().value()).toList();
        }

        QuestionDraft withSymbol(SymbolDraft symbol) {
            return new QuestionDraft(id, after, ask, ignore, Stream.concat(symbols.stream(), Stream.of(symbol)).toList(), allSymbols, allRules);
        }

        Question toQuestion() {
            return new Question(id.value(), ask.toWordings(), symbols.stream().map(SymbolDraft::toSymbol).toList(), Pattern.phrases(ignore), values(after));
        }
    }

    record SymbolDraft(Text name, WordingsDraft answers, List<Pattern> patterns, List<Pattern> deniedPatterns, List<Denied> denialOf, List<Text> explains) {
        Question.Symbol toSymbol() {
            return new Question.Symbol(name.value(), answers.toWordings(), Pattern.phrases(patterns), Pattern.phrases(deniedPatterns),
                    denialOf.stream().map(Denied::symbols).toList(), values(explains).stream().filter(other -> !other.equals(name.value())).collect(Collectors.toSet()));
        }
    }

    record WordingsDraft(List<Text> train, List<Text> test) {
        Stream<Text> all() {
            return Stream.concat(train.stream(), test.stream());
        }

        Wordings toWordings() {
            return new Wordings(values(train), values(test));
        }
    }

    record Pattern(Phrase phrase, Place place) {
        static List<Phrase> phrases(List<Pattern> patterns) {
            return patterns.stream().map(Pattern::phrase).toList();
        }
    }

    /** Symbols that must all be denied, as in {@code aml + mm}. */
    record Denied(Set<String> symbols, Place place) {}

    /** A symbol given to a question, in a path or a branch; the symbol is blank where it could not be read. */
    record Given(Text question, Text symbol) {}

    /** Where a path has all of {@code when}, it takes {@code then} for the questions that it leaves out. */
    record Branch(Place place, List<Given> when, List<Given> then) {}

    record DiagnosisDraft(Text name, List<Given> path, boolean pathKnown, List<Text> labels) {
        Map<String, String> symbols() {
            return path.stream().collect(Collectors.toMap(g -> g.question().value(), g -> g.symbol().value(), (a, _) -> a, LinkedHashMap::new));
        }
    }

    LogicDraft withQuestions(List<QuestionDraft> others) {
        return new LogicDraft(name, slots, others, allQuestions, branches, diagnoses, reward);
    }

    LogicDraft withDiagnoses(List<DiagnosisDraft> others) {
        return new LogicDraft(name, slots, questions, allQuestions, branches, others, reward);
    }

    Optional<QuestionDraft> question(String id) {
        return questions.stream().filter(q -> q.id().value().equals(id)).findFirst();
    }

    List<String> ids() {
        return questions.stream().map(q -> q.id().value()).toList();
    }

    boolean knows(Given given) {
        return question(given.question().value()).flatMap(q -> q.symbol(given.symbol().value())).isPresent();
    }

    static List<String> values(List<Text> texts) {
        return texts.stream().map(Text::value).toList();
    }
}
