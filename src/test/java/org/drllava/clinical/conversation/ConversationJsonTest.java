package org.drllava.clinical.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is written is read; what was not written so is refused, with the line of the fault. */
class ConversationJsonTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir Path folder;

    private List<Conversation> read(String json) throws Exception {
        return ConversationJson.read(Files.writeString(folder.resolve("talks.json"), json), Clinic.LOGIC);
    }

    @Test
    void aFileGivesBackWhatWasWritten() throws Exception {
        var conversations = Clinic.curate(Clinic.LOGIC, "all", Wording.TRAIN, 5, Clinic.images(5));
        ConversationJson.write(folder.resolve("all.json"), conversations.stream());
        assertThat(ConversationJson.read(folder.resolve("all.json"), Clinic.LOGIC)).isEqualTo(conversations);
        var text = Files.readString(folder.resolve("all.json"));
        assertThat(text).isEqualTo(ConversationJson.text(conversations)).contains("<image>\\n", "\"from\" : \"gpt\"", "\"hints\" : [ \"");
        // Without the ids, as other software writes it, questions are told from their wordings, hints or not.
        assertThat(read(text.replaceAll(",\\s*\"questions\" : \\[[^]]*]", ""))).isEqualTo(conversations);
        assertThat(read("[]")).isEmpty();
        assertThat(read("\uFEFF[]\n\n")).isEmpty();
    }

    @Test
    void optionalFieldsMayBeAbsentOrNullAndIdsNumbers() throws Exception {
        var one = read("""
                [{"id": 7, "image": "sub/b.png", "patient": null, "hints": null, "scenario": null, "diagnosis": "BLOOD",
                  "conversations": [{"from": "human", "value": "<image>\\nHint: all red.\\nWhat do you see here?"}, {"from": "gpt", "value": "Blood."}]}]""").getFirst();
        assertThat(one).isEqualTo(new Conversation("7", "sub/b.png", List.of(new Exchange("content", "Hint: all red.\nWhat do you see here?", "Blood.")), "blood",
                java.util.Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "<image>\\nWhat do you see here?"   | "What do you see here?"        | line 3: entry[1]: conversations[0]: value: the first question must start
            "What is your diagnosis here?"      | "<image>\\nWhat is it?"        | line 4: entry[1]: conversations[2]: value: only the first
            "What is your diagnosis here?"      | "What now <image>?"            | line 4: entry[1]: conversations[2]: value: expected a question with no other <image>
            "What is your diagnosis here?"      | "Who are you?"                 | line 4: entry[1]: conversations[2]: value: no question of the logic
            "What is your diagnosis here?"      | "What is in this field?"       | line 4: entry[1]: conversations[2]: value: the question 'content' is asked twice
            "diagnosis":"blood"                 | "diagnosis":"flu"              | line 5: entry[1]: diagnosis: unknown label 'flu'
            "diagnosis":"blood"                 | "diagnosis":"blo\\u0000od"     | line 5: entry[1]: diagnosis: control characters
            "diagnosis":"blood"                 | "diagnosis":null               | line 2: entry[1]: the key 'diagnosis' is missing. LLaVA's own files have none
            "image":"b.png"                     | "image":"../b.png"             | line 2: entry[1]: image: expected a path within
            "image":"b.png"                     | "image":"a/../b.png"           | line 2: entry[1]: image: expected a path within
            "image":"b.png"                     | "image":"/b.png"               | line 2: entry[1]: image: expected a path within
            "image":"b.png"                     | "image":"b\\n.png"             | line 2: entry[1]: image: control characters
            "id":"b"                            | "id":"a"                       | line 2: entry[1]: id: the id 'a' occurs twice
            "id":"b"                            | "id":"b","extra":1             | line 2: entry[1]: unknown key 'extra'; known keys are id, image
            "id":"b"                            | "id":"b","id":"c"              | line 2: this is not well-formed JSON: Duplicate
            "from":"gpt","value":"None."        | "from":"human","value":"None." | line 5: entry[1]: conversations[3]: from: expected gpt
            "value":"None."                     | "value":""                     | line 5: entry[1]: conversations[3]: value: expected a non-empty string, found an empty
            "value":"None."                     | "value":"N\\u001bone."         | line 5: entry[1]: conversations[3]: value: control characters
            ,"value":"None."                    |                                | line 5: entry[1]: conversations[3]: the key 'value' is missing
            "patient":"p1"                      | "questions":["content"]        | line 6: entry[1]: questions: expected 2 ids
            "patient":"p1"                      | "questions":["content","x"]    | line 6: entry[1]: questions[1]: unknown question 'x'
            "patient":"p1"                      | "hints":[null]                 | line 6: entry[1]: hints: expected 2 symbols or nulls
            "patient":"p1"                      | "hints":[null,"blood"]         | line 6: entry[1]: hints[1]: unknown symbol 'blood'; the question 'diagnosis' has normal
            "patient":"p1"                      | "scenario":"dp"                | line 6: entry[1]: scenario: there is no scenario 'dp'; there are single
            """, quoteCharacter = '\'')
    void faultsNameFileLineEntryAndField(String right, String wrong, String message) throws Exception {
        var json = """
                [{"id":"a","image":"a.png","conversations":[{"from":"human","value":"<image>\\nWhat is in this field?"},{"from":"gpt","value":"Blood."}],"diagnosis":"blood"},
                {"id":"b","image":"b.png","conversations":[
                {"from":"human","value":"<image>\\nWhat do you see here?"},{"from":"gpt","value":"Blood."},
                {"from":"human","value":"What is your diagnosis here?"},
                {"from":"gpt","value":"None."}],"diagnosis":"blood",
                "patient":"p1"}]""";
        assertThat(read(json)).hasSize(2);
        int at = json.lastIndexOf(right);
        assertThat(at).as("the fault must go into entry 1").isPositive();
        assertThatThrownBy(() -> read(json.substring(0, at) + (wrong == null ? "" : wrong) + json.substring(at + right.length())))
                .isInstanceOf(InputException.class).hasMessageContaining("talks.json: " + message);
    }

    @Test
    void aFileCutAnywhereIsOneSentenceWithALine() throws Exception {
        var whole = ConversationJson.text(Clinic.curate(Clinic.LOGIC, "clinician-wrong", Wording.TRAIN, 5, Clinic.images(1)).subList(0, 2)).strip().getBytes(StandardCharsets.UTF_8);
        for (int kept = 0; kept < whole.length; kept++) {
            var file = Files.write(folder.resolve("cut.json"), Arrays.copyOf(whole, kept));
            int lines = 1 + (int) new String(whole, 0, kept, StandardCharsets.UTF_8).chars().filter(c -> c == '\n').count();
            assertThatThrownBy(() -> ConversationJson.read(file, Clinic.LOGIC)).as("%d bytes", kept).isInstanceOf(InputException.class)
                    .hasMessageStartingWith(file + ": line ").message().matches("(?s).*: line (" + lines + "|" + (lines - 1) + "): .*").endsWith(".").doesNotContain("\n");
        }
        assertThatThrownBy(() -> read("[] []")).isInstanceOf(InputException.class).hasMessageContaining("line 1: expected nothing behind");
        assertThatThrownBy(() -> read("[{\"id\": \"\u00e4".substring(0, 6) + "\u0001\"}]")).isInstanceOf(InputException.class).hasMessageContaining("line 1");
        var binary = Files.write(folder.resolve("bin.json"), new byte[] {'[', '\n', '"', (byte) 0xC3, '"', ']'});
        assertThatThrownBy(() -> ConversationJson.read(binary, Clinic.LOGIC)).isInstanceOf(InputException.class).hasMessageContaining("line 2");
        assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(InputException.class).hasMessageContaining("line 1");
        assertThatThrownBy(() -> ConversationJson.read(folder.resolve("none.json"), Clinic.LOGIC)).isInstanceOf(InputException.class).hasMessageContaining("none.json");
        assertThatThrownBy(() -> ConversationJson.read(folder, Clinic.LOGIC)).isInstanceOf(InputException.class);
    }

    /** Every value of the file in turn becomes one of another type, or of the right type and out of place. */
    @Test
    void everyValueOfAWrongTypeIsRefusedWithItsLine() throws Exception {
        var text = ConversationJson.text(Clinic.curate(Clinic.LOGIC, "disagree", Wording.TRAIN, 5, Clinic.images(2)));
        int places = places(JSON.readTree(text), "", new ArrayList<>()).size();
        assertThat(places).isGreaterThan(80);
        for (int place = 0; place < places; place++) {
            for (var wrong : List.of("{\"mark\":1}", "[[\"mark\"]]", "true", "1.5", "\" \"", "\"no such thing\"", "null", "17")) {
                var root = JSON.readTree(text);
                var was = places(root, "", new ArrayList<>()).get(place).apply(JSON.readTree(wrong));
                var changed = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
                if (allowed(was, wrong)) {
                    assertThat(read(changed)).hasSize(2);
                    continue;
                }
                var message = assertThatThrownBy(() -> read(changed)).as("%s := %s", was, wrong).isInstanceOf(InputException.class).message();
                message.containsPattern("talks\\.json: line [0-9]+: ").doesNotContain("\n").endsWith(".");
                if (wrong.contains("mark") && !(wrong.startsWith("{") && was.matches("|conversations\\[]"))) {
                    int mark = changed.substring(0, changed.indexOf("mark")).split("\n", -1).length - (wrong.startsWith("{") ? 1 : 0);
                    message.as("%s := %s", was, wrong).contains("line " + mark + ": ");
                }
            }
        }
    }

    private static boolean allowed(String was, String wrong) {
        return switch (wrong) {
            case "17" -> was.matches("id|patient");
            case "null" -> was.matches("patient|scenario|questions|hints|hints\\[]");
            case "\"no such thing\"" -> was.matches("id|patient|image|gpt|human");
            default -> false;
        };
    }

    /** Ways to replace each value; each gives the name of what it replaced. */
    private static List<Function<JsonNode, String>> places(JsonNode node, String name, List<Function<JsonNode, String>> into) {
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                int index = i;
                into.add(value -> {
                    array.set(index, value);
                    return name.isEmpty() ? "" : name + "[]";
                });
                places(array.get(i), name + "[]", into);
            }
        } else if (node instanceof ObjectNode object) {
            for (var key : List.copyOf(object.propertyNames())) {
                var called = key.equals("value") ? (object.get("value").stringValue().startsWith("<image>") ? "first " : "") + object.get("from").stringValue() : key;
                into.add(value -> {
                    object.set(key, value);
                    return called;
                });
                places(object.get(key), called, into);
            }
        }
        return into;
    }
}
