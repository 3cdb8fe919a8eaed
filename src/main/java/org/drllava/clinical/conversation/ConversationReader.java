package org.drllava.clinical.conversation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.drllava.clinical.conversation.StoredConversation.Turn;
import org.drllava.clinical.io.JsonCursor;
import org.drllava.clinical.io.JsonCursor.Text;
import org.drllava.clinical.logic.ClinicalLogic;

/** Goes through a file of {@link ConversationJson}, entry by entry. */
final class ConversationReader {
    private static final int MOST_ENTRIES = 10_000_000;
    private static final int MOST_TURNS = 1000;
    private static final List<String> KEYS = List.of("id", "image", "conversations", "diagnosis", "patient", "scenario", "questions", "hints");
    private static final List<String> TURN_KEYS = List.of("from", "value");

    private final JsonCursor file;
    private final ClinicalLogic logic;
    private final Set<String> ids = new HashSet<>();
    private AskedQuestions asked;

    private ConversationReader(JsonCursor file, ClinicalLogic logic) {
        this.file = file;
        this.logic = logic;
    }

    static List<Conversation> read(Path path, ClinicalLogic logic) {
        try (var file = JsonCursor.open(path)) {
            var reader = new ConversationReader(file, logic);
            var conversations = new ArrayList<Conversation>();
            file.array(MOST_ENTRIES, _ -> conversations.add(reader.conversation()));
            file.end();
            return List.copyOf(conversations);
        }
    }

    private Conversation conversation() {
        var stored = new StoredConversation(file.where());
        file.object(KEYS, key -> {
            switch (key) {
                case "id" -> stored.id = file.identifier();
                case "image" -> stored.image = file.name();
                case "diagnosis" -> stored.diagnosis = file.name();
                case "patient" -> stored.patient = file.identifier();
                case "scenario" -> stored.scenario = file.name();
                case "conversations" -> {
                    stored.turnsWhere = file.where();
                    stored.turns = new ArrayList<>();
                    file.array(MOST_TURNS, _ -> stored.turns.add(turn()));
                }
                case "questions" -> {
                    stored.questionsWhere = file.where();
                    stored.questions = new ArrayList<>();
                    file.array(MOST_TURNS, _ -> stored.questions.add(file.name()));
                }
                case "hints" -> {
                    stored.hintsWhere = file.where();
                    stored.hints = new ArrayList<>();
                    file.array(MOST_TURNS, _ -> stored.hints.add(file.skippedNull() ? null : file.name()));
                }
                default -> throw new AssertionError(key);
            }
        });
        var conversation = stored.checked(logic, this::asked);
        if (!ids.add(conversation.id())) {
            throw stored.id.wrong("the id '" + conversation.id() + "' occurs twice.");
        }
        return conversation;
    }

    /** Made for the first conversation that does not name its questions; most files do. */
    private AskedQuestions asked() {
        return asked == null ? asked = new AskedQuestions(logic) : asked;
    }

    private Turn turn() {
        var where = file.where();
        var texts = new Text[2];
        file.object(TURN_KEYS, key -> {
            if (key.equals("from")) {
                texts[0] = file.name();
            } else {
                texts[1] = file.text();
            }
        });
        return new Turn(StoredConversation.present(texts[0], "from", where), StoredConversation.present(texts[1], "value", where));
    }
}
