package org.drllava.clinical.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.AnswerParser;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Wording;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationTest {
    @TempDir Path folder;
    private final ClinicalLogic logic = ClinicalLogic.shipped("painted-marrow");

    private List<LabelledImage> images(int n) {
        return IntStream.range(0, n).mapToObj(i -> new LabelledImage(folder.resolve("images/p" + i + "_0.png"),
                logic.diagnoses().get(i % 5).name(), "p" + i)).toList();
    }

    private ConversationWriter writer(Wording wording, Order order, long seed) {
        return new ConversationWriter(logic, folder.resolve("images"), wording, order, seed);
    }

    @Test
    void everyAnswerSaysWhatTheLabelMeans() {
        var parser = new AnswerParser(logic);
        for (var wording : Wording.values()) {
            for (var conversation : writer(wording, Order.SHUFFLED, 3).curate(images(50))) {
                assertThat(conversation.exchanges()).hasSize(5);
                for (var exchange : conversation.exchanges()) {
                    var question = logic.question(exchange.questionId());
                    assertThat(question.ask().of(wording)).contains(exchange.question());
                    assertThat(parser.parse(exchange.questionId(), exchange.answer())
                            .is(logic.diagnosis(conversation.diagnosis()).path().get(exchange.questionId()))).isTrue();
                }
            }
        }
    }

    @Test
    void seedImageAndEpochAloneDecideTheWords() {
        var writer = writer(Wording.TRAIN, Order.NATURAL, 1);
        var all = writer.curate(images(20));
        assertThat(writer.curate(images(20))).isEqualTo(all);
        assertThat(writer.curate(images(20).subList(7, 8))).containsExactly(all.get(7));
        assertThat(writer.rewrite(all.get(7), 0)).isEqualTo(all.get(7));
        assertThat(writer.rewrite(all.get(7), 1)).isNotEqualTo(all.get(7)).isEqualTo(writer.write(images(20).get(7), 1));
        assertThat(writer(Wording.TRAIN, Order.NATURAL, 2).curate(images(20))).isNotEqualTo(all);
        assertThat(all.get(0).image()).isEqualTo("p0_0.png");
        assertThat(all.get(0).exchanges().stream().map(Exchange::questionId)).containsExactly("quality", "content", "abnormality", "cells", "diagnosis");
    }

    @Test
    void epochsAndShufflesReachEveryWordingAndOrder() {
        var writer = writer(Wording.TRAIN, Order.SHUFFLED, 0);
        var runs = IntStream.range(0, 400).mapToObj(epoch -> writer.write(images(1).getFirst(), epoch)).toList();
        assertThat(runs.stream().map(c -> c.exchanges().stream().map(Exchange::questionId).toList()).distinct().count()).isGreaterThan(100);
        assertThat(runs.stream().flatMap(c -> c.exchanges().stream()).map(Exchange::question).distinct().count()).isEqualTo(25);
        assertThat(runs.stream().flatMap(c -> c.exchanges().stream()).map(Exchange::answer).distinct().count()).isEqualTo(25);
    }

    @Test
    void fileGivesBackWhatWasWritten() throws Exception {
        var conversations = writer(Wording.TRAIN, Order.SHUFFLED, 5).curate(images(9));
        var file = folder.resolve("train.json");
        ConversationJson.write(file, conversations);
        assertThat(ConversationJson.read(file, logic)).isEqualTo(conversations);
        var text = Files.readString(file);
        assertThat(text).contains("<image>\\n").contains("\"from\" : \"gpt\"");
        // Without the ids, as other software writes it, questions are told from their phrasings.
        Files.writeString(file, text.replaceAll(",\\s*\"questions\" : \\[[^]]*]", ""));
        assertThat(ConversationJson.read(file, logic)).isEqualTo(conversations);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "<image>\\nWhat do you see here?"   | "What do you see here?"        | [1]: conversations[0]: value: the first question must start
            "What is your diagnosis here?"      | "<image>\\nWhat is it?"        | [1]: conversations[2]: value: only the first
            "What is your diagnosis here?"      | "Who are you?"                 | [1]: conversations[2]: value: no question of the logic
            "What is your diagnosis here?"      | "What is in this field?"       | [1]: conversations[2]: value: the question 'content' is asked twice
            "diagnosis":"blood"                 | "diagnosis":"flu"              | [1]: diagnosis: unknown label 'flu'
            "image":"b.png"                     | "image":"../b.png"             | [1]: image: expected a path within
            "id":"b"                            | "id":"a"                       | [1]: id: the id 'a' occurs twice
            "id":"b"                            | "id":"b","extra":1             | [1]: unknown key 'extra'
            "from":"gpt","value":"None."        | "from":"human","value":"None." | [1]: conversations[3]: from: expected gpt
            "value":"None."                     | "value":""                     | [1]: conversations[3]: value: expected a non-empty string
            "diagnosis":"blood"                 | "diagnosis":"blood","questions":["content"] | [1]: questions: expected 2 ids
            "diagnosis":"blood"                 | "diagnosis":"blood","questions":["content","x"] | [1]: questions[1]: unknown question 'x'
            """, quoteCharacter = '\'')
    void faultsNameFileEntryAndField(String right, String wrong, String message) throws Exception {
        var json = """
                [{"id":"a","image":"a.png","conversations":[{"from":"human","value":"<image>\\nWhat is in this field?"},{"from":"gpt","value":"Blood."}],"diagnosis":"blood"},
                 {"id":"b","image":"b.png","conversations":[{"from":"human","value":"<image>\\nWhat do you see here?"},{"from":"gpt","value":"Blood."},\
                {"from":"human","value":"What is your diagnosis here?"},{"from":"gpt","value":"None."}],"diagnosis":"blood","patient":"p1"}]""";
        var file = Files.writeString(folder.resolve("talks.json"), json);
        assertThat(ConversationJson.read(file, logic)).hasSize(2);
        int at = json.lastIndexOf(right);
        assertThat(at).as("the fault must go into entry 1").isPositive();
        Files.writeString(file, json.substring(0, at) + wrong + json.substring(at + right.length()));
        assertThatThrownBy(() -> ConversationJson.read(file, logic)).isInstanceOf(InputException.class)
                .hasMessageContaining("talks.json").hasMessageContaining(message);
    }
}
