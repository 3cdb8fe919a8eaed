package org.drllava.clinical.paraphrase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTextsTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "[\"Is it good?\", \"Is it fine?\"]",
        "  [\"Is it good?\",\n \" Is it \\n fine? \"]\n",
        "```json\n[\"Is it good?\", \"Is it fine?\"]\n```",
        "Sure:\n```\n[\"Is it good?\", \"Is it fine?\"]\n```\nAnything else?",
        "Here you are: [\"Is it good?\", \"Is it fine?\"] Good luck!",
        "{\"paraphrases\": [\"Is it good?\", \"Is it fine?\"]}",
        "{\"style\": \"terse\", \"paraphrases\": [{\"text\": \"Is it good?\"}, {\"n\": 2, \"text\": \"Is it fine?\"}]}",
        "[\"Is it good?\", null, 7, [\"x\"], \"Is it fine?\", {\"a\": \"x\", \"b\": \"y\"}, \"\"]",
        "1. Is it good?\n2. Is it fine?",
        "Here are two ways:\n\n 1) \"Is it good?\"\n 2) “Is it fine?”\n\nTell me if you need more.",
        "- Is it good?\n* Is it fine?",
        "\"Is it good?\",\n\"Is it fine?\"",
        "Is it good?\r\nIs it fine?\r\n"
    })
    void listsInManyForms(String reply) {
        assertThat(ReplyTexts.of(reply)).containsExactly("Is it good?", "Is it fine?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", "[]", "{}", "[\"Is it good?\", \"Is it", "```json\n[\"Is it good?\", \"Is it", "{\"a\": {\"b\": [\"x\"]}}",
        "{\"a\": \"x\"}", "][", "Here they are:"})
    void noListOrABrokenOne(String reply) {
        assertThat(ReplyTexts.of(reply)).isEmpty();
    }

    @Test
    void depthAndLengthAreBounded() {
        assertThat(ReplyTexts.of("[".repeat(100_000))).isEmpty();
        assertThat(ReplyTexts.of("[".repeat(100_000) + "]".repeat(100_000))).isEmpty();
        assertThat(ReplyTexts.of("a b\n".repeat(1000))).hasSize(200);
    }

    @Test
    void aLineMayHoldNumbersAndDashes() {
        assertThat(ReplyTexts.of("Is it - as of 2. May - good?")).isEqualTo(List.of("Is it - as of 2. May - good?"));
    }
}
