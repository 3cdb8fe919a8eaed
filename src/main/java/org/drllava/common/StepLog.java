package org.drllava.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The log of a training run: one JSON object a line and a line a step, written at once, so that a crash loses the step it was
 * in and no more. Every line has {@code "step"}. Numbers that JSON does not know (NaN, infinities) become null.
 */
public final class StepLog implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    /** The field that every line has. */
    public static final String STEP = "step";

    private final FileChannel file;

    private StepLog(FileChannel file) {
        this.file = file;
    }

    /** Starts a new log, over an old one. */
    public static StepLog create(Path path) throws IOException {
        return open(path, Long.MIN_VALUE);
    }

    /**
     * Goes on with a log after {@code lastStep}, the step of the checkpoint that the run resumes from: whatever stands behind
     * the last whole line with a step up to it is cut off. Without a file it starts one.
     */
    public static StepLog resume(Path path, long lastStep) throws IOException {
        return open(path, lastStep);
    }

    /** A log that nobody keeps: every rank calls {@link #append}, one writes. */
    public static StepLog none() {
        return new StepLog(null);
    }

    private static StepLog open(Path path, long lastStep) throws IOException {
        if (path.toAbsolutePath().getParent() != null) {
            Files.createDirectories(path.toAbsolutePath().getParent());
        }
        long kept = Files.exists(path) ? bytesUpTo(Files.readAllBytes(path), lastStep) : 0;
        var file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            file.truncate(kept);
            file.position(kept);
            return new StepLog(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static long bytesUpTo(byte[] bytes, long lastStep) {
        int kept = 0;
        for (int end = endOfLine(bytes, 0); end >= 0; end = endOfLine(bytes, kept)) {
            var line = parsed(new String(bytes, kept, end - kept, StandardCharsets.UTF_8));
            if (line == null || line.get(STEP).longValue() > lastStep) {
                break;
            }
            kept = end + 1;
        }
        return kept;
    }

    private static int endOfLine(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /**
     * Adds a line.
     *
     * @param values a map, or a record, its names in snake_case; its fields follow {@code "step"} in the line
     */
    public void append(long step, Object values) throws IOException {
        if (file == null) {
            return;
        }
        JsonNode fields = JSON.valueToTree(values);
        if (!(fields instanceof ObjectNode object)) {
            throw new IllegalArgumentException("a step is logged as a map or record, not as " + values);
        }
        var line = JSON.createObjectNode().put(STEP, step);
        object.remove(STEP);
        withoutNonFinite(object);
        line.setAll(object);
        var bytes = ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    private static void withoutNonFinite(ObjectNode object) {
        for (var field : List.copyOf(object.properties())) {
            if (field.getValue() instanceof ObjectNode nested) {
                withoutNonFinite(nested);
            } else if (field.getValue().isNumber() && !Double.isFinite(field.getValue().doubleValue())) {
                object.putNull(field.getKey());
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    /**
     * The lines of a log. A last line without its newline, torn by a crash, is left out.
     *
     * @throws InputException for another line that is no JSON object with a step
     */
    public static List<ObjectNode> read(Path path) throws IOException {
        var bytes = Files.readAllBytes(path);
        var lines = new ArrayList<ObjectNode>();
        int from = 0;
        for (int end = endOfLine(bytes, from); end >= 0; end = endOfLine(bytes, from)) {
            var line = parsed(new String(bytes, from, end - from, StandardCharsets.UTF_8));
            if (line == null) {
                throw new InputException(
                        path + ", line " + (lines.size() + 1) + ": expected a JSON object with a whole number \"step\".");
            }
            lines.add(line);
            from = end + 1;
        }
        return lines;
    }

    private static ObjectNode parsed(String line) {
        try {
            return JSON.readTree(line) instanceof ObjectNode object
                    && object.get(STEP) instanceof JsonNode step && step.isIntegralNumber() && step.canConvertToLong() ? object : null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
