package org.drllava.clinical.paraphrase;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The texts that a model's reply lists. A JSON array was asked for; also understood are one inside a code fence or between other
 * words, an array under some key, objects with one text each, and plain lines, numbered or not.
 */
final class ReplyTexts {
    private static final int MOST = 200;
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern FENCE = Pattern.compile("```[\\w-]*\\R?(.*?)```", Pattern.DOTALL);
    private static final Pattern BULLET = Pattern.compile("^(?:\\d{1,3}\\s*[.):]|[-*•–])\\s+");
    private static final Pattern QUOTES = Pattern.compile("^[\"“](.*)[\"”],?$");

    private ReplyTexts() {}

    /** In order, each on one line; empty when the reply is no list, or a list that breaks off. */
    static List<String> of(String reply) {
        var fenced = FENCE.matcher(reply);
        var list = (fenced.find() ? fenced.group(1) : reply).strip();
        var texts = list.contains("[") || list.startsWith("{") || list.contains("```") ? inJson(list) : inLines(list);
        return texts.stream().map(text -> text.strip().replaceAll("\\s+", " ")).filter(text -> !text.isEmpty()).limit(MOST).toList();
    }

    private static List<String> inJson(String list) {
        int start = list.startsWith("{") ? 0 : list.indexOf('[');
        int end = Math.max(list.lastIndexOf(']'), list.lastIndexOf('}')) + 1;
        if (start < 0 || end <= start) {
            return List.of();
        }
        try {
            return texts(JSON.readTree(list.substring(start, end)));
        } catch (JacksonException brokenOff) {
            return List.of();
        }
    }

    private static List<String> texts(JsonNode json) {
        if (json.isObject()) {
            return json.valueStream().filter(JsonNode::isArray).findFirst().map(ReplyTexts::texts).orElse(List.of());
        }
        return json.valueStream().flatMap(ReplyTexts::text).toList();
    }

    private static Stream<String> text(JsonNode item) {
        var texts = item.isObject() ? item.valueStream().filter(JsonNode::isString).toList() : List.of(item);
        return texts.size() == 1 && texts.getFirst().isString() ? Stream.of(texts.getFirst().stringValue()) : Stream.empty();
    }

    /** Where lines are numbered, the others are talk. */
    private static List<String> inLines(String list) {
        var lines = list.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.endsWith(":")).toList();
        var numbered = lines.stream().filter(line -> BULLET.matcher(line).find()).toList();
        var texts = new ArrayList<String>();
        for (var line : numbered.isEmpty() ? lines : numbered) {
            texts.add(QUOTES.matcher(BULLET.matcher(line).replaceFirst("")).replaceFirst("$1"));
        }
        return texts;
    }
}
