package org.drllava.clinical.paraphrase;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** A chat completions server on this host, as kind or as broken as a test wants it. */
public final class ModelServer implements AutoCloseable {
    /** What it does with a request. */
    public interface Behaviour {
        /** @param number of the request, from 0 in the order of arrival */
        void answer(int number, Request request, HttpExchange exchange) throws IOException;
    }

    /** @param body as sent */
    public record Request(String method, String path, Headers headers, String body) {
        /** The wording to be rephrased: what stands in the last line of the task. */
        public String wording() {
            var task = JsonMapper.shared().readTree(body).get("messages").get(1).get("content").stringValue();
            var last = task.lines().toList().getLast();
            return last.substring(last.indexOf(": ") + 2);
        }
    }

    private final HttpServer server;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = new ArrayList<>();

    public ModelServer(Behaviour behaviour) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(workers);
        server.createContext("/", exchange -> {
            try (exchange) {
                var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                var request = new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body);
                behaviour.answer(add(request), request, exchange);
            }
        });
        server.start();
    }

    /** One that rephrases: the function gives the texts for a wording. */
    public static ModelServer rephrasing(Function<String, List<String>> texts) {
        return new ModelServer((_, request, exchange) -> send(exchange, 200, completion(JsonMapper.shared().writeValueAsString(texts.apply(request.wording())))));
    }

    /** A chat completion of 100 tokens for 10. */
    public static String completion(String content) {
        var completion = JsonNodeFactory.instance.objectNode();
        completion.putArray("choices").addObject().putObject("message").put("role", "assistant").put("content", content);
        completion.putObject("usage").put("prompt_tokens", 100).put("completion_tokens", 10);
        return completion.toString();
    }

    public static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/v1";
    }

    /** What came so far, in the order of arrival. */
    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    private synchronized int add(Request request) {
        requests.add(request);
        return requests.size() - 1;
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }
}
