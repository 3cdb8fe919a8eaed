package org.drllava.session;

import java.nio.file.Path;
import java.util.List;
import org.drllava.clinical.conversation.Conversation;
import org.drllava.clinical.conversation.ConversationJson;
import org.drllava.clinical.conversation.ConversationWriter;
import org.drllava.clinical.data.LabelledImage;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;
import org.drllava.clinical.logic.Wording;
import org.drllava.clinical.painted.PaintedDataset;
import org.drllava.common.AtomicFile;
import org.drllava.image.ClipPreprocessor;
import org.drllava.model.Initializer;
import org.drllava.model.LlavaConfig;
import org.drllava.model.LlavaConfig.Activation;
import org.drllava.model.LlavaConfig.Projector;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;
import org.drllava.model.ModelFolder;
import org.drllava.model.ModelShapes;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.TensorScope;
import org.drllava.text.PromptTemplate;
import org.drllava.text.Tokenizer;
import org.drllava.text.VocabularyBuilder;

/**
 * All that a run needs, small enough to train within seconds: a model with random weights whose vocabulary is the words of the
 * bone marrow logic, painted pictures of 28 pixels a side, conversations about them. The same on every host.
 *
 * @param root holds model/, images/ with labels.csv, conversations.json and logic.yaml
 */
public record TinyClinic(Path root) {
    public static final ClinicalLogic LOGIC = ClinicalLogic.shipped("painted-marrow");
    private static final PromptTemplate TEMPLATE = new PromptTemplate("");
    private static final int SIDE = 28;

    /** Writes everything. @param patients one picture each; the five specimens take turns */
    public static TinyClinic write(Path root, int patients) {
        TinyClinic clinic = new TinyClinic(root);
        clinic.writeModel();
        List<LabelledImage> images = PaintedDataset.write(PaintedDataset.generate(7, new PaintedDataset.Part(patients, 1),
                new PaintedDataset.Part(0, 1), new PaintedDataset.Part(0, 1)).train(), SIDE, clinic.images());
        ConversationJson.write(clinic.conversations(),
                new ConversationWriter(LOGIC, clinic.images(), Wording.TRAIN, 7).curate(images));
        AtomicFile.write(clinic.logic(), ClinicalLogic.shippedText("painted-marrow"));
        return clinic;
    }

    public Path model() {
        return root.resolve("model");
    }

    public Path images() {
        return root.resolve("images");
    }

    public Path conversations() {
        return root.resolve("conversations.json");
    }

    public Path logic() {
        return root.resolve("logic.yaml");
    }

    public List<Conversation> readConversations() {
        return ConversationJson.read(conversations(), LOGIC);
    }

    /** Opens the model for {@code workers} threads; close it before the test ends. */
    public ModelSession open(int workers) {
        return ModelSession.open(model(), Device.CPU, DType.FLOAT32, workers, warning -> {
            throw new AssertionError(warning);
        });
    }

    private void writeModel() {
        var questions = LOGIC.questions().stream().flatMap(question -> question.ask().all()).toList();
        var answers = LOGIC.questions().stream().flatMap(question -> question.symbols().stream()).map(Question.Symbol::answers)
                .flatMap(wordings -> wordings.all()).toList();
        AtomicFile.write(model().resolve("preprocessor_config.json"), ClipPreprocessor.clip(SIDE).toJson());
        new VocabularyBuilder().addConversations(TEMPLATE, questions, answers).write(model());
        TEMPLATE.save(model());
        try (Tokenizer tokenizer = Tokenizer.load(model().resolve("tokenizer.json")); TensorScope scope = TensorScope.open()) {
            var vision = new Vision(16, 32, 1, 2, SIDE, 14, 1e-5, Activation.GELU);
            var text = new Text(32, 64, 2, 4, 2, 8, tokenizer.vocabularySize(), 1e-5, 10_000, false, 256);
            var config = new LlavaConfig(vision, Projector.MLP, text, tokenizer.idOf(PromptTemplate.IMAGE_MARK).orElseThrow(), -1, true);
            ParameterArena weights = new ParameterArena(Device.CPU, ModelShapes.of(config));
            Initializer.fill(weights, config, 7);
            ModelFolder.write(model(), config, weights::get);
        }
    }
}
