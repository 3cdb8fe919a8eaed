package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.clinical.logic.ClinicalLogic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class RewardCommandTest {
    private static final String RIGHT = """
            {"id": "a", "answers": [{"question": "quality", "text": "This picture is of good quality."}], "label": "aml"}
            """;
    private static final String SILENT = """
            {"id": 7, "answers": [{"question": "quality", "text": "Mmh.", "finished": false}], "label": "adequate_MM"}
            """;

    @TempDir
    private Path folder;

    @Test
    void aLineForEachConversation() throws Exception {
        var file = Files.writeString(folder.resolve("a.jsonl"), RIGHT + "\n" + SILENT);
        var lines = Ran.with("reward", "--conversations", file).succeeds().out().lines().map(JsonMapper.shared()::readTree).toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).get("id").stringValue()).isEqualTo("a");
        assertThat(lines.get(0).get("answers").get(0).get("symbol").stringValue()).isEqualTo("adequate");
        assertThat(lines.get(0).get("total").doubleValue()).isEqualTo(1);
        assertThat(lines.get(1).get("id").stringValue()).isEqualTo("7");
        assertThat(lines.get(1).get("diagnosis").stringValue()).isEqualTo("mm");
        assertThat(lines.get(1).get("answers").get(0).get("symbol").isNull()).isTrue();
        // nothing recognised, and broken off
        assertThat(lines.get(1).get("total").doubleValue()).isEqualTo(-0.7);
    }

    @Test
    void readsStandardInputAndExplains() {
        assertThat(Ran.reading(RIGHT, "reward", "--conversations", "-").succeeds().out()).startsWith("{\"id\":\"a\"");
        assertThat(Ran.reading(RIGHT + SILENT, "reward", "--explain", "--conversations", "-").succeeds().out()).contains(
                "a, label aml: aml, 1.00 (correctness 1.00)", "quality: adequate, as expected, 1.00 (correctness 1.00)",
                "\"This picture is of good quality.\"", "adequate: 'good", "7, label adequate_MM: mm, -0.70 (no_match -0.50, unfinished -0.20)",
                "quality: says nothing, expected adequate", "\"Mmh.\" (cut off)");
        Ran.reading("{", "reward", "--conversations", "-").refuses("standard input: line 1 is not well formed");
    }

    @Test
    void aLogicOfOnesOwn() throws Exception {
        var file = Files.writeString(folder.resolve("a.jsonl"), RIGHT);
        var logic = Files.writeString(folder.resolve("logic.yaml"), ClinicalLogic.shippedText("painted-marrow").replace("correct: 1.0", "correct: 2.5"));
        var line = Ran.with("reward", "--logic", logic, "--conversations", file).succeeds().out();
        assertThat(JsonMapper.shared().readTree(line).get("total").doubleValue()).isEqualTo(2.5);
        Files.writeString(logic, "name: x\n");
        Ran.with("reward", "--logic", logic, "--conversations", file).refuses("logic.yaml");
    }

    @Test
    void theFaultyLineIsNamed() throws Exception {
        var file = folder.resolve("a.jsonl");
        Files.writeString(file, RIGHT + RIGHT.replace("\"aml\"", "\"gout\""));
        var ran = Ran.with("reward", "--conversations", file);
        ran.refuses("a.jsonl: line 2: label", "gout", "aml");
        assertThat(ran.out().lines()).as("lines before it are answered").hasSize(1);
        Files.writeString(file, RIGHT.replace("quality\"", "weather\""));
        Ran.with("reward", "--conversations", file).refuses("a.jsonl: line 1: answers[0]", "question", "cells");
        Files.writeString(file, "{");
        Ran.with("reward", "--conversations", file).refuses("a.jsonl: line 1 is not well formed");
        Ran.with("reward", "--conversations", folder.resolve("none.jsonl")).refuses("none.jsonl");
        Ran.with("reward", "--conversations", folder).refuses(folder.toString());
    }
}
