package org.drllava.session;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.drllava.common.InputException;
import org.drllava.dataset.DialogueEncoder;
import org.drllava.image.ClipPreprocessor;
import org.drllava.model.AdapterFolder;
import org.drllava.model.LlavaModel;
import org.drllava.model.ModelFolder;
import org.drllava.model.Network;
import org.drllava.model.Trainable;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Workers;
import org.drllava.text.PromptTemplate;
import org.drllava.text.Tokenizer;

/**
 * A model folder in use: weights, tokenizer, prompt template and image preprocessing, which fit each other, and the threads
 * that work on it. Its tensor scope is the innermost one of the thread that opened it until it is closed.
 */
public final class ModelSession implements AutoCloseable {
    private final Path folder;
    private final TensorScope scope;
    private final ModelFolder files;
    private final Tokenizer tokenizer;
    private final DialogueEncoder encoder;
    private final ClipPreprocessor preprocessor;
    private final Workers workers;

    private ModelSession(Path folder, TensorScope scope, ModelFolder files, Tokenizer tokenizer, int workers) {
        this.folder = folder;
        this.scope = scope;
        this.files = files;
        this.tokenizer = tokenizer;
        encoder = new DialogueEncoder(tokenizer, PromptTemplate.load(folder), files.config());
        preprocessor = ClipPreprocessor.load(folder);
        requireFit();
        this.workers = new Workers(workers > 0 ? workers : chosenWorkers(files.model()));
    }

    /**
     * Opens what transformers' {@code save_pretrained} writes for model and processor.
     *
     * @param workers units worked on side by side, a core each; 1 to give all cores to one, 0 to choose by the model's width
     * @param warn    told of tensors that the model has no use for
     * @throws InputException naming the file that is missing or does not fit
     */
    public static ModelSession open(Path folder, Device device, DType dtype, int workers, Consumer<String> warn) {
        TensorScope scope = TensorScope.open();
        ModelFolder files = null;
        Tokenizer tokenizer = null;
        try {
            files = ModelFolder.open(folder, device, dtype, warn);
            tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
            return new ModelSession(folder, scope, files, tokenizer, workers);
        } catch (RuntimeException e) {
            close(tokenizer, scope, files);
            throw e;
        }
    }

    /** How many workers suit a model: one a core, or one that keeps a GPU busy. */
    public static int chosenWorkers(LlavaModel model) {
        return model.device() == Device.CPU ? Workers.cores() : 1;
    }

    private void requireFit() {
        int side = files.config().vision().imageSize();
        if (preprocessor.size() != side) {
            throw new InputException(folder + ": preprocessor_config.json makes pictures of " + preprocessor.size()
                    + " pixels a side, where config.json's vision tower takes " + side + ".");
        }
        int known = files.config().text().vocabularySize();
        if (encoder.endToken() >= known) {
            throw new InputException(folder + ": tokenizer.json's end token " + encoder.endToken() + " lies outside of config.json's vocab_size " + known + ".");
        }
    }

    public Path folder() {
        return folder;
    }

    public LlavaModel model() {
        return files.model();
    }

    public DialogueEncoder encoder() {
        return encoder;
    }

    public ClipPreprocessor preprocessor() {
        return preprocessor;
    }

    public Workers workers() {
        return workers;
    }

    /** The model with an adapter, or alone where {@code adapter} is null. */
    public Network network(Path adapter) {
        return adapter == null ? Network.base(model()) : Trainable.Lora.from(model(), AdapterFolder.read(adapter, model().config())).frozen();
    }

    @Override
    public void close() {
        workers.close();
        close(tokenizer, scope, files);
    }

    private static void close(Tokenizer tokenizer, TensorScope scope, ModelFolder files) {
        if (tokenizer != null) {
            tokenizer.close();
        }
        scope.close();
        if (files != null) {
            files.close();
        }
    }
}
