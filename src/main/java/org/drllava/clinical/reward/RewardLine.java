package org.drllava.clinical.reward;

import java.util.ArrayList;
import java.util.List;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Parsed;
import org.drllava.common.InputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The lines of the {@code reward} command. In: {@code {"id", "answers": [{"question", "text", "finished"?}], "label"}}.
 * Out: the same id and label, for each answer the parsed symbol (null when there is none), the rules that fired, every part of
 * its reward, and the parts' sums over the conversation.
 */
public final class RewardLine {
    private static final JsonMapper JSON = new JsonMapper();

    private RewardLine() {}

    /** A conversation to be scored. */
    public record Request(String id, List<Answer> answers, String label) {}

    /**
     * Scores one line, and says the result as a line.
     *
     * @param where names file and line in errors, as {@code answers.jsonl: line 7}
     */
    public static String score(ClinicalLogic logic, Reward reward, String line, String where) {
        var request = read(logic, line, where);
        return JSON.writeValueAsString(write(request, logic, parts(request, reward, where)));
    }

    /** Scores one line, and says the result in words, as {@link Explanation} does. */
    public static String explain(ClinicalLogic logic, Reward reward, String line, String where) {
        var request = read(logic, line, where);
        return Explanation.of(logic, request, parts(request, reward, where));
    }

    private static RewardParts parts(Request request, Reward reward, String where) {
        try {
            return reward.score(request.answers(), request.label());
        } catch (InputException e) {
            throw new InputException(where + ": " + e.getMessage(), e);
        }
    }

    /** Reads and checks one line. */
    public static Request read(ClinicalLogic logic, String line, String where) {
        var fields = Fields.json(line, where).only("id", "answers", "label");
        var answers = new ArrayList<Answer>();
        for (var answer : fields.at("answers").items()) {
            answer.only("question", "text", "finished");
            var question = answer.at("question");
            if (logic.questions().stream().noneMatch(q -> q.id().equals(question.node().asString("")))) {
                throw question.wrong("unknown question; known are " + String.join(", ", logic.questions().stream().map(q -> q.id()).toList()) + ".");
            }
            answers.add(new Answer(question.text(), answer.at("text").anyText(), answer.find("finished").map(Fields::truth).orElse(true)));
        }
        var label = fields.at("label");
        if (logic.findDiagnosis(label.text()).isEmpty()) {
            throw label.wrong("unknown label '" + label.text() + "'; known labels are " + String.join(", ", logic.knownLabels()) + ".");
        }
        return new Request(fields.at("id").identifier(), List.copyOf(answers), label.text());
    }

    private static ObjectNode write(Request request, ClinicalLogic logic, RewardParts parts) {
        var line = JsonNodeFactory.instance.objectNode();
        line.put("id", request.id()).put("label", request.label()).put("diagnosis", logic.diagnosis(request.label()).name());
        return line.setAll(json(parts));
    }

    /** What a line says of the reward: the answers in the order asked, then the parts' sums over the conversation. */
    public static ObjectNode json(RewardParts parts) {
        var line = JsonNodeFactory.instance.objectNode();
        var answers = line.putArray("answers");
        parts.turns().forEach(turn -> answers.add(write(turn)));
        return write(parts.sums(), line).put("total", parts.total());
    }

    private static ObjectNode write(TurnReward turn) {
        var answer = JsonNodeFactory.instance.objectNode();
        answer.put("question", turn.questionId()).put("expected", turn.expected());
        switch (turn.parsed()) {
            case Parsed.Symbol(var name, _) -> answer.put("symbol", name).put("outcome", "symbol");
            case Parsed.NoMatch _ -> answer.putNull("symbol").put("outcome", "no_match");
            case Parsed.Conflict(var symbols, _) -> {
                answer.putNull("symbol").put("outcome", "conflict");
                var all = answer.putArray("symbols");
                symbols.forEach(all::add);
            }
        }
        var evidence = answer.putArray("evidence");
        turn.parsed().evidence().forEach(e -> evidence.addObject().put("symbol", e.symbol()).put("rule", e.rule())
                .put("words", e.words()).put("denied", e.denied()));
        return write(turn.amounts(), answer).put("reward", turn.total());
    }

    /** Every part under its key, and what further rules added under {@code rules} where the logic has any. */
    private static ObjectNode write(Amounts amounts, ObjectNode to) {
        for (var part : Part.values()) {
            to.put(part.key(), amounts.of(part));
        }
        var rules = amounts.rules();
        if (!rules.isEmpty()) {
            var byName = to.putObject("rules");
            rules.forEach(byName::put);
        }
        return to;
    }
}
