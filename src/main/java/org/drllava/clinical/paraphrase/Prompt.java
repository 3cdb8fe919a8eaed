package org.drllava.clinical.paraphrase;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The body of a chat completions request. It is made of fixed text, the model's name and a {@link Rephrasing}, so nothing of an
 * image or a patient can be in it. Sampling options are left to the endpoint: models differ in which of them they refuse.
 */
final class Prompt {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String RULES = "You rephrase sentences of a clinical questionnaire about medical images. Say the same in other words, as the"
            + " clinician described would say it. Change nothing of the meaning: no finding, degree, negation or doubt may be added or left out."
            + " Reply with a JSON array of strings and nothing else.";

    private Prompt() {}

    /** UTF-8 JSON. The same arguments give the same bytes, which is what replies are cached by. */
    static byte[] body(String model, Rephrasing rephrasing) {
        var body = JsonNodeFactory.instance.objectNode().put("model", model);
        var messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", RULES);
        messages.addObject().put("role", "user").put("content", task(rephrasing));
        return JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    }

    private static String task(Rephrasing rephrasing) {
        var kind = rephrasing.meaning().symbol().isPresent() ? "answer" : "question";
        List<String> lines = new ArrayList<>();
        lines.add("Rephrase the " + kind + " below in " + rephrasing.count() + " different ways.");
        lines.add("Style: " + rephrasing.style());
        lines.add("Length: at most " + rephrasing.longestWords() + " words each");
        var slots = Slots.in(rephrasing.wording());
        if (!slots.isEmpty()) {
            lines.add("Keep as written: " + String.join(" ", slots));
        }
        rephrasing.asked().ifPresent(question -> lines.add("It was asked: " + question));
        lines.add(kind.equals("answer") ? "Answer: " + rephrasing.wording() : "Question: " + rephrasing.wording());
        return String.join("\n", lines);
    }
}
