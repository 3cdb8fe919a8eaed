package org.drllava.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.drllava.checkpoint.SafetensorsFile;
import org.drllava.checkpoint.SafetensorsWriter;
import org.drllava.checkpoint.StoredTensor;
import org.drllava.common.InputException;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers that PyTorch, transformers and peft computed on a small model with seed 1, recomputed. */
@ExtendWith(LeakCheck.class)
class VerificationTest {
    private static final Path NANO = Path.of("test/resources/oracle/nano");
    private static final String[] GROUPS = {"tokenizer", "image", "vision", "prompt", "greedy", "lora", "sft.loss", "sft.grad",
        "ppo", "ppo.grad", "value", "value.grad", "kl", "gae", "adamw", "nf4.codes", "nf4.dequant"};

    @TempDir
    Path temporary;

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "BFLOAT16"})
    void everyGroupLiesWithinItsBound(DType dtype) {
        List<Verdict> told = new ArrayList<>();
        List<Verdict> verdicts = Verification.run(NANO, Device.CPU, dtype, told::add);
        System.out.println(dtype + " " + verdicts);
        assertThat(verdicts).extracting(Verdict::group).containsExactly(GROUPS);
        assertThat(verdicts).allSatisfy(verdict -> assertThat(verdict.ok()).as(verdict.toString()).isTrue());
        assertThat(told).isEqualTo(verdicts);
    }

    /** A number of each named tensor is changed: exactly the groups that hold them fail, so none passes by looking elsewhere. */
    @ParameterizedTest
    @CsvSource({
        "'vision.projected prompt.logits lora.logits sft.loss sft.grad.model.language_model.layers.1.mlp.down_proj.lora_B ppo.entropies "
                + "ppo.grad.model.language_model.layers.0.self_attn.k_proj.lora_A ppo.value_pred value_head.grad.bias kl.k3 gae.whitened "
                + "adamw.model.language_model.layers.0.self_attn.v_proj.lora_A nf4.dequant', "
                + "'vision prompt lora sft.loss sft.grad ppo ppo.grad value value.grad kl gae adamw nf4.dequant'",
        "'image.2.pixel_values vision.features ppo.policy_loss ppo.value_loss value.grad.model.language_model.layers.0.mlp.up_proj.lora_A "
                + "kl.k1 gae.returns nf4.absmax', 'image vision ppo value value.grad kl gae nf4.codes'"})
    void aWrongNumberFailsItsGroup(String tensors, String groups) throws IOException {
        Path folder = withChanged(Set.of(tensors.split(" ")));
        List<Verdict> verdicts = Verification.run(folder, Device.CPU, DType.FLOAT32, _ -> {});
        assertThat(verdicts).filteredOn(verdict -> !verdict.ok()).extracting(Verdict::group)
                .containsExactlyInAnyOrder(groups.split(" "));
    }

    @Test
    void aFolderWithoutATensorIsRefusedByName() throws IOException {
        Path folder = copy();
        rewrite(folder, tensors -> tensors.removeIf(tensor -> tensor.name().equals("lora.logits")));
        assertThatThrownBy(() -> Verification.run(folder, Device.CPU, DType.FLOAT32, _ -> {}))
                .isInstanceOf(InputException.class).hasMessageContaining("lora.logits");
    }

    @Test
    void aFolderWithoutAReferenceIsRefusedByName() {
        assertThatThrownBy(() -> Verification.run(temporary, Device.CPU, DType.FLOAT32, _ -> {}))
                .isInstanceOf(InputException.class).hasMessageContaining("reference.json");
    }

    /** Whatever is largest in a tensor grows by a tenth, which is far more than any bound; of a picture, everything moves. */
    private Path withChanged(Set<String> names) throws IOException {
        Path folder = copy();
        rewrite(folder, tensors -> tensors.replaceAll(tensor -> {
            if (!names.contains(tensor.name())) {
                return tensor;
            }
            float[] values = tensor.toFloats();
            float largest = (float) Verdict.magnitude(values);
            for (int i = 0; i < values.length; i++) {
                values[i] += Math.abs(values[i]) == largest || tensor.name().startsWith("image.") ? 0.1f * largest : 0;
            }
            return StoredTensor.of(tensor.name(), values, tensor.shape());
        }));
        return folder;
    }

    private interface Change {
        void apply(List<StoredTensor> tensors);
    }

    private static void rewrite(Path folder, Change change) {
        Path file = folder.resolve("reference.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            List<StoredTensor> tensors = new ArrayList<>(SafetensorsFile.open(file, arena).tensors().values());
            change.apply(tensors);
            SafetensorsWriter.write(file, SafetensorsWriter.PYTORCH, tensors);
        }
    }

    private Path copy() throws IOException {
        Path folder = temporary.resolve("reference");
        try (var files = Files.walk(NANO)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(NANO.relativize(file).toString()));
            }
        }
        return folder;
    }
}
