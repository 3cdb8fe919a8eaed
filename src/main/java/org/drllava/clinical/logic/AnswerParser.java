package org.drllava.clinical.logic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.drllava.clinical.english.Words;
import org.drllava.common.InputException;

/**
 * Reads free-text answers as symbols by the rules of a logic. What an answer asserts decides; only where it asserts nothing, denials
 * do ("not suitable", "no plasma cells"). Immutable; may be shared by threads.
 */
public final class AnswerParser {
    private final Map<String, QuestionParser> parsers = new HashMap<>();

    public AnswerParser(ClinicalLogic logic) {
        this(logic.questions());
    }

    AnswerParser(List<Question> questions) {
        var vocabulary = vocabulary(questions);
        questions.forEach(question -> parsers.put(question.id(), new QuestionParser(question, vocabulary)));
    }

    /** What the text says in answer to a question of the logic; throws {@link InputException} for an unknown question. */
    public Parsed parse(String questionId, String text) {
        var parser = parsers.get(questionId);
        if (parser == null) {
            throw new InputException("there is no question '" + questionId + "' in this logic; its questions are "
                    + parsers.keySet().stream().sorted().collect(Collectors.joining(", ")) + ".");
        }
        return parser.parse(text);
    }

    /** Every word that the logic itself speaks with: none of them is a misspelling of another. */
    private static Set<String> vocabulary(List<Question> questions) {
        var wordings = new ArrayList<String>();
        for (var question : questions) {
            question.ask().all().forEach(wordings::add);
            question.symbols().forEach(symbol -> symbol.answers().all().forEach(wordings::add));
        }
        var vocabulary = new HashSet<String>();
        wordings.forEach(wording -> vocabulary.addAll(List.of(Words.of(wording).toString().split(" "))));
        return vocabulary;
    }
}
