package org.drllava.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.drllava.clinical.conversation.ConversationJson;
import org.drllava.clinical.logic.ClinicalLogic;
import org.drllava.model.AdapterFolder;
import org.drllava.model.ModelFolder;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo at a size that takes seconds: every stage runs, nothing is learnt. */
@ExtendWith(LeakCheck.class)
class DemoTest {
    private static final DemoSettings TINY = new DemoSettings(3, 32, 16, 16, 24, 2, 10, 2, 5, 5, 10, 2, 2, 1);

    @Test
    void leavesAllThatItPromises(@TempDir Path folder) throws Exception {
        run(folder, 2, true);

        JsonNode metrics = JsonMapper.shared().readTree(folder.resolve("metrics.json"));
        for (String arm : List.of("sft", "ppo", "sft_longer", "sft_all")) {
            for (String metric : List.of("question_accuracy", "conversation_accuracy", "diagnosis_accuracy", "consistency")) {
                JsonNode estimate = metrics.path(arm).path(metric);
                assertThat(estimate.path("value").asDouble(-1)).as(arm + " " + metric).isBetween(0.0, 1.0);
                assertThat(estimate.path("low").asDouble()).isLessThanOrEqualTo(estimate.path("value").asDouble());
                assertThat(estimate.path("high").asDouble()).isGreaterThanOrEqualTo(estimate.path("value").asDouble());
            }
        }
        assertThat(metrics.path("seconds").propertyNames()).contains("tower", "sft", "ppo", "test", "controls");
        assertThat(Files.readString(folder.resolve("report.html"))).contains("SFT all", "not for clinical use");
        ClinicalLogic logic = ClinicalLogic.load(folder.resolve("data/logic.yaml"));
        assertThat(ConversationJson.read(folder.resolve("data/train.json"), logic)).hasSize(20);
        assertThat(ConversationJson.read(folder.resolve("data/written.json"), logic)).hasSize(10);
        assertThat(ConversationJson.read(folder.resolve("data/test.json"), logic)).hasSize(10)
                .allSatisfy(c -> assertThat(folder.resolve("data/images").resolve(c.image())).isRegularFile());
        try (TensorScope scope = TensorScope.open();
                ModelFolder model = ModelFolder.open(folder.resolve("model"), Device.CPU, DType.FLOAT32, warning -> {
                    throw new AssertionError(warning);
                })) {
            assertThat(AdapterFolder.read(folder.resolve("adapter"), model.config()).values()).isNotEmpty();
        }
    }

    @Test
    void doesNotDependOnTheNumberOfWorkers(@TempDir Path folder) throws Exception {
        run(folder.resolve("two"), 2, false);
        run(folder.resolve("three"), 3, false);
        for (String file : List.of("model/model.safetensors", "adapter/adapter_model.safetensors")) {
            assertThat(folder.resolve("two").resolve(file)).hasSameBinaryContentAs(folder.resolve("three").resolve(file));
        }
    }

    private static void run(Path folder, int workers, boolean controls) {
        try (Workers threads = new Workers(workers)) {
            new Demo(folder, TINY, controls, threads).run();
        }
    }
}
