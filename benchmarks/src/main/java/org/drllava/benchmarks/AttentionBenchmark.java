package org.drllava.benchmarks;

import java.util.stream.IntStream;
import org.drllava.tensor.Attention;
import org.drllava.tensor.Attention.Packed;
import org.drllava.tensor.Columns;
import org.drllava.tensor.Device;
import org.drllava.tensor.Ops;
import org.drllava.tensor.Tensor;
import org.drllava.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Causal attention of whole sequences, 8 heads of 64 elements. All are equally long, which suits ATen: it need not pad. */
public class AttentionBenchmark extends TensorBenchmark {
    private static final int HEADS = 8;
    private static final int HEAD = 64;
    private static final int WIDTH = HEADS * HEAD;

    @Param({"1", "4"})
    private int sequences;

    @Param({"64", "325", "1024"})
    private int tokens;

    private Packed packed;
    private Tensor q;
    private Tensor k;
    private Tensor v;
    private Tensor[] leaves;
    private Tensor out;
    private Tensor dout;
    private Tensor logsumexp;
    private Tensor dq;
    private Tensor dk;
    private Tensor dv;

    @Override
    void prepare() {
        int rows = sequences * tokens;
        packed = Packed.all(Tensors.of(Device.CPU, IntStream.rangeClosed(0, sequences).map(s -> s * tokens).toArray(), sequences + 1));
        q = normal(rows, WIDTH);
        k = normal(rows, WIDTH);
        v = normal(rows, WIDTH);
        leaves = new Tensor[] {leaf(normal(rows, WIDTH)), leaf(normal(rows, WIDTH)), leaf(normal(rows, WIDTH))};
        out = empty(rows, WIDTH);
        dout = normal(rows, WIDTH);
        logsumexp = empty(rows, HEADS);
        dq = empty(rows, WIDTH);
        dk = empty(rows, WIDTH);
        dv = empty(rows, WIDTH);
    }

    @Benchmark
    public void kernel() {
        Attention.forward(Columns.of(out), null, Columns.of(q), Columns.of(k), Columns.of(v), packed, HEAD);
    }

    @Benchmark
    public void aten() {
        run(() -> attend(q, k, v));
    }

    @Benchmark
    public void kernelGradient() {
        Attention.forward(Columns.of(out), logsumexp, Columns.of(q), Columns.of(k), Columns.of(v), packed, HEAD);
        Attention.backward(Columns.of(dq), Columns.of(dk), Columns.of(dv), Columns.of(dout), Columns.of(out), logsumexp, Columns.of(q),
                Columns.of(k), Columns.of(v), packed, HEAD);
    }

    @Benchmark
    public void atenGradient() {
        thereAndBack(dout, () -> attend(leaves[0], leaves[1], leaves[2]), leaves);
    }

    private Tensor attend(Tensor q, Tensor k, Tensor v) {
        Tensor heads = Ops.attention(byHead(q), byHead(k), byHead(v), null, true);
        return Ops.reshape(Ops.permute(heads, 0, 2, 1, 3), sequences * tokens, WIDTH);
    }

    private Tensor byHead(Tensor x) {
        return Ops.permute(Ops.view(x, sequences, tokens, HEADS, HEAD), 0, 2, 1, 3);
    }
}
