package org.drllava.image;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that make_oracles.py made. */
final class ImageResources {
    private ImageResources() {}

    static Path file(String name) {
        try {
            return Path.of(ImageResources.class.getResource("/image/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(file(name));
    }
}
