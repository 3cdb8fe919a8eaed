package org.drllava.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.clinical.logic.Question;
import org.drllava.common.AtomicFile;
import org.drllava.dataset.DialogueEncoder;
import org.drllava.image.ClipPreprocessor;
import org.drllava.model.Initializer;
import org.drllava.model.LlavaConfig;
import org.drllava.model.LlavaModel;
import org.drllava.model.ModelFolder;
import org.drllava.model.ModelShapes;
import org.drllava.model.Network;
import org.drllava.tensor.Device;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.text.PromptTemplate;
import org.drllava.text.Tokenizer;
import org.drllava.text.VocabularyBuilder;

/** The demo's small model: its vocabulary, its first weights, its folder. */
record DemoModel(LlavaConfig config, DialogueEncoder encoder, ClipPreprocessor preprocessor) {
    /** No system text: at this size every token counts. */
    private static final PromptTemplate TEMPLATE = new PromptTemplate("");
    private static final int MULTIPLE = 16;

    /** Writes the tokenizer, made of every word of the logic, into {@code folder}. */
    static DemoModel create(DemoSettings settings, ClinicalLogic logic, Path folder) {
        List<String> questions = logic.questions().stream().flatMap(q -> q.ask().all()).toList();
        // No picture's answer is one that lies on no path ("I do not know"), so its words would only make the model larger.
        List<String> answers = logic.questions().stream().flatMap(q -> q.symbols().stream().filter(s -> onSomePath(logic, q, s)))
                .flatMap(s -> s.answers().all()).toList();
        new VocabularyBuilder().addConversations(TEMPLATE, questions, answers).write(folder);
        TEMPLATE.save(folder);
        Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
        int vocabulary = (tokenizer.vocabularySize() + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
        LlavaConfig config = settings.model(vocabulary, tokenizer.idOf(PromptTemplate.IMAGE_MARK).orElseThrow());
        ClipPreprocessor preprocessor = ClipPreprocessor.clip(settings.imageSize());
        return new DemoModel(config, new DialogueEncoder(tokenizer, TEMPLATE, config), preprocessor);
    }

    private static boolean onSomePath(ClinicalLogic logic, Question question, Question.Symbol symbol) {
        return logic.diagnoses().stream().anyMatch(d -> symbol.name().equals(d.path().get(question.id())));
    }

    /** The tower as trained, projector and decoder at random; the weights belong to the innermost scope. */
    LlavaModel assemble(Map<String, Tensor> tower, long seed) {
        ParameterArena arena = new ParameterArena(Device.CPU, ModelShapes.of(config));
        Initializer.fill(arena, config, seed);
        tower.forEach((name, tensor) -> arena.get(name).set(tensor.toFloats()));
        return new LlavaModel(config, name -> arena.get(name), Device.CPU);
    }

    /** Completes the folder so that this program and transformers load the model. */
    void save(Path folder, Network network) {
        ModelFolder.write(folder, config, network.model().weights());
        AtomicFile.write(folder.resolve("preprocessor_config.json"), preprocessor.toJson());
    }
}
