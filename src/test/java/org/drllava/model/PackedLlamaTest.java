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
import org.drllava.tensor.DType;
import org.drllava.tensor.Descent;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.Loss;
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
    /** An adapter that is added to the weights of models as narrow as these are, and one that is too thin for that. */
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(3, 6);
    private static final LoraAdapter.Settings THIN = new LoraAdapter.Settings(1, 2);

    private final SplittableRandom random = new SplittableRandom(7);
    private TensorScope scope;
    private Autograd.Guard off;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        off = Autograd.off();
        assumeThat(Kernels.available(Device.CPU)).as(Kernels.description(Device.CPU)).isTrue();
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
        TokenBatch batch = batch(plain);
        Tensor images = TinyModel.images(plain, random, 3);
        says(plain.packed(adapter(plain, LORA)), plain, adapter(plain, LORA), batch, images);
        says(plain.packed(adapter(plain, THIN)), plain, adapter(plain, THIN), batch, images);
        says(plain.prepared(THIN.rank()).packed(adapter(plain, THIN)), plain, adapter(plain, THIN), batch, images);
        says(plain.prepared(THIN.rank()).packed(null), plain, null, batch, images);
    }

    private static void says(LlavaModel packed, LlavaModel plain, LoraAdapter adapter, TokenBatch batch, Tensor images) {
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
        TokenScores scores = TokenScores.of(packed, packed.answerStates(batch, images, null, answers), answers, 0.7);
        TokenScores recorded = TokenScores.of(plain, plain.answerStates(batch, images, adapter, answers), answers, 0.7);
        assertThat(scores.logprobs().toFloats()).containsExactly(recorded.logprobs().toFloats(), within(1e-4f));
        assertThat(scores.entropies().toFloats()).containsExactly(recorded.entropies().toFloats(), within(1e-4f));
    }

    /** What a rollout samples from and what is scored later are the same numbers, not only close ones. */
    @ParameterizedTest
    @ValueSource(ints = {4, 2, 1})
    void decodeTheBitsThatAWholePassGives(int kvHeads) {
        LlavaModel plain = TinyModel.of(TinyModel.config(4, kvHeads), 5);
        LlavaModel model = kvHeads == 2 ? withWeights(plain, DType.BFLOAT16) : plain;
        LlavaModel packed = model.packed(adapter(plain, kvHeads == 1 ? THIN : LORA));
        int[] prompt = TinyModel.prompt(random, plain.config(), 6);
        Tensor image = TinyModel.images(model, random, 1);
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

    /** The way back by hand against autograd's: every gradient of the adapter, for a loss of the states and one of the scores. */
    @ParameterizedTest
    @ValueSource(ints = {4, 2, 1})
    void giveTheGradientsThatAutogradGives(int kvHeads) {
        LlavaModel plain = TinyModel.of(TinyModel.config(4, kvHeads), 3);
        for (LoraAdapter.Settings lora : List.of(LORA, THIN)) {
            for (boolean scores : new boolean[] {false, true}) {
                float[] expected = gradient(plain, lora, scores, false);
                assertClose(gradient(plain, lora, scores, true), expected, 1e-4);
                float[] prepared = gradient(plain.prepared(lora.rank()), lora, scores, true);
                assertClose(prepared, expected, 1e-4);
                assertThat(gradient(plain.recomputing().prepared(lora.rank()), lora, scores, true)).isEqualTo(prepared);
            }
        }
    }

    /** Products of bfloat16: gradients as good as numbers of 8 bits allow, of an adapter that stays float32. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void giveNearlyTheSameGradientsInBfloat16(boolean scores) {
        LlavaModel rounded = withWeights(TinyModel.of(TinyModel.config(4, 2), 3), DType.BFLOAT16);
        float[] expected = gradient(withWeights(rounded, DType.FLOAT32), LORA, scores, false);
        float[] found = gradient(rounded, LORA, scores, true);
        double squares = 0;
        double differences = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += expected[i] * expected[i];
            differences += Math.pow(found[i] - expected[i], 2);
        }
        assertThat(Math.sqrt(differences / squares)).isBetween(1e-5, 0.03);
    }

    private static LlavaModel withWeights(LlavaModel plain, DType dtype) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        ModelShapes.of(plain.config()).keySet().forEach(name -> weights.put(name, Ops.to(plain.weights().get(name), dtype)));
        return new LlavaModel(plain.config(), weights::get, Device.CPU);
    }

    private static void assertClose(float[] found, float[] expected, double bound) {
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isGreaterThan(1e-2);
        assertThat(found).containsExactly(expected, within((float) (bound * largest)));
    }

    /** @param scores whether the loss is of the answers' log-probabilities, else of their states; @param packed which passes */
    private float[] gradient(LlavaModel model, LoraAdapter.Settings lora, boolean scores, boolean packed) {
        SplittableRandom same = new SplittableRandom(11);
        ParameterArena arena = TinyModel.adapter(model.config(), lora, 4);
        TokenBatch batch = batch(model, same);
        AnswerRows answers = answers(batch);
        Tensor features = model.visionFeatures(TinyModel.pixels(same, model.config(), 3));
        off.close();
        ParameterArena.Leaves leaves = arena.leaves();
        Passes passes = packed ? Passes.adapted(model, lora.scale(), arena)
                : Passes.recorded(all -> new Network(model, LoraAdapter.of(all.byName(), lora.scale())));
        Passes.Pass pass = passes.run(batch, features, answers, leaves);
        if (scores) {
            Passes.Top<TokenScores> top = pass.scores(0.8);
            backward(leaves, top.value().logprobs(), top.below(), same);
        } else {
            Passes.Top<Tensor> top = pass.states();
            backward(leaves, top.value(), top.below(), same);
        }
        off = Autograd.off();
        return leaves.gradient().toFloats();
    }

    /** Each element of {@code value} has a random slope. */
    private static void backward(ParameterArena.Leaves leaves, Tensor value, Descent.Below below, SplittableRandom random) {
        float[] direction = new float[(int) value.elements()];
        for (int i = 0; i < direction.length; i++) {
            direction[i] = (float) random.nextGaussian();
        }
        leaves.backward(new Loss(0, value, Tensors.of(Device.CPU, direction, value.shape())), below);
    }

    @Test
    void areNotTrainedThrough() {
        LlavaModel plain = TinyModel.of(TinyModel.CONFIG, 1);
        LlavaModel packed = plain.packed(null);
        TokenBatch batch = TokenBatch.of(List.of(TinyModel.tokens(random, 4)));
        assertThatThrownBy(() -> packed.hidden(batch, null, adapter(plain, LORA))).isInstanceOf(IllegalStateException.class);
    }

    private TokenBatch batch(LlavaModel model) {
        return batch(model, random);
    }

    private static TokenBatch batch(LlavaModel model, SplittableRandom random) {
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

    private static LoraAdapter adapter(LlavaModel model, LoraAdapter.Settings settings) {
        ParameterArena arena = TinyModel.adapter(model.config(), settings, 4);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arena.shapes().keySet().forEach(name -> tensors.put(name, arena.get(name)));
        return LoraAdapter.of(tensors, settings.scale());
    }

    private static org.assertj.core.data.Offset<Float> within(float distance) {
        return org.assertj.core.data.Offset.offset(distance);
    }
}
