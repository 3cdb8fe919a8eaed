package org.drllava.clinical.paraphrase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.drllava.clinical.paraphrase.ModelServer.completion;
import static org.drllava.clinical.paraphrase.ModelServer.send;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.LogicFile;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.paraphrase.Outcome.Failed;
import org.drllava.clinical.paraphrase.Outcome.Proposed;
import org.drllava.clinical.paraphrase.Paraphraser.Answers;
import org.drllava.clinical.paraphrase.Paraphraser.Limits;
import org.drllava.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real HTTP server, in skipped time. */
@Timeout(60)
class ParaphraserTest {
    private static final String KEY = "sk-open-sesame";
    private static final String GOOD = completion("[\"One.\", \"Two.\"]");
    private static final int RETRIES = 3;

    @TempDir
    private Path folder;
    private final SkippedTime time = new SkippedTime();

    /** What a server may do instead of answering. */
    enum Fault {
        TOO_MANY, SERVER_ERROR, BAD_GATEWAY, HALF_A_BODY, NO_BODY, HTML, BROKEN_JSON, NULL, WRONG_SHAPE, ERROR_WITH_STATUS_200, NO_LIST, LIST_OF_NUMBERS, HUGE;

        void answer(HttpExchange exchange) throws IOException {
            switch (this) {
                case TOO_MANY -> send(exchange, 429, "{\"error\": {\"message\": \"slow down, " + KEY + "\"}}");
                case SERVER_ERROR -> send(exchange, 500, "oops " + KEY);
                case BAD_GATEWAY -> send(exchange, 502, "");
                case HALF_A_BODY -> {
                    exchange.sendResponseHeaders(200, GOOD.length());
                    exchange.getResponseBody().write(GOOD.getBytes(StandardCharsets.UTF_8), 0, GOOD.length() / 2);
                    exchange.getResponseBody().flush();
                }
                case NO_BODY -> send(exchange, 200, "");
                case HTML -> send(exchange, 200, "<html><body>Please log in</body></html>");
                case BROKEN_JSON -> send(exchange, 200, GOOD.substring(0, GOOD.length() / 2));
                case NULL -> send(exchange, 200, "null");
                case WRONG_SHAPE -> send(exchange, 200, "{\"choices\": {\"message\": [\"One.\"]}, \"usage\": 7}");
                case ERROR_WITH_STATUS_200 -> send(exchange, 200, "{\"error\": \"overloaded, says " + KEY + "\"}");
                case NO_LIST -> send(exchange, 200, completion("[\"One.\", \"Tw"));
                case LIST_OF_NUMBERS -> send(exchange, 200, completion("[1, 2]"));
                case HUGE -> send(exchange, 200, completion("x".repeat(2 << 20)));
            }
        }
    }

    @Test
    void everyByteThatIsSent() {
        var yaml = ClinicalLogic.shippedText("painted-marrow");
        var logic = new LogicFile("test", yaml).load();
        var rephrasings = Rephrasing.all(logic, new LogicText(yaml, "test").trainWordings(), List.of("terse \"attending\""), 2);
        int wordings = logic.questions().stream().mapToInt(q -> q.ask().train().size()
                + q.symbols().stream().filter(s -> !s.name().equals("unknown")).mapToInt(s -> s.answers().train().size()).sum()).sum();
        assertThat(rephrasings).hasSize(wordings).hasSizeGreaterThan(100);
        try (var server = ModelServer.rephrasing(_ -> List.of("One."))) {
            ask(server, rephrasings, limits(8, 1000));
            assertThat(server.requests()).extracting(ModelServer.Request::body).containsExactlyInAnyOrderElementsOf(
                    rephrasings.stream().map(r -> expectedBody(r, logic.question(r.meaning().question()))).toList());
            assertThat(server.requests()).allSatisfy(request -> {
                assertThat(request.method()).isEqualTo("POST");
                assertThat(request.path()).isEqualTo("/v1/chat/completions");
                assertThat(request.headers()).containsEntry("Authorization", List.of("Bearer " + KEY)).containsEntry("Content-type", List.of("application/json"));
                assertThat(request.headers().keySet()).isSubsetOf("Authorization", "Content-type", "Content-length", "Host", "User-agent", "Connection");
            });
            var held = logic.questions().stream().flatMap(q -> q.ask().test().stream()).toList();
            assertThat(server.requests()).noneSatisfy(request -> assertThat(held).anyMatch(request.body()::contains));
        }
    }

