package org.drllava.clinical.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.drllava.common.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * A place in a JSON file that is read from front to back, for files with many entries: nothing is kept but what the reader
 * keeps. Each method checks the value that stands here and goes behind it, or throws an {@link InputException} that names the file,
 * the line where the value starts and the way to it ({@code train.json: line 7: entry[3]: conversations[0]}).
 */
public final class JsonCursor implements AutoCloseable {
    private static final long MAX_BYTES = 1L << 30;
    private static final int LONGEST_TEXT = 1 << 20;
    private static final int SHOWN = 60;
    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(LONGEST_TEXT).maxNameLength(1000).maxNestingDepth(20).build()).build());

    /** A text of the file, with the words that say where it stands. */
    public record Text(String value, String where) {
        /** The error to throw when it is of the right form, yet wrong. */
        public InputException wrong(String message) {
            return new InputException(where + ": " + message);
        }
    }

    private final Path file;
    private final JsonParser parser;
    private final Deque<String> way = new ArrayDeque<>();

    private JsonCursor(Path file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** Opens a file of at most 1 GiB; the cursor stands at its first value. */
    public static JsonCursor open(Path file) {
        if (!Files.isReadable(file)) {
            throw new InputException(file + " cannot be read: there is no such readable file.");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InputException(file + " is larger than 1 GiB, which is the most this program reads at once.");
            }
            var cursor = new JsonCursor(file, JSON.createParser(new BufferedInputStream(Files.newInputStream(file))));
            cursor.next();
            return cursor;
        } catch (IOException | JacksonIOException e) {
            throw unreadable(file, e);
        }
    }

    /** The words that say where the cursor stands. */
    public String where() {
        var words = new StringBuilder(file + ": line " + Math.max(1, parser.currentTokenLocation().getLineNr()));
        way.descendingIterator().forEachRemaining(step -> words.append(step.startsWith("[") ? "" : ": ").append(step));
        return words.toString();
    }

    public InputException wrong(String message) {
        return new InputException(where() + ": " + message);
    }

    /** An array of at most {@code most} elements; {@code element} is given the index of each and must go behind it. */
    public void array(int most, IntConsumer element) {
        demand(parser.currentToken() == JsonToken.START_ARRAY, "an array");
        next();
        for (int i = 0; parser.currentToken() != JsonToken.END_ARRAY; i++) {
            int index = i;
            within("[" + index + "]", () -> {
                if (index == most) {
                    throw wrong("expected at most " + most + " elements.");
                }
                element.accept(index);
            });
        }
        next();
    }

    /** An object with no other keys than these; {@code member} is given each key and must go behind its value. A null counts as no value. */
    public void object(List<String> keys, Consumer<String> member) {
        demand(parser.currentToken() == JsonToken.START_OBJECT, "an object");
        next();
        while (parser.currentToken() != JsonToken.END_OBJECT) {
            var key = guarded(parser::currentName);
            if (!keys.contains(key)) {
                throw wrong("unknown key '" + shown(key) + "'; known keys are " + String.join(", ", keys) + ".");
            }
            next();
            within(key, () -> {
                if (!skippedNull()) {
                    member.accept(key);
                }
            });
        }
        next();
    }

    /** Goes behind a null; false, and stays, where another value stands. */
    public boolean skippedNull() {
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            return false;
        }
        next();
        return true;
    }

    /** A string that is not blank, in which lines may end. */
    public Text text() {
        return taken(parser.currentToken() == JsonToken.VALUE_STRING, "a non-empty string", c -> Character.isISOControl(c) && !Character.isWhitespace(c));
    }

    /** A string that is not blank and has no control characters. */
    public Text name() {
        return taken(parser.currentToken() == JsonToken.VALUE_STRING, "a non-empty string", Character::isISOControl);
    }

    /** A {@link #name} or a whole number, as text: identifiers come as either. */
    public Text identifier() {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? taken(true, "", _ -> false) : name();
    }

    /** Makes sure that nothing follows. */
    public void end() {
        if (parser.currentToken() != null) {
            throw wrong("expected nothing behind the first value of the file.");
        }
    }

    @Override
    public void close() {
        parser.close();
    }

    private Text taken(boolean holds, String expected, IntPredicate refused) {
        demand(holds, expected);
        var text = new Text(guarded(parser::getString), where());
        demand(!text.value().isBlank(), expected);
        if (text.value().chars().anyMatch(refused)) {
            throw wrong("control characters are not allowed here.");
        }
        next();
        return text;
    }

    private void within(String step, Runnable work) {
        way.push(step.startsWith("[") && way.isEmpty() ? "entry" + step : step);
        work.run();
        way.pop();
    }

    private void next() {
        guarded(parser::nextToken);
    }

    private void demand(boolean holds, String expected) {
        if (!holds) {
            var token = parser.currentToken();
            throw wrong("expected " + expected + ", found " + (token == null ? "the end of the file" : token.isStructStart()
                    ? (token == JsonToken.START_ARRAY ? "an array" : "an object") : shown(guarded(parser::getString))) + ".");
        }
    }

    private static String shown(String text) {
        var clean = text.replaceAll("\\p{Cntrl}", "?");
        return text.isEmpty() ? "an empty one" : clean.length() > SHOWN ? clean.substring(0, SHOWN) + "…" : clean;
    }

    /** Jackson's own complaints, in this program's words. */
    private <T> T guarded(Supplier<T> step) {
        try {
            return step.get();
        } catch (JacksonIOException e) {
            throw unreadable(file, e);
        } catch (UnexpectedEndOfInputException e) {
            throw new InputException(file + ": line " + line(e) + ": the file is cut off: it ends within a value.", e);
        } catch (JacksonException e) {
            throw new InputException(file + ": line " + line(e) + ": this is not well-formed JSON: "
                    + e.getOriginalMessage().lines().findFirst().orElse("unknown error").replaceAll("\\p{Cntrl}", "?") + ".", e);
        }
    }

    private static InputException unreadable(Path file, Exception e) {
        return new InputException(file + " cannot be read: " + e.getMessage().lines().findFirst().orElse("unknown error") + ".", e);
    }

    private int line(JacksonException e) {
        var at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
        return Math.max(1, at.getLineNr());
    }
}
