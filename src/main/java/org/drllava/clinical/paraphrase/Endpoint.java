package org.drllava.clinical.paraphrase;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.drllava.common.InputException;

/** The {@code /chat/completions} of an OpenAI-compatible server. May be used by many threads; redirects are not followed. */
final class Endpoint implements AutoCloseable {
    private static final int MOST_REPLY_BYTES = 1 << 20;
    private static final int MOST_REASON_CHARACTERS = 200;

    private final URI address;
    private final ApiKey key;
    private final Duration timeout;
    private final HttpClient client;

    /** @param timeout for a whole exchange, the reply's last byte included */
    Endpoint(Paraphraser.Server server, Duration timeout) {
        this.address = server.base().resolve("chat/completions");
        this.key = server.key();
        this.timeout = timeout;
        // HTTP/1.1, as small local servers stumble over the offer to upgrade.
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout).executor(Executors.newVirtualThreadPerTaskExecutor()).build();
    }

    /** Sends one request. Throws {@link InputException} where the endpoint refuses for good: the key, the address, the model. */
    Delivery post(byte[] body, Instant now) throws InterruptedException {
        var request = HttpRequest.newBuilder(address).header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body));
        key.authorise(request);
        // HttpRequest.timeout would end with the headers.
        var exchange = client.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_REPLY_BYTES));
        try {
            return read(exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS), now);
        } catch (TimeoutException e) {
            return failed("no whole answer within " + timeout.toMillis() / 1e3 + " s");
        } catch (ExecutionException e) {
            return failed(brokenBy(e.getCause()));
        } finally {
            exchange.cancel(true);
        }
    }

    private Delivery read(HttpResponse<byte[]> response, Instant now) {
        int status = response.statusCode();
        if (status == 200) {
            return Reply.read(response.body())
                    .<Delivery>map(reply -> new Delivery.Answered(new Reply(key.redacted(reply.content()), reply.tokensIn(), reply.tokensOut())))
                    .orElseGet(() -> failed("an answer that is no chat completion" + reason(response)));
        }
        if (status == 408 || status == 425 || status == 429 || status >= 500) {
            return new Delivery.Failed("HTTP " + status + reason(response), RetryAfter.in(response.headers(), now));
        }
        if (status == 401 || status == 403) { // without the endpoint's words, as these quote the key in part
            throw new InputException(address + " refuses " + (key.isPresent() ? "the key in " + key.name() : "requests without a key, and "
                    + key.name() + " is not set") + " (HTTP " + status + ").");
        }
        if (status >= 300 && status < 400) {
            throw new InputException(address + " redirects (HTTP " + status + "), which is not followed, as the key would go along; give the"
                    + " final address as --base-url.");
        }
        throw new InputException(address + " refuses the request (HTTP " + status + ")" + reason(response) + (status == 404
                ? "; check --base-url and --model." : "."));
    }

    private String reason(HttpResponse<byte[]> response) {
        return Reply.error(response.body()).map(key::redacted).map(text -> ": " + Printable.text(text, MOST_REASON_CHARACTERS)).orElse("");
    }

    private static Delivery failed(String reason) {
        return new Delivery.Failed(reason, Duration.ZERO);
    }

    private static String brokenBy(Throwable cause) {
        return switch (cause) {
            case ConnectException _ -> "no connection";
            case IOException e when e.getMessage() != null -> "the exchange broke off: " + Printable.text(e.getMessage(), MOST_REASON_CHARACTERS);
            default -> "the exchange broke off: " + cause.getClass().getSimpleName();
        };
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
