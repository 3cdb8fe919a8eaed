package org.drllava.clinical.paraphrase;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.drllava.checkpoint.Sha256;
import org.drllava.clinical.io.Fields;
import org.drllava.common.AtomicFile;
import org.drllava.common.InputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Replies that were paid for, a file each, under the SHA-256 of the request's body: model, instructions, style and wording. The
 * endpoint's address and key are no part of it.
 */
record ReplyCache(Path folder) {
    private static final long MOST_BYTES = 4 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    static String key(byte[] body) {
        return HexFormat.of().formatHex(Sha256.digest().digest(body));
    }

    /** The texts that came in reply; empty where there is no such file, or one that cannot be read. */
    Optional<List<String>> find(String key) {
        var file = file(key);
        try {
            return Files.exists(file) && Files.size(file) <= MOST_BYTES ? Optional.of(Fields.json(file).at("texts").texts()) : Optional.empty();
        } catch (java.io.IOException | InputException damaged) { // asked for again, and then replaced
            return Optional.empty();
        }
    }

    void put(String key, String model, Rephrasing rephrasing, List<String> texts) {
        var entry = JsonNodeFactory.instance.objectNode().put("model", model).put("meaning", rephrasing.meaning().toString())
                .put("wording", rephrasing.wording()).put("style", rephrasing.style());
        texts.forEach(entry.putArray("texts")::add);
        AtomicFile.write(file(key), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(entry) + "\n");
    }

    private Path file(String key) {
        return folder.resolve(key + ".json");
    }
}
