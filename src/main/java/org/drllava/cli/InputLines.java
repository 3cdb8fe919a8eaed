package org.drllava.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.drllava.common.InputException;

/** Text that is read and answered line by line. */
final class InputLines {
    private static final int LONGEST_BYTES = 64 << 20;

    private InputLines() {}

    /** As below, of lines up to 64 MiB. */
    static void forEach(InputStream stream, String name, BiConsumer<String, String> action) {
        forEach(stream, name, LONGEST_BYTES, action);
    }

    /**
     * Gives each line as soon as it is there, with the words that say where it stands ({@code FILE: line 3}).
     *
     * @param longestBytes what a line may have, a multiple of 1 MiB
     * @throws InputException for a line that is not UTF-8 or longer, naming it
     */
    static void forEach(InputStream stream, String name, int longestBytes, BiConsumer<String, String> action) {
        var in = new BufferedInputStream(stream);
        var line = new ByteArrayOutputStream();
        int number = 1;
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b != '\n') {
                    line.write(b);
                    if (line.size() > longestBytes) {
                        throw new InputException(name + ": line " + number + " is longer than " + (longestBytes >> 20) + " MiB.");
                    }
                } else {
                    give(line, name + ": line " + number, action);
                    number++;
                }
            }
            if (line.size() > 0) {
                give(line, name + ": line " + number, action);
            }
        } catch (IOException e) {
            throw new InputException(name + " cannot be read: " + e + ".", e);
        }
    }

    private static void give(ByteArrayOutputStream line, String where, BiConsumer<String, String> action) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw new InputException(where + " is not UTF-8.", e);
        }
        line.reset();
        action.accept(text, where);
    }
}
