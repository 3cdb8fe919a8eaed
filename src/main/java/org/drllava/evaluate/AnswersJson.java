package org.drllava.evaluate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.Parsed;
import org.drllava.common.AtomicFile;
import org.drllava.common.InputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run's answers as JSON lines. The first line says how they were read: {@code {"logic": {"rules", "questions", "diagnosis",
 * "paths"}}}. Then a line a conversation: {@code {"id", "image", "patient", "label", "scenario"?, "right", "answers": [{"question",
 * "asked", "hint"?, "text", "expected", "symbol", "outcome", "right"}], "probabilities"?}}.
 */
public final class AnswersJson {
    private AnswersJson() {}

    /** Writes the file whole or not at all; {@code symbol} is null for an answer that could not be read. */
    public static void write(Path file, AnsweredRun run) {
        AtomicFile.write(file, text(run));
    }

    static String text(AnsweredRun run) {
        var lines = new StringBuilder();
        lines.append(JsonMapper.shared().writeValueAsString(Map.of("logic", logic(run.questionnaire())))).append('\n');
        run.conversations().forEach(c -> lines.append(JsonMapper.shared().writeValueAsString(conversation(c))).append('\n'));
        return lines.toString();
    }

    private static Map<String, Object> logic(Questionnaire questionnaire) {
        Map<String, Object> logic = new LinkedHashMap<>();
        logic.put("rules", questionnaire.rules());
        logic.put("questions", questionnaire.questions());
        logic.put("diagnosis", questionnaire.diagnosis());
        logic.put("paths", questionnaire.paths());
        return logic;
    }

    private static Map<String, Object> conversation(AnsweredConversation conversation) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", conversation.id());
        line.put("image", conversation.image());
        line.put("patient", conversation.patient());
        line.put("label", conversation.label());
        conversation.scenario().ifPresent(scenario -> line.put("scenario", scenario));
        line.put("right", conversation.right());
        line.put("answers", conversation.turns().stream().map(AnswersJson::answer).toList());
        if (!conversation.diagnoses().isEmpty()) {
            line.put("probabilities", conversation.diagnoses());
        }
        return line;
    }

    private static Map<String, Object> answer(AnsweredTurn turn) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("question", turn.questionId());
        answer.put("asked", turn.question());
        turn.hint().ifPresent(hint -> answer.put("hint", hint));
        answer.put("text", turn.answer());
        answer.put("expected", turn.expectedSymbol());
        answer.put("symbol", turn.parsedSymbol());
        answer.put("outcome", turn.parsedSymbol() == null ? turn.outcome() : "symbol");
        answer.put("right", turn.right());
        return answer;
    }

    /** Reads and checks a file; throws an InputException that names file, line and field. */
    public static AnsweredRun read(Path file) {
        List<String> lines = Fields.text(file).lines().toList();
        if (lines.size() < 2) {
            throw new InputException(file + ": expected a line about the logic and a line for each conversation, as evaluate --answers"
                    + " writes them; found " + lines.size() + (lines.size() == 1 ? " line." : " lines."));
        }
        Questionnaire questionnaire = questionnaire(Fields.json(lines.getFirst(), file + ": line 1").only("logic").at("logic"));
        Set<String> ids = new HashSet<>();
        List<AnsweredConversation> conversations = new ArrayList<>();
        for (int number = 2; number <= lines.size(); number++) {
            Fields line = Fields.json(lines.get(number - 1), file + ": line " + number);
            AnsweredConversation conversation = conversation(line, questionnaire);
            if (!ids.add(conversation.id())) {
                throw line.at("id").wrong("the id '" + conversation.id() + "' occurs twice.");
            }
            conversations.add(conversation);
        }
        return new AnsweredRun(file.toString(), questionnaire, conversations);
    }

    private static Questionnaire questionnaire(Fields logic) {
        logic.only("rules", "questions", "diagnosis", "paths");
        List<String> questions = logic.at("questions").texts();
        if (Set.copyOf(questions).size() != questions.size()) {
            throw logic.at("questions").wrong("a question occurs twice.");
        }
        if (!questions.contains(logic.at("diagnosis").text())) {
            throw logic.at("diagnosis").wrong("expected one of the questions " + String.join(", ", questions) + ".");
        }
        Map<String, Map<String, String>> paths = new LinkedHashMap<>();
        logic.at("paths").members().forEach((name, path) -> {
            Map<String, String> symbols = new LinkedHashMap<>();
            path.members().forEach((question, symbol) -> symbols.put(question, symbol.text()));
            paths.put(name, symbols);
        });
        return new Questionnaire(logic.at("rules").text(), questions, logic.at("diagnosis").text(), paths);
    }

    private static AnsweredConversation conversation(Fields line, Questionnaire questionnaire) {
        line.only("id", "image", "patient", "label", "scenario", "right", "answers", "probabilities");
        List<AnsweredTurn> turns = new ArrayList<>();
        Set<String> asked = new HashSet<>();
        for (Fields answer : line.at("answers").items()) {
            AnsweredTurn turn = turn(answer);
            if (!questionnaire.questions().contains(turn.questionId())) {
                throw answer.at("question").wrong("unknown question '" + turn.questionId() + "'; line 1 has "
                        + String.join(", ", questionnaire.questions()) + ".");
            }
            if (!asked.add(turn.questionId())) {
                throw answer.at("question").wrong("the question '" + turn.questionId() + "' is asked twice.");
            }
            turns.add(turn);
        }
        if (turns.isEmpty()) {
            throw line.at("answers").wrong("expected at least one answer.");
        }
        Map<String, Double> probabilities = new LinkedHashMap<>();
        line.find("probabilities").ifPresent(all -> all.members().forEach((symbol, p) -> probabilities.put(symbol, probability(p))));
        return new AnsweredConversation(line.at("id").identifier(), line.at("image").text(), line.at("patient").identifier(),
                line.at("label").text(), line.find("scenario").map(Fields::text), turns, probabilities);
    }

    private static double probability(Fields field) {
        double p = field.number(0);
        if (p > 1) {
            throw field.wrong("expected a probability from 0 to 1, found " + p + ".");
        }
        return p;
    }

    private static AnsweredTurn turn(Fields answer) {
        answer.only("question", "asked", "hint", "text", "expected", "symbol", "outcome", "right");
        Fields outcome = answer.at("outcome");
        Parsed parsed = switch (outcome.text()) {
            case "symbol" -> new Parsed.Symbol(answer.at("symbol").text(), List.of());
            case AnsweredTurn.NO_MATCH -> new Parsed.NoMatch(List.of());
            case AnsweredTurn.CONFLICT -> new Parsed.Conflict(Set.of(), List.of());
            default -> throw outcome.wrong("expected symbol, no_match or conflict.");
        };
        return new AnsweredTurn(answer.at("question").text(), answer.at("asked").text(), answer.find("hint").map(Fields::text),
                answer.at("text").anyText(), answer.at("expected").text(), parsed);
    }
}
