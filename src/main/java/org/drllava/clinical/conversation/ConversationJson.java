package org.drllava.clinical.conversation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.drllava.clinical.io.Fields;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;
import org.drllava.common.AtomicFile;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Conversations as LLaVA's trainers keep them: an array of {@code {id, image, conversations: [{from: human|gpt, value}]}}, the
 * first question led by {@code <image>\n}; besides, {@code diagnosis}, {@code patient} where known, and {@code questions}, the ids
 * of the questions in the order asked. Where {@code questions} is absent, they are told from their phrasings.
 */
public final class ConversationJson {
    private static final String IMAGE = "<image>\n";
    private static final JsonMapper JSON = new JsonMapper();

    private ConversationJson() {}

    /** Writes the file whole or not at all. */
    public static void write(Path file, List<Conversation> conversations) {
        AtomicFile.write(file, text(conversations));
    }

    /** What {@link #write} puts into a file. */
    public static String text(List<Conversation> conversations) {
        var array = JsonNodeFactory.instance.arrayNode();
        conversations.forEach(c -> array.add(write(c)));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(array) + "\n";
    }

    /** Reads and checks a file; throws an InputException that names file, entry and field. */
    public static List<Conversation> read(Path file, ClinicalLogic logic) {
        var conversations = new ArrayList<Conversation>();
        var ids = new HashSet<String>();
        for (var entry : Fields.json(file).items()) {
            var conversation = read(entry, logic);
            if (!ids.add(conversation.id())) {
                throw entry.at("id").wrong("the id '" + conversation.id() + "' occurs twice.");
            }
            conversations.add(conversation);
        }
        return List.copyOf(conversations);
    }

    private static Conversation read(Fields entry, ClinicalLogic logic) {
        entry.only("id", "image", "conversations", "diagnosis", "patient", "questions");
        var diagnosis = entry.at("diagnosis");
        var path = logic.findDiagnosis(diagnosis.text()).orElseThrow(() -> diagnosis.wrong(
                "unknown label '" + diagnosis.text() + "'; known labels are " + String.join(", ", logic.knownLabels()) + "."));
        return new Conversation(entry.at("id").identifier(), image(entry.at("image")), exchanges(entry, logic), path.name(),
                entry.find("patient").map(Fields::identifier));
    }

    private static String image(Fields image) {
        var path = Path.of(image.text());
        if (path.isAbsolute() || path.normalize().startsWith("..")) {
            throw image.wrong("expected a path within the images' folder, found '" + image.text() + "'.");
        }
        return image.text();
    }

    private static List<Exchange> exchanges(Fields entry, ClinicalLogic logic) {
        var turns = entry.at("conversations").items();
        if (turns.isEmpty() || turns.size() % 2 == 1) {
            throw entry.at("conversations").wrong("expected pairs of a human and a gpt turn, found " + turns.size() + " turns.");
        }
        var ids = entry.find("questions").map(Fields::items);
        if (ids.isPresent() && ids.get().size() != turns.size() / 2) {
            throw entry.at("questions").wrong("expected " + turns.size() / 2 + " ids, one for each human turn, found " + ids.get().size() + ".");
        }
        var exchanges = new ArrayList<Exchange>();
        var asked = new HashSet<String>();
        for (int i = 0; i < turns.size() / 2; i++) {
            var human = turns.get(2 * i);
            var question = question(human, i == 0);
            var answer = value(turns.get(2 * i + 1), "gpt");
            var id = ids.isPresent() ? known(ids.get().get(i), logic) : logic.questionAsked(question).map(Question::id).orElseThrow(
                    () -> human.at("value").wrong("no question of the logic '" + logic.name() + "' is asked like this; use one of its wordings, "
                            + "or name the questions under the entry's key 'questions'."));
            if (!asked.add(id)) {
                throw human.at("value").wrong("the question '" + id + "' is asked twice.");
            }
            exchanges.add(new Exchange(id, question, answer));
        }
        return exchanges;
    }

    private static String question(Fields turn, boolean first) {
        var value = value(turn, "human");
        if (value.startsWith(IMAGE) != first) {
            throw turn.at("value").wrong(first ? "the first question must start with \"<image>\\n\"." : "only the first question may carry the image.");
        }
        var question = first ? value.substring(IMAGE.length()) : value;
        if (question.isBlank() || question.contains("<image>")) {
            throw turn.at("value").wrong("expected a question with no other <image> in it.");
        }
        return question;
    }

    private static String value(Fields turn, String from) {
        turn.only("from", "value");
        if (!turn.at("from").text().equals(from)) {
            throw turn.at("from").wrong("expected " + from + ", as human and gpt take turns.");
        }
        return turn.at("value").text();
    }

    private static String known(Fields id, ClinicalLogic logic) {
        if (logic.questions().stream().noneMatch(q -> q.id().equals(id.text()))) {
            throw id.wrong("unknown question '" + id.text() + "' of the logic '" + logic.name() + "'.");
        }
        return id.text();
    }

    private static ObjectNode write(Conversation conversation) {
        var entry = JsonNodeFactory.instance.objectNode();
        entry.put("id", conversation.id()).put("image", conversation.image());
        var turns = entry.putArray("conversations");
        var questions = JsonNodeFactory.instance.arrayNode();
        for (var exchange : conversation.exchanges()) {
            turns.addObject().put("from", "human").put("value", (questions.isEmpty() ? IMAGE : "") + exchange.question());
            turns.addObject().put("from", "gpt").put("value", exchange.answer());
            questions.add(exchange.questionId());
        }
        entry.put("diagnosis", conversation.diagnosis());
        conversation.patient().ifPresent(patient -> entry.put("patient", patient));
        entry.set("questions", questions);
        return entry;
    }
}