    /** Written down once more, apart from the code. */
    private static String expectedBody(Rephrasing r, Question asked) {
        boolean question = r.meaning().symbol().isEmpty();
        return ("{'model':'m-1','messages':[{'role':'system','content':'You rephrase sentences of a clinical questionnaire about medical images. Say the same"
                + " in other words, as the clinician described would say it. Change nothing of the meaning: no finding, degree, negation or doubt may be"
                + " added or left out. Reply with a JSON array of strings and nothing else.'},{'role':'user','content':'Rephrase the "
                + (question ? "question" : "answer") + " below in 2 different ways.\\nStyle: " + r.style().replace("\"", "\\'") + "\\nLength: at most "
                + (question ? 40 : 11) + " words each\\n" + (question ? "Question: " : "It was asked: " + asked.ask().train().getFirst() + "\\nAnswer: ")
                + r.wording() + "'}]}").replace('\'', '"');
    }

    @ParameterizedTest
    @EnumSource
    void aFaultIsBorneOnce(Fault fault) {
        try (var server = new ModelServer((number, _, exchange) -> {
            if (number == 0) {
                fault.answer(exchange);
            } else {
                send(exchange, 200, GOOD);
            }
        })) {
            var answers = ask(server, some(1), limits(1, 100));
            assertThat(answers.outcomes()).containsExactly(new Proposed(some(1).getFirst(), List.of("One.", "Two."), false));
            assertThat(answers.spent().requests()).isEqualTo(2);
            assertThat(time.waits()).hasSize(1).allSatisfy(wait -> assertThat(wait).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLastingFaultFailsThatWordingAlone(Fault fault) {
        try (var server = new ModelServer((_, request, exchange) -> {
            if (request.wording().equals("Wording 1?")) {
                fault.answer(exchange);
            } else {
                send(exchange, 200, GOOD);
            }
        })) {
            var answers = ask(server, some(3), limits(2, 100));
            assertThat(answers.outcomes()).hasSize(3);
            assertThat(answers.outcomes().get(0)).isInstanceOf(Proposed.class);
            assertThat(answers.outcomes().get(2)).isInstanceOf(Proposed.class);
            assertThat(answers.outcomes().get(1)).isInstanceOfSatisfying(Failed.class,
                    failed -> assertThat(failed.reason()).endsWith("(asked 4 times)").doesNotContain(KEY));
            assertThat(answers.spent().requests()).isEqualTo(2 + 1 + RETRIES);
            assertThat(Files.exists(cache())).isTrue();
        }
        try (var server = ModelServer.rephrasing(_ -> List.of("Three."))) {
            assertThat(ask(server, some(3), limits(1, 100)).spent().requests()).as("what failed is asked for again").isEqualTo(1);
        }
    }

    @Test
    void waitsGrowAndCanBeRepeated() {
        var first = waitsOfADeadServer();
        assertThat(first).hasSize(RETRIES);
        for (int i = 0; i < RETRIES; i++) {
            assertThat(first.get(i)).isBetween(Duration.ofMillis(500L << i), Duration.ofMillis(1000L << i));
        }
        assertThat(waitsOfADeadServer()).isEqualTo(first);
    }

    private List<Duration> waitsOfADeadServer() {
        var elapsing = new SkippedTime();
        try (var server = new ModelServer((_, _, exchange) -> send(exchange, 503, ""))) {
            paraphraser(server.url(), limits(1, 100), elapsing).ask(some(1));
        }
        return elapsing.waits();
    }

    @ParameterizedTest
    @CsvSource({"30, 30", "'Sat, 01 Mar 2025 12:01:00 GMT', 60", "0, 0"})
    void retryAfterIsHonouredByAll(String retryAfter, long seconds) {
        try (var server = new ModelServer((number, _, exchange) -> {
            if (number == 0) {
                exchange.getResponseHeaders().set("Retry-After", retryAfter);
                send(exchange, 429, "");
            } else {
                assertThat(time.passed()).isGreaterThanOrEqualTo(Duration.ofSeconds(seconds));
                send(exchange, 200, GOOD);
            }
        })) {
            var answers = ask(server, some(5), limits(1, 100));
            assertThat(answers.outcomes()).hasOnlyElementsOfType(Proposed.class);
            assertThat(time.passed()).isLessThanOrEqualTo(Duration.ofSeconds(seconds + 1));
        }
    }

    @Test
    void anEndpointThatAsksForAnHourIsLeftAlone() {
        try (var server = new ModelServer((_, _, exchange) -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            send(exchange, 429, "");
        })) {
            var answers = ask(server, some(5), limits(1, 100));
            assertThat(answers.outcomes()).allSatisfy(outcome -> assertThat(((Failed) outcome).reason()).contains("asks to wait 3600 s"));
            assertThat(server.requests()).hasSize(1);
            assertThat(time.passed()).isZero();
        }
    }

    @Test
    void aSlowAnswerIsNotWaitedFor() {
        var released = new CountDownLatch(1);
        try (var server = new ModelServer((number, _, exchange) -> {
            if (number == 0) {
                hang(released);
            } else if (number == 1) { // begins, and does not end
                exchange.sendResponseHeaders(200, GOOD.length());
                exchange.getResponseBody().write(GOOD.getBytes(StandardCharsets.UTF_8), 0, 10);
                exchange.getResponseBody().flush();
                hang(released);
            } else {
                send(exchange, 200, GOOD);
            }
        })) {
            var answers = ask(server, some(1), new Limits(1, 100, Duration.ofMillis(400), 10));
            assertThat(answers.outcomes()).hasOnlyElementsOfType(Proposed.class);
            assertThat(answers.spent().requests()).isGreaterThanOrEqualTo(3);
            released.countDown();
        }
    }

    private static void hang(CountDownLatch released) {
        try {
            released.await();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aServerThatIsNotThere() {
        var server = ModelServer.rephrasing(_ -> List.of());
        var url = server.url();
        server.close();
        var answers = paraphraser(url, limits(1, 100), time).ask(some(20));
        assertThat(answers.outcomes()).hasSize(20).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Failed.class));
        assertThat(((Failed) answers.outcomes().getFirst()).reason()).contains("no connection");
        assertThat(((Failed) answers.outcomes().getLast()).reason()).contains("8 times in a row");
        assertThat(answers.spent().requests()).as("it is given up").isEqualTo(8 * (1 + RETRIES));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308, 400, 401, 403, 404, 422})
    void aRefusalEndsTheRunAtOnce(int status) {
        try (var server = new ModelServer((number, _, exchange) -> {
            if (number < 3) {
                send(exchange, 200, GOOD);
            } else {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                send(exchange, status, "{\"error\": {\"message\": \"I know\\u001b your " + KEY + "\"}}");
            }
        })) {
            assertThatThrownBy(() -> ask(server, some(50), limits(1, 100))).isInstanceOf(InputException.class)
                    .hasMessageContainingAll(server.url() + "/chat/completions", "HTTP " + status)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain(KEY, "\u001b").hasLineCount(1).endsWith("."));
            assertThat(server.requests()).hasSize(4);
            assertThat(server.requests()).noneMatch(request -> request.path().contains("elsewhere"));
            assertThat(time.waits()).isEmpty();
        }
        try (var server = new ModelServer((_, _, exchange) -> send(exchange, 200, GOOD))) {
            assertThat(ask(server, some(50), limits(4, 100)).spent().requests()).as("what came before is not paid for twice").isEqualTo(47);
        }
    }

