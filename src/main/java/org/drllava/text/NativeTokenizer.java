package org.drllava.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.drllava.bindings.host.CacheFolder;

/**
 * The only door to DJL's native tokenizer. Its class initialiser runs before any DJL class loads, because DJL reads
 * these properties once: offline mode stops its usage reports and downloads (which a visible GPU would trigger).
 */
final class NativeTokenizer {
    static {
        setUnlessGiven("ai.djl.offline", "true");
        setUnlessGiven("OPT_OUT_TRACKING", "true");
        setUnlessGiven("RUST_FLAVOR", "cpu");
        // DJL unpacks beside the target and renames, so two processes may start at once.
        setUnlessGiven("ENGINE_CACHE_DIR", CacheFolder.root().resolve("djl").toString());
    }

    private NativeTokenizer() {}

    /**
     * Makes a tokenizer that neither truncates nor pads, whatever the file says. A file beside it is not read.
     *
     * @throws RuntimeException when the text is no tokenizer
     */
    static HuggingFaceTokenizer open(String json) {
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                    Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) System.setProperty(property, value);
    }
}
