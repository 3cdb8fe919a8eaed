package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.paraphrase.ModelServer;
import org.drllava.clinical.io.Fields;
import org.drllava.common.FolderContents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class ParaphraseCommandTest {
    /** A variable that every host has and whose value is unlike anything that the command prints. */
    private static final String KEY_VARIABLE = "PATH";

    @TempDir
    private Path folder;

    @Test
    void aLogicWithMoreTrainWordings() {
        try (var server = ModelServer.rephrasing(wording -> List.of("Overall: " + wording, wording, "I would say: multiple myeloma."))) {
            var output = folder.resolve("new/logic.yaml");
            var report = folder.resolve("report.json");
            var ran = run(server, "--logic", "painted-marrow", "--output", output, "--styles", "resident", "--report", report, "--price-in", 2, "--price-out", 10)
                    .succeeds();
            var before = ClinicalLogic.shipped("painted-marrow");
            var after = ClinicalLogic.load(output);
            assertThat(after.question("cells").ask().train()).containsExactlyElementsOf(twice(before.question("cells").ask().train()));
            assertThat(after.question("cells").symbol("none").answers().train()).containsExactlyElementsOf(twice(before.question("cells").symbol("none").answers().train()));
            assertThat(after.question("diagnosis").symbol("mm").answers().train()).contains("I would say: multiple myeloma.");
            assertThat(after.question("diagnosis").symbol("aml").answers().train()).doesNotContain("I would say: multiple myeloma.");
            assertThat(after.question("cells").ask().test()).isEqualTo(before.question("cells").ask().test());
            assertThat(Fields.text(output).lines().toList()).containsSubsequence(ClinicalLogic.shippedText("painted-marrow").lines().toList());
            assertThat(ran.out()).contains("rephrasings 105, cached 0, failed 0", "requests 105, tokens in 10500, out 1050, cost about 0.0315",
                    "kept 25 questions and 82 answers", "  25 read as another symbol", "abnormality: normal: \"I would say: multiple myeloma.\" (abnormal)");
            var json = JsonMapper.shared().readTree(report.toFile());
            assertThat(json.get("cost").doubleValue()).isEqualTo(.0315);
            assertThat(json.get("kept")).hasSize(107);
            assertThat(json.get("rejected_by_reason").get("duplicate").intValue()).isGreaterThan(100);
            var again = run(server, "--logic", "painted-marrow", "--output", folder.resolve("again.yaml"), "--styles", "resident").succeeds();
            assertThat(again.out()).contains("cached 105", "requests 0");
            assertThat(folder.resolve("again.yaml")).hasSameTextualContentAs(output);
        }
    }

    @Test
    void whatFailsIsReportedAndTheRestWritten() {
        try (var server = new ModelServer((number, request, exchange) -> {
            if (number % 2 == 0) {
                ModelServer.send(exchange, 500, "");
            } else {
                ModelServer.send(exchange, 200, ModelServer.completion("[\"Overall: " + request.wording() + "\"]"));
            }
        })) {
            var output = folder.resolve("logic.yaml");
            var ran = run(server, "--logic", "painted-marrow", "--output", output, "--styles", "resident", "--retries", 0, "--concurrency", 1);
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.err()).contains("53 of 105 rephrasings failed", "logic.yaml");
            assertThat(ran.out()).contains("failed 53: HTTP 500 (asked 1 time)");
            assertThat(ClinicalLogic.load(output).question("quality").ask().train()).hasSize(7);
        }
    }

    @Test
    void aRefusalLeavesNothingBehindAndShowsNoKey() {
        try (var server = new ModelServer((_, request, exchange) -> ModelServer.send(exchange, 401, request.headers().getFirst("Authorization")))) {
            for (var debug : List.of(List.of(), List.of("--debug"))) {
                var arguments = new ArrayList<Object>(List.of("--logic", "painted-marrow", "--output", folder.resolve("logic.yaml"), "--api-key-env", KEY_VARIABLE));
                arguments.addAll(debug);
                var ran = run(server, arguments.toArray());
                assertThat(ran.status()).isEqualTo(2);
                assertThat(ran.err()).contains("/v1/chat/completions refuses the key in PATH (HTTP 401).").doesNotContain(System.getenv(KEY_VARIABLE));
                assertThat(FolderContents.of(folder)).isEmpty();
            }
            assertThat(server.requests()).allSatisfy(request ->
                    assertThat(request.headers().getFirst("Authorization")).isEqualTo("Bearer " + System.getenv(KEY_VARIABLE)));
        }
    }

    @Test
    void aDryRunSendsNothing() {
        try (var server = ModelServer.rephrasing(_ -> List.of("One."))) {
            var output = folder.resolve("logic.yaml");
            var ran = run(server, "--logic", "painted-marrow", "--output", output, "--dry-run").succeeds();
            assertThat(ran.out()).contains("rephrasings 315, cached 0", "requests to send 315", "Is this sample good enough for a diagnosis?");
            assertThat(server.requests()).isEmpty();
            assertThat(output).doesNotExist();
        }
    }

    @Test
    void badOptionsAreNamed() throws Exception {
        var logic = Files.writeString(folder.resolve("logic.yaml"), ClinicalLogic.shippedText("painted-marrow"));
        var output = folder.resolve("new.yaml");
        Ran.with("paraphrase", "--logic", logic, "--output", output, "--model", "m").refuses("--base-url", "own wordings");
        refuses(logic, output, List.of("--base-url", "http://example.org/v1"), "--allow-http", "example.org");
        refuses(logic, output, List.of("--base-url", "https://example.org/v1", "--api-key-env", "NO_SUCH_KEY"), "NO_SUCH_KEY");
        refuses(logic, output, List.of("--base-url", "example.org"), "--base-url");
        refuses(logic, logic, List.of("--base-url", "http://localhost:1"), "--output", "the logic itself");
        refuses(logic, folder, List.of("--base-url", "http://localhost:1"), "--output", "folder");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--report", folder), "--report", "folder");
        refuses(folder.resolve("none"), output, List.of("--base-url", "http://localhost:1"), "none");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--per-wording", 0), "--per-wording");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--concurrency", 65), "--concurrency");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--timeout", "NaN"), "--timeout");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--retries", -1), "--retries");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--price-in", 1), "--price-out");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--styles", ", ,"), "--styles");
        var styles = Files.writeString(folder.resolve("styles"), "\n");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--styles-file", styles), styles + ": expected 1 to 100 styles");
        refuses(logic, output, List.of("--base-url", "http://localhost:1", "--styles-file", styles, "--styles", "a"), "--styles-file");
        Files.writeString(logic, "name: x\n");
        refuses(logic, output, List.of("--base-url", "http://localhost:1"), "logic.yaml", "questions");
        assertThat(output).doesNotExist();
    }

    private static void refuses(Path logic, Path output, List<?> options, String... words) {
        var all = new ArrayList<Object>(List.of("paraphrase", "--logic", logic, "--output", output, "--model", "m"));
        all.addAll(options);
        Ran.with(all.toArray()).refuses(words);
    }

    private Ran run(ModelServer server, Object... more) {
        var all = new ArrayList<Object>(List.of("paraphrase", "--base-url", server.url(), "--model", "m-1", "--cache", folder.resolve("cache")));
        all.addAll(Arrays.asList(more));
        return Ran.with(all.toArray());
    }

    private static List<String> twice(List<String> wordings) {
        var all = new ArrayList<>(wordings);
        wordings.forEach(wording -> all.add("Overall: " + wording));
        return all;
    }
}