    @Test
    void theBudgetIsKeptAndTheNextRunGoesOn() {
        try (var server = new ModelServer((_, _, exchange) -> send(exchange, 200, GOOD))) {
            var answers = ask(server, some(20), limits(4, 7));
            assertThat(server.requests()).hasSize(7);
            assertThat(answers.spent()).isEqualTo(new Spent(7, 7, 0, 700, 70));
            assertThat(answers.spent().cost(3, 20)).isEqualTo(.0035);
            assertThat(answers.outcomes()).filteredOn(Proposed.class::isInstance).hasSize(7);
            assertThat(answers.outcomes()).filteredOn(Failed.class::isInstance).hasSize(13)
                    .allSatisfy(failed -> assertThat(((Failed) failed).reason()).contains("budget"));
            assertThat(ask(server, some(20), limits(4, 13)).outcomes()).hasOnlyElementsOfType(Proposed.class);
            assertThat(ask(server, some(20), limits(4, 0)).outcomes()).allMatch(outcome -> ((Proposed) outcome).cached());
            assertThat(server.requests()).hasSize(20);
        }
    }

    @Test
    void theCacheGoesByContentAndNotByEndpoint() throws IOException {
        try (var server = ModelServer.rephrasing(wording -> List.of(wording, KEY + " is your key"))) {
            var first = ask(server, some(2), limits(1, 100));
            assertThat(((Proposed) first.outcomes().getFirst()).texts()).containsExactly("Wording 0?", "*** is your key");
        }
        try (var server = ModelServer.rephrasing(_ -> List.of("Fresh."))) {
            assertThat(ask(server, some(2), limits(1, 100)).spent().requests()).isZero();
            var other = some(2).getFirst();
            var changes = List.of(
                    new Rephrasing(other.meaning(), "Another?", other.style(), other.count(), other.longestWords(), other.asked()),
                    new Rephrasing(other.meaning(), other.wording(), "poet", other.count(), other.longestWords(), other.asked()),
                    new Rephrasing(other.meaning(), other.wording(), other.style(), 5, other.longestWords(), other.asked()));
            assertThat(ask(server, changes, limits(1, 100)).spent().requests()).isEqualTo(3);
            try (var files = Files.list(cache())) {
                for (var file : files.toList()) {
                    assertThat(file.getFileName().toString()).matches("[0-9a-f]{64}\\.json");
                    assertThat(Files.readString(file)).doesNotContain(KEY).contains("\"model\" : \"m-1\"");
                    Files.writeString(file, Files.readString(file).substring(0, 20)); // as after a bad disk
                }
            }
            assertThat(ask(server, some(2), limits(1, 100)).spent().requests()).as("a damaged file is no reply").isEqualTo(2);
            assertThat(ask(server, some(2), limits(1, 100)).spent().requests()).isZero();
        }
    }

