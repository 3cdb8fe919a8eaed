package org.drllava.model;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.drllava.model.LlavaConfig.Text;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.Kernels;
import org.drllava.tensor.KeyValueCache;
import org.drllava.tensor.Layers;
import org.drllava.tensor.Replay;
import org.drllava.tensor.Sampler;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;

/**
 * One token more for each row of a cache, on a GPU: what {@link PackedLlama#forward} does with one token a row, and the choice of
 * the next. All memory is taken beforehand, and tokens and places are read from the GPU's memory, so every step is the same work,
 * recorded once. A row that waits is computed along, at the place behind its last token, which the next token there overwrites.
 */
public final class DecodeStep implements AutoCloseable {
    /** In {@link #run}, for a row that waits. */
    public static final int NONE = -1;

    private final LlavaModel model;
    private final Text config;
    private final PackedLlama decoder;
    private final PackedHead head;
    private final RotaryPositions rotary;
    private final Tensor embeddings;
    private final PackedCache cache;
    private final Sampler.Choice choice;
    private final int rows;

    private final Tensor inputs; // int64 [3, rows]: tokens, their places, and the places of the next ones
    private final Tensor inputsHere;
    private final Tensor tokens;
    private final Tensor places;
    private final Tensor nextPlaces;
    private final Tensor sequences;
    private final Tensor conversations;

    private final Columns hidden;
    private final Columns normed;
    private final JoinedHeads heads;
    private final Columns attended;
    private final Columns gates;
    private final Columns gate;
    private final Columns up;
    private final Tensor low; // of the adapter's updates, as wide as the widest
    private final Columns logits;

    private final Tensor chosen;
    private final Tensor logprobs;
    private final Tensor chosenHere;
    private final Tensor logprobsHere;
    private final Replay replay;

    /**
     * It belongs to the innermost scope.
     *
     * @param embeddings    [vocabulary, hidden]
     * @param conversations a number for each row
     */
    DecodeStep(LlavaModel model, PackedLlama decoder, PackedHead head, RotaryPositions rotary, Tensor embeddings, PackedCache cache,
            Sampler.Choice choice, long[] conversations) {
        this.model = model;
        this.decoder = decoder;
        this.head = head;
        this.rotary = rotary;
        this.embeddings = embeddings;
        this.cache = cache;
        this.choice = choice;
        config = model.config().text();
        rows = conversations.length;
        Device device = model.device();
        inputs = Tensors.zeros(device, DType.INT64, 3L * rows);
        inputsHere = Tensors.zeros(Device.CPU, DType.INT64, 3L * rows);
        tokens = Tensors.alias(inputs, 0, rows);
        places = Tensors.alias(inputs, rows, rows);
        nextPlaces = Tensors.alias(inputs, 2L * rows, rows);
        sequences = Tensors.of(device, LongStream.range(0, rows).toArray(), rows);
        this.conversations = Tensors.of(device, conversations, rows);
        hidden = matrix(config.hiddenSize());
        normed = matrix(config.hiddenSize());
        long width = (long) config.heads() * config.headSize();
        heads = JoinedHeads.of(config, matrix(width + 2L * config.kvHeads() * config.headSize()).matrix());
        attended = matrix(width);
        gates = matrix(2L * config.intermediateSize());
        gate = new Columns(gates.matrix(), 0, config.intermediateSize());
        up = new Columns(gates.matrix(), config.intermediateSize(), config.intermediateSize());
        low = matrix(decoder.blocks().stream().flatMap(DecodeStep::layers).mapToLong(PackedLayer::lowWidth).max().orElse(0)).matrix();
        logits = matrix(config.vocabularySize());
        chosen = Tensors.zeros(device, DType.INT64, rows);
        logprobs = Tensors.zeros(device, DType.FLOAT32, rows);
        chosenHere = Tensors.zeros(Device.CPU, DType.INT64, rows);
        logprobsHere = Tensors.zeros(Device.CPU, DType.FLOAT32, rows);
        replay = new Replay(device, this::compute);
    }

    private static Stream<PackedLayer> layers(PackedLlama.Block block) {
        return Stream.of(block.qkv(), block.o(), block.gateUp(), block.down());
    }

    private Columns matrix(long columns) {
        return Columns.of(Tensors.zeros(model.device(), DType.FLOAT32, rows, columns));
    }

    /**
     * Feeds tokens and chooses the next ones; the cache grows by them.
     *
     * @param fed [rows], {@link #NONE} for a row that waits
     * @return a token and its log-probability for each row; those of rows that wait mean nothing
     */
    public Sampler.Chosen run(int[] fed) {
        int[] lengths = cache.lengths().all();
        int[] added = new int[rows];
        int last = Math.min(cache.lengths().capacity(), model.maxPositions()) - 1;
        for (int row = 0; row < rows; row++) {
            boolean waits = fed[row] == NONE;
            added[row] = waits ? 0 : 1;
            model.requirePositions(lengths[row] + added[row]);
            // A row that fills its place entirely never goes on, so its last place may be spoilt.
            int place = waits ? Math.min(lengths[row], last) : lengths[row];
            put(row, waits ? 0 : fed[row]);
            put(rows + row, place);
            put(2 * rows + row, place + 1L);
        }
        cache.lengths().grow(added);
        Kernels.copy(inputsHere, inputs);
        replay.run();
        Kernels.copy(chosen, chosenHere);
        Kernels.copy(logprobs, logprobsHere);
        return new Sampler.Chosen(chosenHere.toLongs(), logprobsHere.toFloats());
    }

    private void put(int at, long value) {
        inputsHere.segment().setAtIndex(JAVA_LONG, at, value);
    }

    private void compute() {
        Layers.embedding(hidden, embeddings, tokens);
        for (int number = 0; number < decoder.blocks().size(); number++) {
            compute(decoder.blocks().get(number), cache.layer(number));
        }
        Layers.rmsNorm(normed, hidden, decoder.norm(), config.rmsNormEps(), null);
        head.logits(logits, normed);
        Sampler.sample(chosen, logprobs, logits, choice, conversations, nextPlaces);
    }

    private void compute(PackedLlama.Block block, KeyValueCache keysAndValues) {
        Layers.rmsNorm(normed, hidden, block.inputNorm(), config.rmsNormEps(), null);
        block.qkv().forward(Columns.of(heads.queries().matrix()), normed, null, low);
        rotary.turn(heads.turned(), places, false);
        keysAndValues.append(heads.keys(), heads.values(), sequences, places);
        keysAndValues.attend(attended, heads.queries(), sequences, places);
        block.o().forward(hidden, attended, hidden, low);
        Layers.rmsNorm(normed, hidden, block.postNorm(), config.rmsNormEps(), null);
        block.gateUp().forward(gates, normed, null, low);
        Layers.swiglu(gate, gate, up);
        block.down().forward(hidden, gate, hidden, low);
    }

    /** Whether steps are replayed and not given call by call, as the first is. */
    public boolean recorded() {
        return replay.recorded();
    }

    @Override
    public void close() {
        replay.close();
    }
}
