package org.drllava.clinical.conversation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.drllava.clinical.io.JsonCursor.Text;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;
import org.drllava.common.InputException;

/** A conversation as it stands in a file, each part with its place there. What the file leaves out is null. */
final class StoredConversation {
    /** What a human asks or the model answers. */
    record Turn(Text from, Text value) {}

    private final String where;
    Text id;
    Text image;
    Text diagnosis;
    Text patient;
    Text scenario;
    String turnsWhere;
    List<Turn> turns;
    String questionsWhere;
    List<Text> questions;
    String hintsWhere;
    List<Text> hints;

    StoredConversation(String where) {
        this.where = where;
    }

    /** The same, every field checked; throws an InputException that names the place of what is wrong. */
    Conversation checked(ClinicalLogic logic, Supplier<AskedQuestions> asked) {
        present(id, "id", where);
        present(image, "image", where);
        present(turns, "conversations", where);
        if (diagnosis == null) {
            throw wrong(where, "the key 'diagnosis' is missing. LLaVA's own files have none; write the image's label there, or let curate write the file.");
        }
        var path = logic.findDiagnosis(diagnosis.value()).orElseThrow(() -> diagnosis.wrong(
                "unknown label '" + diagnosis.value() + "'; known labels are " + String.join(", ", logic.knownLabels()) + "."));
        if (scenario != null && Scenario.find(scenario.value()).isEmpty()) {
            throw scenario.wrong("there is no scenario '" + scenario.value() + "'; there are " + Scenario.labels() + ".");
        }
        return new Conversation(id.value(), checkedImage(), exchanges(logic, asked), path.name(), Optional.ofNullable(patient).map(Text::value),
                Optional.ofNullable(scenario).map(Text::value));
    }

    static <T> T present(T value, String key, String where) {
        if (value == null) {
            throw wrong(where, "the key '" + key + "' is missing.");
        }
        return value;
    }

    private String checkedImage() {
        if (Path.of(image.value()).isAbsolute() || Arrays.asList(image.value().split("/")).contains("..")) {
            throw image.wrong("expected a path within the images' folder, found '" + image.value() + "'.");
        }
        return image.value();
    }

    private List<Exchange> exchanges(ClinicalLogic logic, Supplier<AskedQuestions> asked) {
        if (turns.isEmpty() || turns.size() % 2 == 1) {
            throw wrong(turnsWhere, "expected pairs of a human and a gpt turn, found " + turns.size() + " turns.");
        }
        sized(questions, questionsWhere, "ids");
        sized(hints, hintsWhere, "symbols or nulls");
        var exchanges = new ArrayList<Exchange>(turns.size() / 2);
        var ids = new HashSet<String>();
        for (int i = 0; i < turns.size() / 2; i++) {
            var human = turns.get(2 * i);
            var text = question(human, i == 0);
            var answer = from(turns.get(2 * i + 1), "gpt");
            var question = questions == null ? told(human.value(), text, logic, asked) : known(questions.get(i), logic);
            if (!ids.add(question.id())) {
                throw human.value().wrong("the question '" + question.id() + "' is asked twice.");
            }
            exchanges.add(new Exchange(question.id(), text, answer, hint(i, question)));
        }
        return exchanges;
    }

    private void sized(List<Text> list, String listWhere, String what) {
        if (list != null && list.size() != turns.size() / 2) {
            throw wrong(listWhere, "expected " + turns.size() / 2 + " " + what + ", one for each human turn, found " + list.size() + ".");
        }
    }

    private static String question(Turn turn, boolean first) {
        var value = from(turn, "human");
        if (value.startsWith(ConversationJson.IMAGE) != first) {
            throw turn.value().wrong(first ? "the first question must start with \"<image>\\n\"." : "only the first question may carry the image.");
        }
        var question = first ? value.substring(ConversationJson.IMAGE.length()) : value;
        if (question.isBlank() || question.contains("<image>")) {
            throw turn.value().wrong("expected a question with no other <image> in it.");
        }
        return question;
    }

    private static String from(Turn turn, String who) {
        if (!turn.from().value().equals(who)) {
            throw turn.from().wrong("expected " + who + ", as human and gpt take turns.");
        }
        return turn.value().value();
    }

    private static Question told(Text place, String text, ClinicalLogic logic, Supplier<AskedQuestions> asked) {
        return asked.get().find(text).map(logic::question).orElseThrow(() -> place.wrong("no question of the logic '" + logic.name()
                + "' is asked like this; use one of its wordings, or name the questions under the entry's key 'questions'."));
    }

    private static Question known(Text id, ClinicalLogic logic) {
        return logic.questions().stream().filter(q -> q.id().equals(id.value())).findFirst().orElseThrow(
                () -> id.wrong("unknown question '" + id.value() + "' of the logic '" + logic.name() + "'."));
    }

    private Optional<String> hint(int i, Question question) {
        var hint = hints == null ? null : hints.get(i);
        if (hint != null && !question.names().contains(hint.value())) {
            throw hint.wrong("unknown symbol '" + hint.value() + "'; the question '" + question.id() + "' has " + String.join(", ", question.names()) + ".");
        }
        return Optional.ofNullable(hint).map(Text::value);
    }

    private static InputException wrong(String where, String message) {
        return new InputException(where + ": " + message);
    }
}
