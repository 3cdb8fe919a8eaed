package org.drllava.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.drllava.bindings.kernels.KernelException;
import org.drllava.common.InputException;
import org.drllava.tensor.Autograd;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.LeakCheck;
import org.drllava.tensor.Ops;
import org.drllava.tensor.ParameterArena;
import org.drllava.tensor.Sampler;
import org.drllava.tensor.StandInGpu;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.TensorScope;
import org.drllava.tensor.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A decode step as a graph, against the CPU's way of decoding. */
@Tag("stand-in")
@ExtendWith({StandInGpu.class, LeakCheck.class})
class DecodeStepOnStandInTest {
    private static final int STEPS = 12;
    private static final int CAPACITY = 60;
    private static final int WAITING = 1; // this row, every third step

    private final SplittableRandom random = new SplittableRandom(3);
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

    /** Three conversations, one of which often waits, and goes on by several tokens at once in the midst. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 3, 4, 0", "FLOAT32, 1, 2, 0.8", "BFLOAT16, 3, 4, 0.8"})
    void choosesTheTokensThatTheCpuChooses(DType dtype, int rank, int kvHeads, double temperature) {
        LlavaModel model = model(dtype, kvHeads);
        LoraAdapter adapter = adapter(model, rank);
        List<int[]> prompts = List.of(TinyModel.tokens(random, 5), TinyModel.tokens(random, 1), TinyModel.tokens(random, 8));
        var choice = new Sampler.Choice(temperature, 0, 1, Tensors.of(Device.CPU, new int[] {TinyModel.IMAGE}, 1), 5, 6);
        List<Sampler.Chosen> expected = StandInGpu.onCpu(() -> decode(model.packed(adapter), prompts, choice, false));
        List<Sampler.Chosen> found = decode(model.packed(adapter), prompts, choice, true);
        assertThat(found).hasSameSizeAs(expected);
        for (int step = 0; step < found.size(); step++) {
            for (int row = 0; row < 3; row++) {
                if (feeds(step, row)) {
                    assertThat(found.get(step).tokens()[row]).as("step %d, row %d", step, row).isEqualTo(expected.get(step).tokens()[row]);
                    assertThat(found.get(step).logprobs()[row]).isCloseTo(expected.get(step).logprobs()[row],
                            within(dtype == DType.FLOAT32 ? 2e-5f : 2e-2f));
                }
            }
        }
    }

    private static boolean feeds(int step, int row) {
        return row != WAITING || step % 3 == 0;
    }

    /** Tokens and log-probabilities of every step, by row. @param replayed whether by a {@link DecodeStep} */
    private static List<Sampler.Chosen> decode(LlavaModel model, List<int[]> prompts, Sampler.Choice choice, boolean replayed) {
        long[] conversations = {40, 41, 42};
        TokenCache cache = model.newCache(3, CAPACITY);
        model.advance(cache, TokenBatch.of(prompts), null, null);
        int[] next = {3, 4, 5};
        List<Sampler.Chosen> all = new ArrayList<>();
        try (DecodeStep decode = model.decodeStep(cache, choice, conversations)) {
            assertThat(decode != null).isEqualTo(replayed);
            for (int step = 0; step < STEPS; step++) {
                if (step == STEPS / 2) {
                    model.advance(cache, TokenBatch.of(List.of(new int[0], new int[] {7, 8, 9}, new int[0])), null, null);
                }
                int[] fed = new int[3];
                for (int row = 0; row < 3; row++) {
                    fed[row] = feeds(step, row) ? next[row] : DecodeStep.NONE;
                }
                Sampler.Chosen chosen = replayed ? elsewhere(decode, fed) : advance(model, cache, choice, conversations, fed);
                for (int row = 0; row < 3; row++) {
                    next[row] = feeds(step, row) ? (int) chosen.tokens()[row] : next[row];
                }
                all.add(chosen);
            }
            assertThat(!replayed || decode.recorded()).as("one graph for all steps").isTrue();
        }
        return all;
    }

    /** On a thread that has no scope, so that a step which made a tensor would fail. */
    private static Sampler.Chosen elsewhere(DecodeStep decode, int[] fed) {
        return CompletableFuture.supplyAsync(() -> decode.run(fed)).join();
    }

    private static Sampler.Chosen advance(LlavaModel model, TokenCache cache, Sampler.Choice choice, long[] conversations, int[] fed) {
        List<int[]> batch = new ArrayList<>();
        int[] rows = IntStream.range(0, 3).filter(row -> fed[row] != DecodeStep.NONE).toArray();
        for (int token : fed) {
            batch.add(token == DecodeStep.NONE ? new int[0] : new int[] {token});
        }
        Tensor logits = model.logits(model.advance(cache, TokenBatch.of(batch), null, null));
        long[] numbers = IntStream.of(rows).mapToLong(row -> conversations[row]).toArray();
        long[] places = IntStream.of(rows).mapToLong(cache::length).toArray();
        Sampler.Chosen some = Sampler.sample(Columns.of(logits), choice, Tensors.of(Device.CPU, numbers, rows.length),
                Tensors.of(Device.CPU, places, rows.length));
        Sampler.Chosen all = new Sampler.Chosen(new long[3], new float[3]);
        for (int i = 0; i < rows.length; i++) {
            all.tokens()[rows[i]] = some.tokens()[i];
            all.logprobs()[rows[i]] = some.logprobs()[i];
        }
        return all;
    }

    @Test
    void refusesATokenThatThereIsNotAndARowThatIsFull() {
        LlavaModel model = model(DType.FLOAT32, 4).packed(null);
        TokenCache cache = model.newCache(2, 200);
        model.advance(cache, TokenBatch.of(List.of(TinyModel.tokens(random, 127), TinyModel.tokens(random, 2))), null, null);
        try (DecodeStep decode = model.decodeStep(cache, new Sampler.Choice(0, 0, 1, null, 1, 1), new long[2])) {
            decode.run(new int[] {3, 3});
            decode.run(new int[] {DecodeStep.NONE, 3});
            assertThatThrownBy(() -> decode.run(new int[] {3, 3})).isInstanceOf(InputException.class).hasMessageContaining("128 positions");
            assertThatThrownBy(() -> decode.run(new int[] {DecodeStep.NONE, TinyModel.VOCABULARY})).isInstanceOf(KernelException.class)
                    .hasMessage("on the GPU: ids[1] is 43, not in 0 to 42");
        }
    }

    private static LlavaModel model(DType dtype, int kvHeads) {
        LlavaModel plain = TinyModel.of(TinyModel.config(4, kvHeads), 5);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        ModelShapes.of(plain.config()).keySet().forEach(name -> weights.put(name, Ops.to(plain.weights().get(name), dtype)));
        return new LlavaModel(plain.config(), weights::get, Device.CPU);
    }

    private static LoraAdapter adapter(LlavaModel model, int rank) {
        LoraAdapter.Settings settings = new LoraAdapter.Settings(rank, 2 * rank);
        ParameterArena arena = TinyModel.adapter(model.config(), settings, 4);
        return LoraAdapter.of(arena.byName(), settings.scale());
    }
}
