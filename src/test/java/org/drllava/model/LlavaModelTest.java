package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.drllava.common.InputException;
import org.drllava.model.LlavaConfig.Activation;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.model.LlavaConfig.Vision;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of any model, whoever computes it: rows are independent, the cache changes nothing, heads are shared rightly. */
@ExtendWith(LeakCheck.class)
class LlavaModelTest {
    private static final LoraAdapter.Settings LORA = new LoraAdapter.Settings(2, 4);

    private final SplittableRandom random = new SplittableRandom(7);
    private TensorScope scope;
    private Autograd.Guard off;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        off = Autograd.off();
    }

    @AfterEach
    void close() {
        off.close();
        scope.close();
    }

    @Test
    void aRowOfARaggedBatchIsTheRowAlone() {
        LlavaModel model = TinyModel.of(TinyModel.config(4, 2), 1);
        List<int[]> rows = List.of(TinyModel.tokens(random, 1), TinyModel.tokens(random, 9), TinyModel.tokens(random, 4));
        float[][] together = logits(model, rows, null, null);
        for (int row = 0; row < rows.size(); row++) {
            assertNear(together[row], logits(model, List.of(rows.get(row)), null, null)[0], 1e-5);
        }
    }

    @Test
    void eachRowSeesItsOwnImages() {
        LlavaModel model = TinyModel.of(TinyModel.CONFIG, 1);
        Tensor images = TinyModel.images(model, random, 3);
        int[] one = TinyModel.prompt(random, model.config(), 5);
        int[] none = TinyModel.tokens(random, 6);
        int[] two = join(TinyModel.prompt(random, model.config(), 2), TinyModel.prompt(random, model.config(), 3));
        float[][] together = logits(model, List.of(one, none, two), images, null);
        assertNear(together[0], logits(model, List.of(one), Ops.slice(images, 0, 0, 1), null)[0], 1e-5);
        assertNear(together[1], logits(model, List.of(none), null, null)[0], 1e-5);
        assertNear(together[2], logits(model, List.of(two), Ops.slice(images, 0, 1, 3), null)[0], 1e-5);
        assertThat(distance(together[0], logits(model, List.of(one), Ops.slice(images, 0, 1, 2), null)[0]))
                .as("another image gives other logits").isGreaterThan(1e-2);
    }

    @Test
    void laterTokensDoNotReachEarlierOnes() {
        LlavaModel model = TinyModel.of(TinyModel.CONFIG, 1);
        int[] tokens = TinyModel.tokens(random, 8);
        float[] whole = logits(model, List.of(tokens), null, null)[0];
        float[] start = logits(model, List.of(Arrays.copyOf(tokens, 3)), null, null)[0];
        assertNear(Arrays.copyOf(whole, start.length), start, 1e-5);
    }

    /** Three rows over four turns: of different lengths, some waiting, the image in the first turn only. */
    @ParameterizedTest
    @ValueSource(ints = {4, 2, 1})
    void turnsOnACacheAreTheWholeSequence(int kvHeads) {
        LlavaModel model = TinyModel.of(TinyModel.config(4, kvHeads), 3);
        LoraAdapter adapter = adapter(TinyModel.adapter(model.config(), LORA, 4));
        Tensor images = TinyModel.images(model, random, 3);
        int[][] added = {{2, 0, 5}, {1, 3, 0}, {0, 1, 0}, {4, 1, 1}};
        List<int[]> whole = new ArrayList<>();
        List<int[]> turn = new ArrayList<>();
        for (int row = 0; row < 3; row++) {
            turn.add(TinyModel.prompt(random, model.config(), added[0][row]));
            whole.add(turn.get(row));
        }
        List<float[]> cached = new ArrayList<>(List.of(new float[0], new float[0], new float[0]));
        TokenCache cache = model.newCache(3, 40);
        for (int t = 0; t < added.length; t++) {
            if (t > 0) {
                turn.clear();
                for (int row = 0; row < 3; row++) {
                    turn.add(TinyModel.tokens(random, added[t][row]));
                    whole.set(row, join(whole.get(row), turn.get(row)));
                }
            }
            TokenBatch batch = TokenBatch.of(turn);
            float[][] rows = perRow(batch, model.logits(model.extend(cache, batch, t == 0 ? images : null, adapter)));
            for (int row = 0; row < 3; row++) {
                cached.set(row, join(cached.get(row), rows[row]));
                assertThat(cache.length(row)).isEqualTo(whole.get(row).length);
            }
        }
        float[][] expected = logits(model, whole, images, adapter);
        for (int row = 0; row < 3; row++) {
            assertNear(cached.get(row), expected[row], 1e-5);
        }
    }

    @Test
    void aCacheThatIsFullSaysSo() {
        LlavaModel model = TinyModel.of(TinyModel.CONFIG, 1);
        TokenCache cache = model.newCache(2, 4);
        model.extend(cache, TokenBatch.of(List.of(TinyModel.tokens(random, 4), TinyModel.tokens(random, 1))), null, null);
        TokenBatch more = TokenBatch.of(List.of(TinyModel.tokens(random, 1), TinyModel.tokens(random, 1)));
        assertThatThrownBy(() -> model.extend(cache, more, null, null)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("row 0").hasMessageContaining("5 tokens").hasMessageContaining("4");
        assertThat(cache.length(1)).as("nothing was appended").isEqualTo(1);
    }

    @Test
    void sharedKeyHeadsAreRepeatedOnes() {
        LlavaConfig grouped = TinyModel.config(4, 2);
        Map<String, float[]> weights = TinyModel.weights(grouped, 5);
        Map<String, float[]> repeated = new LinkedHashMap<>(weights);
        weights.forEach((name, values) -> {
            if (name.endsWith("k_proj.weight") && name.contains("language") || name.endsWith("v_proj.weight") && name.contains("language")) {
                int head = grouped.text().headSize() * grouped.text().hiddenSize();
                float[] wide = new float[4 * head];
                for (int h = 0; h < 4; h++) {
                    System.arraycopy(values, h / 2 * head, wide, h * head, head);
                }
                repeated.put(name, wide);
            }
        });
        List<int[]> rows = List.of(TinyModel.tokens(random, 9), TinyModel.tokens(random, 3));
        float[][] shared = logits(TinyModel.of(grouped, weights, DType.FLOAT32), rows, null, null);
        float[][] separate = logits(TinyModel.of(TinyModel.CONFIG, repeated, DType.FLOAT32), rows, null, null);
        assertNear(shared[0], separate[0], 1e-5);
        assertNear(shared[1], separate[1], 1e-5);
    }

    /** On models wide enough that layers are not joined, and on narrow ones through {@link Network#adapted}. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 24", "FLOAT32, 264", "BFLOAT16, 24", "BFLOAT16, 264"})
    void anAdapterWhoseBIsZeroChangesNoBit(DType dtype, int width) {
        LlavaModel model = TinyModel.of(wide(width), TinyModel.weights(wide(width), 6), dtype);
        ParameterArena arena = TinyModel.adapter(model.config(), LORA, 1);
        arena.shapes().keySet().stream().filter(name -> name.endsWith(".lora_B")).forEach(name -> Tensors.zero(arena.get(name)));
        TokenBatch batch = TokenBatch.of(List.of(TinyModel.tokens(random, 7), TinyModel.tokens(random, 2)));
        Network adapted = Network.adapted(model, adapter(arena));
        assertThat(adapted.model().hidden(batch, null, adapted.adapter()).toFloats()).isEqualTo(model.hidden(batch, null, null).toFloats());
    }

    /** The two ways to run an adapter on a narrow model: added to the weights, or beside them. */
    @Test
    void mergedOrBesideAnAdapterHasTheSameOutputAndGradients() {
        LlavaModel model = TinyModel.of(TinyModel.config(4, 2), 6);
        ParameterArena arena = TinyModel.adapter(model.config(), LORA, 1);
        var merged = arena.leaves();
        var beside = arena.leaves();
        TokenBatch batch = TokenBatch.of(List.of(TinyModel.tokens(random, 7), TinyModel.tokens(random, 3)));
        off.close();
        Network adapted = Network.adapted(model, LoraAdapter.of(merged.byName(), LORA.scale()));
        assertThat(adapted.adapter()).as("24 wide and of rank 2: merged").isNull();
        Tensor one = model.withWeights(adapted.model().weights()).hidden(batch, null, null);
        Tensor other = model.hidden(batch, null, LoraAdapter.of(beside.byName(), LORA.scale()));
        assertNear(one.toFloats(), other.toFloats(), 1e-5);
        merged.backward(Ops.sum(Ops.multiply(one, one)));
        beside.backward(Ops.sum(Ops.multiply(other, other)));
        float[] expected = beside.gradient().toFloats();
        double largest = distance(expected, new float[expected.length]);
        assertNear(merged.gradient().toFloats(), expected, 1e-5 * largest);
        off = Autograd.off();
    }

    /** W x + s B (A x) = (W + s B A) x on every one of the seven layers of a block. */
    @ParameterizedTest
    @EnumSource(LlamaModule.class)
    void anAdapterIsItsProductAddedToTheWeights(LlamaModule module) {
        Map<String, float[]> weights = TinyModel.weights(TinyModel.CONFIG, 8);
        ParameterArena arena = TinyModel.adapter(TinyModel.CONFIG, LORA, 9);
        String name = LoraAdapter.moduleName(1, module);
        Map<String, Tensor> only = Map.of(name + ".lora_A", arena.get(name + ".lora_A"), name + ".lora_B", arena.get(name + ".lora_B"));
        Map<String, float[]> merged = new LinkedHashMap<>(weights);
        String weight = name.substring("model.".length()) + ".weight";
        Tensor w = Tensors.of(Device.CPU, weights.get(weight), ModelShapes.of(TinyModel.CONFIG).get(weight));
        merged.put(weight, Ops.add(w, Ops.multiply(Ops.matmul(only.get(name + ".lora_B"), only.get(name + ".lora_A")), LORA.scale())).toFloats());
        List<int[]> rows = List.of(TinyModel.tokens(random, 6));
        float[] base = logits(TinyModel.of(TinyModel.CONFIG, weights, DType.FLOAT32), rows, null, null)[0];
        float[] adapted = logits(TinyModel.of(TinyModel.CONFIG, weights, DType.FLOAT32), rows, null, LoraAdapter.of(only, LORA.scale()))[0];
        assertNear(adapted, logits(TinyModel.of(TinyModel.CONFIG, merged, DType.FLOAT32), rows, null, null)[0], 1e-5);
        assertThat(distance(adapted, base)).isGreaterThan(1e-4);
    }

    @Test
    void positionsMatter() {
        LlavaModel model = TinyModel.of(TinyModel.CONFIG, 1);
        float[] one = logits(model, List.of(new int[] {1, 5, 6, 9}), null, null)[0];
        float[] other = logits(model, List.of(new int[] {1, 6, 5, 9}), null, null)[0];
        int last = 3 * TinyModel.VOCABULARY;
        assertThat(distance(Arrays.copyOfRange(one, last, one.length), Arrays.copyOfRange(other, last, other.length))).isGreaterThan(1e-3);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void picturesOfABatchAreIndependent(Activation activation) {
        Vision v = TinyModel.CONFIG.vision();
        LlavaConfig config = new LlavaConfig(new Vision(v.hiddenSize(), v.intermediateSize(), v.layers(), v.heads(), v.imageSize(), v.patchSize(),
                v.layerNormEps(), activation), TinyModel.CONFIG.projector(), TinyModel.CONFIG.text(), TinyModel.IMAGE, -1, false);
        LlavaModel model = TinyModel.of(config, 2);
        Tensor pixels = pixels(3);
        Tensor together = model.visionFeatures(pixels);
        assertThat(together.shape()).containsExactly(3, config.imageFeatures(), 12);
        for (int i = 0; i < 3; i++) {
            assertNear(Ops.slice(together, 0, i, i + 1).toFloats(), model.visionFeatures(Ops.slice(pixels, 0, i, i + 1)).toFloats(), 1e-5);
        }
        assertThat(model.visionFeatures(pixels(0)).shape()).containsExactly(0, config.imageFeatures(), 12);
    }

    @Test
    void theClassTokenIsTheFirstFeature() {
        LlavaConfig full = new LlavaConfig(TinyModel.CONFIG.vision(), TinyModel.CONFIG.projector(), TinyModel.CONFIG.text(), TinyModel.IMAGE, -2, false);
        Tensor pixels = pixels(2);
        Tensor all = TinyModel.of(full, 3).visionFeatures(pixels);
        Tensor patches = TinyModel.of(TinyModel.CONFIG, 3).visionFeatures(pixels);
        assertThat(Ops.slice(all, 1, 1, 5).toFloats()).isEqualTo(patches.toFloats());
    }

    @Test
    void imagesAndTheirPlacesMustMatch() {
        LlavaModel model = TinyModel.of(TinyModel.CONFIG, 1);
        Tensor one = TinyModel.images(model, random, 1);
        TokenBatch two = TokenBatch.of(List.of(TinyModel.prompt(random, model.config(), 1), TinyModel.prompt(random, model.config(), 1)));
        assertThatThrownBy(() -> model.hidden(two, one, null)).isInstanceOf(InputException.class)
                .hasMessageContaining("8 image tokens").hasMessageContaining("4 features");
        assertThatThrownBy(() -> model.hidden(two, null, null)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> model.hidden(TokenBatch.of(List.of(new int[] {1, 5})), one, null)).isInstanceOf(InputException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, TinyModel.VOCABULARY, Integer.MAX_VALUE})
    void aTokenOutsideTheVocabularyIsNamed(int token) {
        LlavaModel model = TinyModel.of(TinyModel.CONFIG, 1);
        assertThatThrownBy(() -> model.hidden(TokenBatch.of(List.of(new int[] {1, token})), null, null))
                .isInstanceOf(InputException.class).hasMessageContaining("token " + token).hasMessageContaining("43");
    }

    @Test
    void aSequenceLongerThanTheModelsPositionsIsRefusedOnBothPaths() {
        LlavaModel model = TinyModel.of(TinyModel.CONFIG, 1);
        assertThat(model.maxPositions()).isEqualTo(128);
        TokenBatch longest = TokenBatch.of(List.of(TinyModel.tokens(random, 128)));
        assertThat(model.hidden(longest, null, null).size(0)).isEqualTo(128);
        TokenBatch longer = TokenBatch.of(List.of(TinyModel.tokens(random, 129)));
        assertThatThrownBy(() -> model.hidden(longer, null, null)).isInstanceOf(InputException.class)
                .hasMessageContaining("129").hasMessageContaining("128");
        TokenCache cache = model.newCache(1, 200);
        model.extend(cache, longest, null, null);
        assertThatThrownBy(() -> model.extend(cache, TokenBatch.of(List.of(new int[] {5})), null, null))
                .isInstanceOf(InputException.class).hasMessageContaining("129").hasMessageContaining("128");
    }

    /** The original LLaVA's image token lies outside the vocabulary: it is replaced, never looked up. */
    @Test
    void anImageTokenOutsideTheVocabulary() {
        LlavaConfig c = TinyModel.CONFIG;
        LlavaConfig outside = new LlavaConfig(c.vision(), c.projector(), c.text(), TinyModel.VOCABULARY, c.visionFeatureLayer(), c.dropClassToken());
        Map<String, float[]> weights = TinyModel.weights(c, 1);
        LlavaModel inside = TinyModel.of(c, weights, DType.FLOAT32);
        LlavaModel original = TinyModel.of(outside, weights, DType.FLOAT32);
        Tensor images = TinyModel.images(inside, random, 1);
        int[] text = TinyModel.tokens(random, 3);
        int[] with = join(new int[] {1, TinyModel.IMAGE, TinyModel.IMAGE, TinyModel.IMAGE, TinyModel.IMAGE}, text);
        int[] without = join(new int[] {1, 43, 43, 43, 43}, text);
        assertThat(logits(original, List.of(without), images, null)[0]).isEqualTo(logits(inside, List.of(with), images, null)[0]);
    }

    private static LlavaConfig wide(int width) {
        LlavaConfig c = TinyModel.CONFIG;
        Text t = c.text();
        return new LlavaConfig(c.vision(), c.projector(), new Text(width, t.intermediateSize(), t.layers(), t.heads(), t.kvHeads(), t.headSize(),
                t.vocabularySize(), t.rmsNormEps(), t.ropeTheta(), t.tiedEmbeddings(), t.maxPositions()), c.imageTokenId(), c.visionFeatureLayer(),
                c.dropClassToken());
    }

    // Pieces -----------------------------------------------------------------------------------------------------------

    private static LoraAdapter adapter(ParameterArena arena) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arena.shapes().keySet().forEach(name -> tensors.put(name, arena.get(name)));
        return LoraAdapter.of(tensors, LORA.scale());
    }

    private Tensor pixels(int count) {
        float[] values = new float[count * 3 * 8 * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensors.of(Device.CPU, values, count, 3, 8, 8);
    }

    private static float[][] logits(LlavaModel model, List<int[]> rows, Tensor images, LoraAdapter adapter) {
        TokenBatch batch = TokenBatch.of(rows);
        return perRow(batch, model.logits(model.hidden(batch, images, adapter)));
    }

    /** The scores of each row's real tokens. */
    private static float[][] perRow(TokenBatch batch, Tensor logits) {
        float[] all = logits.toFloats();
        float[][] rows = new float[batch.batch()][];
        for (int row = 0; row < rows.length; row++) {
            int start = row * batch.time() * TinyModel.VOCABULARY;
            rows[row] = Arrays.copyOfRange(all, start, start + batch.lengths()[row] * TinyModel.VOCABULARY);
        }
        return rows;
    }

    private static int[] join(int[] a, int[] b) {
        int[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static float[] join(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static double distance(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
        }
        return largest;
    }

    private static void assertNear(float[] computed, float[] expected, double bound) {
        double distance = distance(computed, expected);
        if (!(distance <= bound)) {
            throw new AssertionError("largest difference is " + distance + ", more than " + bound);
        }
    }
}
