package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.drllava.checkpoint.Sha256;
import org.drllava.common.StepLog;
import org.drllava.session.TinyClinic;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From labelled pictures to an evaluated model, as a user goes: each command takes what the one before left. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TrainingCommandsTest {
    @TempDir
    private static Path folder;
    private static TinyClinic clinic;
    private static Path curated;

    @BeforeAll
    static void curate() {
        clinic = TinyClinic.write(folder, 10);
        curated = folder.resolve("curated.json");
        Ran.with("curate", "--images", clinic.images().resolve("labels.csv"), "--logic", clinic.logic(), "--output", curated).succeeds();
    }

    @Test
    @Order(1)
    void sftLeavesAnAdapterCheckpointsAndALog() throws IOException {
        var ran = sft("sft", "--epochs", "4", "--validation-fraction", "0.2", "--evaluate-every", "3", "--checkpoint-every", "2", "--keep", "2").succeeds();
        assertThat(ran.out()).isEmpty();
        assertThat(folder.resolve("sft/adapter/adapter_config.json")).exists();
        assertThat(names("sft/checkpoints")).containsExactlyInAnyOrder("step-000006", "step-000008");
        var log = StepLog.read(folder.resolve("sft/log.jsonl"));
        assertThat(log).hasSize(8).allSatisfy(line -> assertThat(line.propertyNames()).containsExactly("step", "loss", "held_out_loss",
                "learning_rate", "gradient_norm", "tokens_per_second", "collective_seconds", "resident_mib", "live_handles"));
        assertThat(log.get(7).get("loss").doubleValue()).isLessThan(log.get(0).get("loss").doubleValue());
        assertThat(log).extracting(line -> !line.get("held_out_loss").isNull()).containsExactly(false, false, true, false, false, true, false, false);
        assertThat(log.get(0).get("learning_rate").doubleValue()).isEqualTo(3e-3);
    }

    @Test
    @Order(2)
    void ppoGoesOnFromIt() throws IOException {
        ppo("ppo", 2).succeeds();
        ppo("recomputed", 2, "--recompute").succeeds();
        assertThat(Sha256.of(folder.resolve("recomputed/adapter/adapter_model.safetensors"))).isEqualTo(Sha256.of(folder.resolve("ppo/adapter/adapter_model.safetensors")));
        assertThat(folder.resolve("ppo/adapter/adapter_model.safetensors")).exists();
        assertThat(folder.resolve("ppo/value/adapter_model.safetensors")).exists();
        assertThat(folder.resolve("ppo/value/value_head.safetensors")).exists();
        assertThat(names("ppo/checkpoints")).containsExactly("step-000002");
        assertThat(names("ppo/rollouts")).containsExactlyInAnyOrder("iteration-000001.jsonl", "iteration-000002.jsonl");
        var log = StepLog.read(folder.resolve("ppo/log.jsonl"));
        assertThat(log).hasSize(2);
        assertThat(log.get(0).get("objective/kl_sum_seq").doubleValue()).isZero();
        assertThat(log.get(1).get("objective/kl_sum_seq").doubleValue()).isPositive();
        assertThat(log).allSatisfy(line -> {
            assertThat(line.get("rollout/logprob_gap").doubleValue()).isLessThan(1e-4);
            assertThat(line.propertyNames()).contains("objective/kl_coef", "objective/rewards", "objective/lr", "ppo/loss/policy", "ppo/loss/value",
                    "ppo/policy/entropy", "ppo/policy/approxkl", "ppo/policy/clipfrac", "ppo/returns/mean", "ppo/val/error", "time/iteration_s");
        });
    }

    @Test
    @Order(3)
    void everyLoggedConversationShowsWhatWasReadAndWhatWasTrained() throws IOException {
        var lines = lines(folder.resolve("ppo/rollouts/iteration-000001.jsonl"));
        assertThat(lines).hasSize(12); // ten conversations, two of them a second time
        double sum = 0;
        for (JsonNode line : lines) {
            assertThat(line.get("answers")).hasSize(5);
            double answers = 0;
            for (JsonNode answer : line.get("answers")) {
                assertThat(answer.propertyNames()).contains("question", "asked", "text", "finished", "expected", "symbol", "outcome", "evidence");
                answers += answer.get("reward").doubleValue();
            }
            assertThat(line.get("total").doubleValue()).isCloseTo(answers, Offset.offset(1e-9));
            assertThat(line.get("trained_reward").doubleValue()).isCloseTo(0.5 * answers, Offset.offset(1e-5)); // --reward-scale 0.5
            sum += answers;
        }
        assertThat(StepLog.read(folder.resolve("ppo/log.jsonl")).getFirst().get("objective/rewards").doubleValue()).isCloseTo(sum / 12, Offset.offset(1e-9));
    }

    @Test
    @Order(4)
    void evaluatePrintsOneObject() throws IOException {
        Path answers = folder.resolve("answers.jsonl");
        Path report = folder.resolve("report.html");
        var ran = evaluate("--adapter", folder.resolve("ppo/adapter"), "--answers", answers, "--report", report, "--calibration").succeeds();
        JsonNode metrics = JsonMapper.shared().readTree(ran.out());
        assertThat(ran.out()).hasLineCount(1);
        for (String name : List.of("question_accuracy", "conversation_accuracy", "diagnosis_accuracy", "consistency")) {
            assertThat(metrics.get(name).get("value").doubleValue()).as(name).isBetween(metrics.get(name).get("low").doubleValue(), metrics.get(name).get("high").doubleValue());
        }
        assertThat(metrics.get("conversations").intValue()).isEqualTo(10);
        assertThat(metrics.propertyNames()).contains("macro_f1", "balanced_accuracy", "majority", "no_match", "conflict", "hints", "abstention", "questions",
                "scenarios", "classes", "calibration");
        assertThat(metrics.get("questions").propertyNames()).containsExactly("quality", "content", "abnormality", "cells", "diagnosis");
        assertThat(ran.err()).contains("question accuracy", "diagnosis", "Brier score");
        var lines = lines(answers);
        assertThat(lines.getFirst().get("logic").get("diagnosis").stringValue()).isEqualTo("diagnosis");
        long right = lines.stream().skip(1).flatMap(line -> line.get("answers").valueStream()).filter(answer -> answer.get("right").booleanValue()).count();
        assertThat(metrics.get("question_accuracy").get("value").doubleValue()).isEqualTo(right / 50.0);
        assertThat(lines.stream().skip(1)).allSatisfy(line -> {
            assertThat(line.get("probabilities").propertyNames()).contains("normal", "aml", "mm", "inadequate");
            assertThat(line.get("probabilities").valueStream().mapToDouble(JsonNode::doubleValue).sum()).isCloseTo(1, Offset.offset(1e-9));
        });
        assertThat(metrics.get("calibration").get("conversations").intValue()).isEqualTo(10);
        assertThat(report).content().contains("<!doctype html>", "Answers by truth", "Reliability of 10");
        Path others = folder.resolve("others.jsonl");
        var without = evaluate("--temperature", "0.7", "--seed", "3", "--answers", others).succeeds();
        assertThat(JsonMapper.shared().readTree(without.out()).get("calibration").isNull()).isTrue();

        var compared = Ran.with("compare", answers, others, "--report", folder.resolve("comparison.html")).succeeds();
        JsonNode comparison = JsonMapper.shared().readTree(compared.out());
        JsonNode accuracy = comparison.get("metrics").get("question_accuracy");
        assertThat(accuracy.get("a").doubleValue()).isEqualTo(right / 50.0);
        assertThat(accuracy.get("difference").get("value").doubleValue()).isCloseTo(accuracy.get("b").doubleValue() - right / 50.0, Offset.offset(1e-12));
        assertThat(accuracy.get("p").doubleValue()).isBetween(0.0, 1.0);
        assertThat(comparison.get("mcnemar").get("p").doubleValue()).isBetween(0.0, 1.0);
        assertThat(compared.err()).contains("points b - a", "McNemar");
        assertThat(folder.resolve("comparison.html")).content().contains("Comparison of two evaluations");
        Files.writeString(others, Files.readString(others).replace("train0000_0.png", "other.png"));
        Ran.with("compare", answers, others).refuses("answers.jsonl and ", "others.jsonl cannot be compared", "train0000_0.png", "other.png");
        Ran.with("compare", answers, folder.resolve("nowhere.json")).refuses("nowhere.json");
    }

    @Test
    @Order(4)
    void scenariosOfConversationsComeThrough() {
        Path scenarios = folder.resolve("scenarios.json");
        Ran.with("curate", "--images", clinic.images().resolve("labels.csv"), "--logic", clinic.logic(), "--scenario", "reversed,clinician-wrong",
                "--wording", "test", "--output", scenarios).succeeds();
        JsonNode metrics = JsonMapper.shared().readTree(evaluate("--conversations", scenarios, "--max-answer-tokens", "4").succeeds().out());
        assertThat(metrics.get("scenarios").propertyNames()).containsExactly("clinician-wrong", "reversed");
        JsonNode misled = metrics.get("scenarios").get("clinician-wrong");
        assertThat(misled.get("hints").get("answers").intValue()).isEqualTo(misled.get("answers").intValue()).isPositive();
        assertThat(misled.get("hints").get("followed").get("value").doubleValue()).isBetween(0.0, 1.0);
        assertThat(metrics.get("scenarios").get("reversed").get("hints").get("followed").get("value").isNull()).isTrue();
    }

    /** A run cut off in the middle, here by taking its last checkpoint away, comes to the same bytes. */
    @Test
    @Order(5)
    void sftResumes() throws IOException {
        String adapter = Sha256.of(folder.resolve("sft/adapter"));
        Files.delete(folder.resolve("sft/checkpoints/step-000008/state.json"));
        List<String> options = List.of("--epochs", "4", "--validation-fraction", "0.2", "--evaluate-every", "3", "--checkpoint-every", "2", "--keep", "2");
        sft("sft", plus(options, "--resume")).succeeds();
        assertThat(Sha256.of(folder.resolve("sft/adapter"))).isEqualTo(adapter);
        assertThat(StepLog.read(folder.resolve("sft/log.jsonl"))).extracting(line -> line.get("step").intValue()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        sft("sft", options.toArray()).refuses("--resume", "--output");
        sft("sft", plus(options, "--resume", "--learning-rate", "0.1")).refuses("--learning-rate", "0.003", "0.1");
        sft("sft", "--epochs", "8", "--validation-fraction", "0.2", "--evaluate-every", "3", "--resume").refuses("--epochs");
    }

    /** With a constant rate a run may also be lengthened: two and one more iterations are three. */
    @Test
    @Order(6)
    void ppoResumesAndMayBeLengthened() throws IOException {
        ppo("straight", 3).succeeds();
        ppo("ppo", 3, "--resume").succeeds();
        for (String part : List.of("adapter", "value")) {
            assertThat(Sha256.of(folder.resolve("ppo/" + part))).as(part).isEqualTo(Sha256.of(folder.resolve("straight/" + part)));
        }
        assertThat(folder.resolve("ppo/rollouts/iteration-000003.jsonl")).hasSameTextualContentAs(folder.resolve("straight/rollouts/iteration-000003.jsonl"));
        assertThat(StepLog.read(folder.resolve("ppo/log.jsonl"))).hasSize(3);
        ppo("ppo", 4, "--resume", "--clip", "0.3").refuses("--clip", "0.2");
        Path other = folder.resolve("other.json");
        Files.writeString(other, Files.readString(curated).replace("train0000", "train9999"));
        Ran.with("sft", "--conversations", other, "--images", clinic.images(), "--model", clinic.model(), "--output", folder.resolve("x")).refuses("train9999_0.png", "conversation");
    }

    @Test
    @Order(7)
    void fullTrainingLeavesAModelThatStandsAlone() {
        Ran.with("sft", "--model", clinic.model(), "--conversations", curated, "--images", clinic.images(), "--output", folder.resolve("full"), "--full",
                "--epochs", "1", "--batch", "4", "--unit", "2", "--learning-rate", "1e-3").succeeds();
        assertThat(folder.resolve("full/adapter")).doesNotExist();
        Ran.with("evaluate", "--model", folder.resolve("full/model"), "--conversations", curated, "--images", clinic.images(), "--logic", clinic.logic(),
                "--max-answer-tokens", "8").succeeds();
        assertThat(Sha256.of(folder.resolve("full/model/model.safetensors"))).isNotEqualTo(Sha256.of(clinic.model().resolve("model.safetensors")));
        assertThat(Sha256.of(folder.resolve("full/model/prompt_template.json"))).isEqualTo(Sha256.of(clinic.model().resolve("prompt_template.json")));
        Ran.with("sft", "--model", clinic.model(), "--conversations", curated, "--images", clinic.images(), "--output", folder.resolve("full2"), "--full",
                "--adapter", folder.resolve("sft/adapter")).refuses("--full", "--adapter");
        sft("full3", "--full", "--recompute").refuses("--recompute", "--full");
    }

    @Test
    @Order(8)
    void aRateThatBlowsUpEndsWithOneSentenceAndStatusOne() {
        var ran = Ran.with("sft", "--model", clinic.model(), "--conversations", curated, "--images", clinic.images(), "--output", folder.resolve("blown"),
                "--learning-rate", "1e30", "--warmup-ratio", "0", "--batch", "2", "--unit", "2", "--checkpoint-every", "1");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).hasLineCount(1).contains("the loss is", "training cannot go on", "The last checkpoint is that of step 1 in ");
    }

    @Test
    @Order(9)
    void whatDoesNotFitIsNamed() {
        ppo("y", 1, "--max-answer-tokens", "100").refuses("--max-answer-tokens", "256 positions", "train0");
        assertThat(folder.resolve("y")).doesNotExist();
        evaluate("--max-answer-tokens", "41").refuses("train0", "--max-answer-tokens 41", "256 positions");
        ppo("y", 1, "--minibatch", "5").refuses("minibatch");
        ppo("y", 0).refuses("--iterations");
        sft("y", "--validation-fraction", "0.01").refuses("--validation-fraction");
        sft("y", "--batch", "5", "--unit", "2").refuses("batch of 5");
        evaluate("--adapter", folder.resolve("nowhere")).refuses("nowhere");
        evaluate("--max-answer-tokens", "0").refuses("--max-answer-tokens");
    }

    private static Ran sft(String output, Object... more) {
        return Ran.with(plus(List.of("sft", "--model", clinic.model(), "--conversations", curated, "--images", clinic.images(), "--output", folder.resolve(output),
                "--batch", "4", "--unit", "2", "--rank", "4", "--warmup-ratio", "0", "--workers", "2", "--learning-rate", "3e-3"), more));
    }

    private static Ran ppo(String output, int iterations, Object... more) {
        return Ran.with(plus(List.of("ppo", "--model", clinic.model(), "--adapter", folder.resolve("sft/adapter"), "--conversations", curated, "--images", clinic.images(),
                "--logic", clinic.logic(), "--output", folder.resolve(output), "--iterations", iterations, "--conversations-per-iteration", "12", "--rollout-group", "6",
                "--minibatch", "6", "--unit", "3", "--max-answer-tokens", "8", "--reward-scale", "0.5", "--learning-rate", "1e-3", "--workers", "2"), more));
    }

    private static Ran evaluate(Object... more) {
        return Ran.with(plus(List.of("evaluate", "--model", clinic.model(), "--conversations", curated, "--images", clinic.images(), "--logic", clinic.logic(),
                "--max-answer-tokens", "8"), more));
    }

    /** The options with others added, or in the place of the same before: picocli refuses an option given twice. */
    private static Object[] plus(List<?> options, Object... more) {
        List<Object> all = new ArrayList<>(options);
        for (int i = 0; i < more.length; i++) {
            int before = all.indexOf(more[i]);
            if (before >= 0 && more[i].toString().startsWith("--")) {
                all.set(before + 1, more[++i]);
            } else {
                all.add(more[i]);
            }
        }
        return all.toArray();
    }

    private static List<String> names(String path) throws IOException {
        try (var files = Files.list(folder.resolve(path))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(JsonMapper.shared()::readTree).toList();
    }
}
