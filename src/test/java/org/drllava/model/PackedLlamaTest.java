package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed models against plain ones, and against themselves in other company. */
@ExtendWith(LeakCheck.class)
class PackedLlamaTest {
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(3, 6);

    private final SplittableRandom random = new SplittableRandom(7);
    private TensorScope scope;
    private Autograd.Guard off;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        off = Autograd.off();
        assumeThat(Kernels.available()).as(Kernels.description()).isTrue();
    }

    @AfterEach
    void close() {
        off.close();
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 2, 1})
    void sayWhatThePlainModelSays(int kvHeads) {
        LlavaModel plain = TinyModel.of(TinyModel.config(4, kvHeads), 3);
        LoraAdapter adapter = adapter(plain);
        LlavaModel packed = plain.packed(adapter);
        TokenBatch batch = batch(plain);
        Tensor images = TinyModel.images(plain, random, 3);
        float[] expected = plain.hidden(batch, images, adapter).toFloats();
        float[] found = packed.hidden(batch, images, null).toFloats();
        int width = plain.config().text().hiddenSize();
        for (int row = 0; row < batch.batch(); row++) {
            int start = row * batch.time() * width;
            int end = start + batch.lengths()[row] * width;
            assertThat(Arrays.copyOfRange(found, start, end)).containsExactly(Arrays.copyOfRange(expected, start, end), within(2e-5f));
        }
        AnswerRows answers = answers(batch);
        assertThat(packed.logits(packed.answerStates(batch, images, null, answers)).toFloats()).containsExactly(
                plain.logits(plain.answerStates(batch, images, adapter, answers)).toFloats(), within(1e-4f));
    }

    /** What a rollout samples from and what is scored later are the same numbers, not only close ones. */
    @ParameterizedTest
    @ValueSource(ints = {4, 2, 1})
    void decodeTheBitsThatAWholePassGives(int kvHeads) {
        LlavaModel plain = TinyModel.of(TinyModel.config(4, kvHeads), 5);
        LlavaModel packed = plain.packed(adapter(plain));
        int[] prompt = TinyModel.prompt(random, plain.config(), 6);
        Tensor image = TinyModel.images(plain, random, 1);
        int[] answer = TinyModel.tokens(random, 9);
        TokenCache cache = packed.newCache(2, 60);
        List<float[]> decoded = new ArrayList<>();
        decoded.add(packed.advance(cache, TokenBatch.of(List.of(new int[0], prompt)), image, null).toFloats());
        for (int token : answer) {
            boolean company = decoded.size() % 2 == 0; // the other row comes and goes
            Tensor states = packed.advance(cache, TokenBatch.of(List.of(company ? new int[] {3, 4} : new int[0], new int[] {token})), null, null);
            float[] all = states.toFloats();
            int width = plain.config().text().hiddenSize();
            decoded.add(Arrays.copyOfRange(all, all.length - width, all.length));
        }
        int[] whole = new int[prompt.length + answer.length];
        System.arraycopy(prompt, 0, whole, 0, prompt.length);
        System.arraycopy(answer, 0, whole, prompt.length, answer.length);
        TokenBatch batch = TokenBatch.of(List.of(TinyModel.tokens(random, 17), whole));
        int[] rows = new int[answer.length + 1];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = batch.time() + prompt.length - 1 + i;
        }
        float[] read = packed.answerStates(batch, image, null, new AnswerRows(rows, new int[rows.length])).toFloats();
        int width = plain.config().text().hiddenSize();
        for (int i = 0; i < rows.length; i++) {
            assertThat(decoded.get(i)).as("state %d", i).containsExactly(Arrays.copyOfRange(read, i * width, (i + 1) * width));
        }
    }

    /** The way back by hand against autograd's: every gradient of the adapter, for a loss of the states alone. */
    @ParameterizedTest
    @ValueSource(ints = {4, 2, 1})
    void giveTheGradientsThatAutogradGives(int kvHeads) {
        LlavaModel plain = TinyModel.of(TinyModel.config(4, kvHeads), 3);
        ParameterArena arena = TinyModel.adapter(plain.config(), LORA, 4);
        TokenBatch batch = batch(plain);
        AnswerRows answers = answers(batch);
        Tensor features = plain.visionFeatures(TinyModel.pixels(random, plain.config(), 3));
        float[] direction = new float[answers.count() * plain.config().text().hiddenSize()];
        for (int i = 0; i < direction.length; i++) {
            direction[i] = (float) random.nextGaussian();
        }
        off.close();
        float[] expected = gradient(Passes.recorded(leaves -> new Network(plain, LoraAdapter.of(leaves.byName(), LORA.scale()))), arena, batch,
                features, answers, direction);
        float[] found = gradient(Passes.adapted(plain, LORA.scale(), arena), arena, batch, features, answers, direction);
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isGreaterThan(1e-2);
        assertThat(found).containsExactly(expected, within((float) (1e-4 * largest)));
        off = Autograd.off();
    }

    private static float[] gradient(Passes passes, ParameterArena arena, TokenBatch batch, Tensor features, AnswerRows answers, float[] direction) {
        ParameterArena.Leaves leaves = arena.leaves();
        Passes.Pass pass = passes.run(batch, features, answers, leaves);
        Tensor weights = Tensors.of(Device.CPU, direction, answers.count(), direction.length / answers.count());
        Tensor loss = Ops.sum(Ops.multiply(pass.states(), weights));
        if (pass.below() == null) {
            leaves.backward(loss);
        } else {
            leaves.backward(loss, pass.below().leaf());
            pass.below().backward();
        }
        return leaves.gradient().toFloats();
    }

    @Test
    void areNotTrainedThrough() {
        LlavaModel plain = TinyModel.of(TinyModel.CONFIG, 1);
        LlavaModel packed = plain.packed(null);
        TokenBatch batch = TokenBatch.of(List.of(TinyModel.tokens(random, 4)));
        assertThatThrownBy(() -> packed.hidden(batch, null, adapter(plain))).isInstanceOf(IllegalStateException.class);
    }

    private TokenBatch batch(LlavaModel model) {
        return TokenBatch.of(List.of(TinyModel.prompt(random, model.config(), 5), TinyModel.prompt(random, model.config(), 1),
                TinyModel.prompt(random, model.config(), 11)));
    }

    private static AnswerRows answers(TokenBatch batch) {
        List<boolean[]> learn = new ArrayList<>();
        for (int row = 0; row < batch.batch(); row++) {
            boolean[] flags = new boolean[batch.lengths()[row]];
            Arrays.fill(flags, flags.length - 1, flags.length, true);
            flags[2] = row != 1;
            learn.add(flags);
        }
        return AnswerRows.of(batch, learn);
    }

    private static LoraAdapter adapter(LlavaModel model) {
        ParameterArena arena = TinyModel.adapter(model.config(), LORA, 4);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arena.shapes().keySet().forEach(name -> tensors.put(name, arena.get(name)));
        return LoraAdapter.of(tensors, LORA.scale());
    }

    private static org.assertj.core.data.Offset<Float> within(float distance) {
        return org.assertj.core.data.Offset.offset(distance);
    }
}
