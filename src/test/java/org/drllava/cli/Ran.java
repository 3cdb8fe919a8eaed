package org.drllava.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** What a run of the program left: exit status, standard output, standard error without progress lines. */
record Ran(int status, String out, String err) {
    static Ran with(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), words);
        return new Ran(status, out.toString(), err.toString());
    }

    static Ran reading(String input, Object... arguments) {
        return reading(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    static Ran reading(byte[] input, Object... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return with(arguments);
        } finally {
            System.setIn(before);
        }
    }

    Ran succeeds() {
        assertThat(status).as(err).isZero();
        return this;
    }

    /** Bad input: status 2 and one sentence with these words in it. */
    Ran refuses(String... words) {
        assertThat(status).as(out + err).isEqualTo(2);
        assertThat(err.lines().filter(line -> !line.startsWith("Try ")).toList()).as(err).hasSize(1);
        assertThat(err).startsWith("drllava: ").contains(words);
        return this;
    }
}