    @Test
    void concurrencyChangesNothing() {
        try (var server = ModelServer.rephrasing(wording -> List.of("Or: " + wording))) {
            assertThat(ask(server, some(40), limits(16, 100)).outcomes()).extracting(outcome -> ((Proposed) outcome).texts().getFirst())
                    .isEqualTo(IntStream.range(0, 40).mapToObj(i -> "Or: Wording " + i + "?").toList());
        }
    }

    @Test
    void tokensThatAreNotToldAreSaidToBeMissing() {
        var silent = GOOD.replace("prompt_tokens", "tokens");
        try (var server = new ModelServer((number, _, exchange) -> send(exchange, 200, number == 0 ? silent : GOOD))) {
            assertThat(ask(server, some(2), limits(1, 100)).spent()).isEqualTo(new Spent(2, 2, 1, 100, 20));
        }
    }

    @Test
    void contentInParts() {
        try (var server = new ModelServer((_, _, exchange) -> send(exchange, 200,
                "{\"choices\": [{\"message\": {\"content\": [{\"type\": \"text\", \"text\": \"[\\\"One\"}, {\"type\": \"text\", \"text\": \".\\\"]\"}]}}]}"))) {
            assertThat(ask(server, some(1), limits(1, 100)).outcomes()).isEqualTo(List.of(new Proposed(some(1).getFirst(), List.of("One."), false)));
        }
    }

    private Answers ask(ModelServer server, List<Rephrasing> rephrasings, Limits limits) {
        return paraphraser(server.url(), limits, time).ask(rephrasings);
    }

    private Paraphraser paraphraser(String url, Limits limits, Waiter waiter) {
        var base = BaseUrl.of(url, false);
        var key = ApiKey.forServer(base, Map.of("KEY", KEY), "KEY");
        return new Paraphraser(new Paraphraser.Server(base, key), "m-1", cache(), limits, new Patience(limits.retries()), waiter);
    }

    private Path cache() {
        return folder.resolve("cache");
    }

    private static Limits limits(int concurrency, long requests) {
        return new Limits(concurrency, requests, Duration.ofSeconds(30), RETRIES);
    }

    private static List<Rephrasing> some(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Rephrasing(new Meaning("q", Optional.empty()), "Wording " + i + "?", "resident", 3, 40, Optional.empty())).toList();
    }
}
