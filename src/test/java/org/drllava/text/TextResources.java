package org.drllava.text;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The files that make_oracles.py made. */
final class TextResources {
    private TextResources() {}

    static Path file(String name) {
        try {
            return Path.of(TextResources.class.getResource("/text/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
