package org.drllava.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Answered conversations as JSON lines: {@code {"id", "patient", "label", "right", "answers": [{"question", "asked", "text", "expected", "symbol", "right"}]}}. */
public final class AnswersJson {
    private AnswersJson() {}

    /** A line a conversation; {@code symbol} is null for an answer that could not be read. */
    public static String lines(List<AnsweredConversation> conversations) {
        StringBuilder lines = new StringBuilder();
        for (AnsweredConversation conversation : conversations) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("id", conversation.id());
            line.put("patient", conversation.patient());
            line.put("label", conversation.label());
            line.put("right", conversation.right());
            line.put("answers", conversation.turns().stream().map(AnswersJson::answer).toList());
            lines.append(JsonMapper.shared().writeValueAsString(line)).append('\n');
        }
        return lines.toString();
    }

    private static Map<String, Object> answer(AnsweredTurn turn) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("question", turn.questionId());
        answer.put("asked", turn.question());
        answer.put("text", turn.answer());
        answer.put("expected", turn.expectedSymbol());
        answer.put("symbol", turn.parsedSymbol());
        answer.put("right", turn.right());
        return answer;
    }
}
