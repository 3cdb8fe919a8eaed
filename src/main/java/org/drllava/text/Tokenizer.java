package org.drllava.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.drllava.common.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Text to token ids and back, as the Hugging Face {@code tokenizers} library does with the same {@code tokenizer.json}.
 * Never truncates, pads or downloads. Safe for use by several threads until closed.
 */
public final class Tokenizer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long LARGEST_FILE_BYTES = 256L << 20;

    private final HuggingFaceTokenizer delegate;
    private final TokenTable table;

    private Tokenizer(HuggingFaceTokenizer delegate, TokenTable table) {
        this.delegate = delegate;
        this.table = table;
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws InputException when the file is missing, unreadable, or not a tokenizer
     */
    public static Tokenizer load(Path tokenizerJson) {
        var text = read(tokenizerJson);
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new InputException(tokenizerJson + " should be a tokenizer.json, but is not JSON.", e);
        }
        var table = TokenTable.of(json, tokenizerJson.toString());
        try {
            return new Tokenizer(NativeTokenizer.open(text), table);
        } catch (RuntimeException e) {
            throw new InputException(tokenizerJson + " is not a tokenizer.json that can be used: " + e.getMessage(), e);
        }
    }

    /** The ids of the text with the special tokens that the file's post-processor adds. */
    public int[] encode(String text) {
        return ids(text, true);
    }

    /** The ids of the text alone. The text of a special token is still read as that token. */
    public int[] encodePlain(String text) {
        return ids(text, false);
    }

    /** The text of the ids, special tokens left out; ids outside the vocabulary give nothing. */
    public String decode(int... ids) {
        var wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) throw new IllegalArgumentException("token id " + ids[i] + " at position " + i + " is negative");
            wide[i] = ids[i];
        }
        return delegate.decode(wide, true);
    }

    /** One more than the largest id, so an embedding with this many rows has one for each token. */
    public int vocabularySize() {
        return table.pieces().length;
    }

    /** The id of a piece as it stands in the vocabulary, for example {@code "</s>"} or {@code "▁normal"}. */
    public OptionalInt idOf(String token) {
        var id = table.ids().get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /**
     * The piece with this id.
     *
     * @throws IllegalArgumentException when the vocabulary has no such id
     */
    public String token(int id) {
        var token = id < 0 || id >= table.pieces().length ? null : table.pieces()[id];
        if (token == null) throw new IllegalArgumentException("no token has id " + id + "; ids go from 0 to " + (vocabularySize() - 1));
        return token;
    }

    /** Whether the file marks the id as special. */
    public boolean isSpecial(int id) {
        return table.special().contains(id);
    }

    /** The texts that are read as a special token wherever they stand in a text, by id. */
    public List<String> specialTokens() {
        return table.specialPieces();
    }

    @Override
    public void close() {
        delegate.close();
    }

    private int[] ids(String text, boolean special) {
        // A lone surrogate is no character; Java's encoder turns it into "?", as it would in any file.
        var wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return Arrays.stream(delegate.encode(wellFormed, special, false).getIds()).mapToInt(Math::toIntExact).toArray();
    }

    private static String read(Path file) {
        try {
            if (!Files.isRegularFile(file)) throw new InputException(file + " should be a tokenizer.json, but there is no such file.");
            long bytes = Files.size(file);
            if (bytes > LARGEST_FILE_BYTES) throw new InputException(file + " has " + bytes + " bytes; a tokenizer.json has at most " + LARGEST_FILE_BYTES + ".");
            return Files.readString(file);
        } catch (IOException e) {
            throw new InputException(file + " cannot be read as a tokenizer.json: " + e.getMessage(), e);
        }
    }
}
