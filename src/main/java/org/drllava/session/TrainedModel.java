package org.drllava.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.drllava.common.AtomicFile;
import org.drllava.common.AtomicFolder;
import org.drllava.model.ModelFolder;
import org.drllava.model.Trainable;
import org.drllava.text.PromptTemplate;

/** Writes a model that was trained as a whole, complete with the files that it shares with the one it came from. */
final class TrainedModel {
    /** What a Hugging Face folder has beside configuration and weights. */
    private static final List<String> COMPANIONS = List.of("tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json",
            "added_tokens.json", "chat_template.json", "chat_template.jinja", "generation_config.json", "preprocessor_config.json",
            "processor_config.json", PromptTemplate.FILE_NAME);

    private TrainedModel() {}

    /** Replaces {@code folder} atomically. @param origin the folder of the model that training started from */
    static void write(Path folder, Path origin, Trainable.Full trained) {
        var base = trained.base();
        AtomicFolder.write(folder, fresh -> {
            ModelFolder.write(fresh, base.config(),
                    name -> trained.arena().shapes().containsKey(name) ? trained.arena().get(name) : base.weights().get(name));
            for (String name : COMPANIONS) {
                if (Files.isRegularFile(origin.resolve(name))) {
                    copy(origin.resolve(name), fresh.resolve(name));
                }
            }
        });
    }

    private static void copy(Path from, Path to) {
        try {
            AtomicFile.write(to, Files.readAllBytes(from));
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be read: %s".formatted(from, e), e);
        }
    }
}
