package org.drllava.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("stand-in")
@ExtendWith({StandInGpu.class, LeakCheck.class})
class ReplayOnStandInTest {
    /** A kernel and a product, each adding to what the run before left. */
    @Test
    void doesItsWorkOnceEachTimeAndNotWhenItIsRecorded() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = Tensors.of(Device.CPU, new float[] {1, 2}, 1, 2), y = Tensors.zeros(Device.CPU, DType.FLOAT32, 1, 2);
            PackedWeight identity = PackedWeight.of(Tensors.of(Device.CPU, new float[] {1, 0, 0, 1}, 2, 2), DType.FLOAT32);
            Tensor one = Tensors.zeros(Device.CPU, DType.INT64, 1);
            try (Replay replay = new Replay(Device.CPU, () -> {
                Products.linear(Columns.of(y), Columns.of(x), identity, Columns.of(y), 1);
                Layers.embedding(Columns.of(x), y, one);
            })) {
                for (int run = 0; run < 5; run++) {
                    replay.run();
                }
                assertThat(replay.recorded()).isTrue();
                assertThat(y.toFloats()).containsExactly(16, 32); // doubled each time but the first
                Products.linear(Columns.of(y), Columns.of(x), identity, null, 1); // what is not replayed is done at once again
                assertThat(y.toFloats()).containsExactly(16, 32);
            }
        }
    }

    @Test
    void isDoneCallByCallWhereItCannotBeRecordedAndSaysSoOnce() {
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true));
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = Tensors.of(Device.CPU, new float[] {3, 4}, 2);
            double[] sum = new double[1];
            for (int i = 0; i < 2; i++) {
                // A norm is read here, which a graph cannot keep.
                try (Replay replay = new Replay(Device.CPU, () -> sum[0] += Training.squaredNorms(x, 2)[0])) {
                    for (int run = 0; run < 4; run++) {
                        replay.run();
                    }
                    assertThat(replay.recorded()).isFalse();
                }
            }
            assertThat(sum[0]).isEqualTo(8 * 25);
        } finally {
            System.setErr(before);
        }
        assertThat(told.toString().lines()).singleElement().asString().contains("call by call").contains("cudaErrorStreamCaptureUnsupported");
    }
}
