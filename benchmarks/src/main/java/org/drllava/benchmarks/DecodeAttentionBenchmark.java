package org.drllava.benchmarks;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.drllava.tensor.Columns;
import org.drllava.tensor.DType;
import org.drllava.tensor.Device;
import org.drllava.tensor.KeyValueCache;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Attention of a decode step, 8 heads of 64 elements: a token of each conversation is appended to the cache and looks at all
 * that stands there. Conversations are half to all of {@code tokens} long; ATen masks what the shorter ones lack.
 */
public class DecodeAttentionBenchmark extends TensorBenchmark {
    private static final int HEADS = 8;
    private static final int HEAD = 64;
    private static final int WIDTH = HEADS * HEAD;

    @Param({"1", "16", "128"})
    private int batch;

    @Param("325")
    private int tokens;

    private Tensor q;
    private Tensor k;
    private Tensor v;
    private Tensor out;
    private Tensor sequences;
    private Tensor positions;
    private KeyValueCache cache;
    private Tensor keys;
    private Tensor values;
    private Tensor places;
    private Tensor mask;

    @Override
    void prepare() {
        q = normal(batch, WIDTH);
        k = normal(batch, WIDTH);
        v = normal(batch, WIDTH);
        out = empty(batch, WIDTH);
        int[] last = IntStream.range(0, batch).map(row -> tokens - 1 - row * (tokens / 2) / batch).toArray();
        sequences = Tensors.of(Device.CPU, IntStream.range(0, batch).toArray(), batch);
        positions = Tensors.of(Device.CPU, last, batch);
        fillCache();
        keys = normal(batch * tokens, WIDTH);
        values = normal(batch * tokens, WIDTH);
        places = Tensors.of(Device.CPU, IntStream.range(0, batch).map(row -> row * tokens + last[row]).toArray(), batch);
        byte[] seen = new byte[batch * tokens];
        for (int row = 0; row < batch; row++) {
            Arrays.fill(seen, row * tokens, row * tokens + last[row] + 1, (byte) 1);
        }
        mask = Tensors.ofBooleans(Device.CPU, seen, batch, 1, 1, tokens);
    }

    private void fillCache() {
        cache = new KeyValueCache(Device.CPU, batch, tokens, HEADS, HEAD, DType.FLOAT32);
        int rows = batch * tokens;
        Tensor everywhere = Tensors.of(Device.CPU, IntStream.range(0, rows).map(i -> i / tokens).toArray(), rows);
        Tensor always = Tensors.of(Device.CPU, IntStream.range(0, rows).map(i -> i % tokens).toArray(), rows);
        cache.append(Columns.of(normal(rows, WIDTH)), Columns.of(normal(rows, WIDTH)), everywhere, always);
    }

    @Benchmark
    public void kernel() {
        cache.append(Columns.of(k), Columns.of(v), sequences, positions);
        cache.attend(Columns.of(out), Columns.of(q), sequences, positions);
    }

    @Benchmark
    public void aten() {
        run(() -> {
            Ops.indexCopyInPlace(keys, 0, places, k);
            Ops.indexCopyInPlace(values, 0, places, v);
            Ops.attention(Ops.view(q, batch, HEADS, 1, HEAD), byHead(keys), byHead(values), mask, false);
        });
    }

    private Tensor byHead(Tensor cached) {
        return Ops.permute(Ops.view(cached, batch, tokens, HEADS, HEAD), 0, 2, 1, 3);
    }
}
