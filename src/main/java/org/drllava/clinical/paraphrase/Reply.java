package org.drllava.clinical.paraphrase;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a model said, and what that cost where the endpoint tells.
 *
 * @param content   the model's words
 * @param tokensIn  tokens of the request
 * @param tokensOut tokens of the reply
 */
record Reply(String content, OptionalLong tokensIn, OptionalLong tokensOut) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Reads the body of a chat completion; empty for anything else. */
    static Optional<Reply> read(byte[] body) {
        return json(body).flatMap(completion -> content(completion.path("choices").path(0).path("message").path("content"))
                .map(content -> new Reply(content, tokens(completion, "prompt_tokens"), tokens(completion, "completion_tokens"))));
    }

    /** What an endpoint gives as the reason of an error; empty where it gives none. */
    static Optional<String> error(byte[] body) {
        return json(body).map(answer -> answer.path("error")).map(error -> error.isString() ? error : error.path("message"))
                .filter(JsonNode::isString).map(JsonNode::stringValue);
    }

    private static Optional<JsonNode> json(byte[] body) {
        try {
            return Optional.ofNullable(JSON.readTree(body));
        } catch (JacksonException rubbish) {
            return Optional.empty();
        }
    }

    /** A text, or the parts of one. */
    private static Optional<String> content(JsonNode content) {
        if (content.isArray()) {
            return Optional.of(content.valueStream().map(part -> part.path("text").asString("")).collect(Collectors.joining()));
        }
        return Optional.of(content).filter(JsonNode::isString).map(JsonNode::stringValue);
    }

    private static OptionalLong tokens(JsonNode completion, String key) {
        var count = completion.path("usage").path(key);
        return count.isIntegralNumber() && count.canConvertToLong() && count.longValue() >= 0 ? OptionalLong.of(count.longValue()) : OptionalLong.empty();
    }
}
