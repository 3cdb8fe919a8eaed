package org.drllava.bindings.libtorch;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperatorCallTest {
    private static final Operator MATMUL = Operator.of("aten::matmul");
    private static final Operator NEG = Operator.of("aten::neg");

    private long live;

    @BeforeEach
    void count() {
        live = NativeTensor.live();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(NativeTensor.live() - live).isZero();
    }

    @Test
    void aFailureNamesTheOperatorItsArgumentsAndWhatLibtorchSays() {
        try (NativeTensor a = floats(1, 2, 3, 4, 5, 6); NativeTensor b = TorchRuntime.empty(new long[] {2, 3}, ScalarTypes.BFLOAT16, 0, 0)) {
            assertThatThrownBy(() -> OperatorCall.of(MATMUL).tensor(a).tensor(b).call())
                    .isInstanceOf(TorchException.class)
                    .hasMessageStartingWith("aten::matmul(float32[6], bfloat16[2, 3]): ")
                    .hasMessageContaining("shapes cannot be multiplied");
        }
    }

    @Test
    void aListIsDescribedElementByElement() {
        try (NativeTensor a = floats(1, 2); NativeTensor b = TorchRuntime.empty(new long[] {2, 0}, ScalarTypes.INT64, 0, 0)) {
            assertThatThrownBy(() -> OperatorCall.of(Operator.of("aten::cat")).tensors(a, b).integer(7).call())
                    .isInstanceOf(TorchException.class)
                    .hasMessageStartingWith("aten::cat([float32[2], int64[2, 0]], 7): ")
                    .hasMessageContaining("Dimension out of range");
        }
    }

    @Test
    void anUnknownOperatorOrOverloadIsNamed() {
        try (NativeTensor a = floats(1)) {
            assertThatThrownBy(() -> OperatorCall.of(Operator.of("aten::no_such", "thing")).tensor(a).call())
                    .isInstanceOf(TorchException.class).hasMessageContaining("aten::no_such.thing(float32[1])");
        }
    }

    @Test
    void aNumberOfTypeScalarIsRefusedRatherThanMisread() {
        try (NativeTensor a = floats(1); NativeTensor b = floats(2)) {
            assertThatThrownBy(() -> OperatorCall.of(Operator.of("aten::add", "Tensor")).tensor(a).tensor(b).integer(1).call())
                    .isInstanceOf(TorchException.class).hasMessageContaining("aten::add.Tensor");
        }
    }

    @Test
    void callsGoOnAfterAFailure() {
        try (NativeTensor a = floats(1, -2)) {
            assertThatThrownBy(() -> OperatorCall.of(Operator.of("aten::cat")).tensors(a, a).integer(3).call()).isInstanceOf(TorchException.class);
            try (NativeTensor negative = OperatorCall.of(NEG).tensor(a).call()) {
                assertThat(values(negative)).containsExactly(-1, 2);
            }
        }
    }

    @Test
    void anOptionalWithAndWithoutAValue() {
        Operator clamp = Operator.of("aten::clamp", "Tensor");
        try (NativeTensor x = floats(-3, 3); NativeTensor low = floats(-1);
                NativeTensor both = OperatorCall.of(clamp).tensor(x).optionalTensor(low).optionalTensor(null).call()) {
            assertThat(values(both)).containsExactly(-1, 3);
        }
    }

    @Test
    void severalResultsComeBackInOrder() {
        try (NativeTensor x = floats(3, 9, 4)) {
            NativeTensor[] results = OperatorCall.of(Operator.of("aten::topk")).tensor(x).integer(2).integer(-1).bool(true).bool(true).call(2);
            try (NativeTensor largest = results[0]; NativeTensor places = results[1]) {
                assertThat(values(largest)).containsExactly(9, 4);
                assertThat(places.scalarType()).isEqualTo(ScalarTypes.INT64);
                assertThat(places.data(16).toArray(JAVA_LONG)).containsExactly(1, 2);
            }
        }
    }

    @Test
    void textNumbersAndListsArrive() {
        InternedString tanh = InternedString.of("tanh");
        try (NativeTensor x = floats(0, 1);
                NativeTensor gelu = OperatorCall.of(Operator.of("aten::gelu")).tensor(x).string(tanh).call();
                NativeTensor norm = OperatorCall.of(Operator.of("aten::rms_norm")).tensor(x).integers(2).none().optionalReal(0.5).call()) {
            assertThat(values(gelu)[1]).isEqualTo(0.841192f, within(1e-5f));
            assertThat(values(norm)[1]).isEqualTo(1f, within(1e-6f));
        }
        assertThat(tanh.length()).isEqualTo(4);
    }

    @Test
    void aClosedTensorIsRefusedAndClosingTwiceIsHarmless() {
        NativeTensor a = floats(1);
        a.close();
        assertThatCode(a::close).doesNotThrowAnyException();
        assertThat(a.isClosed()).isTrue();
        assertThatThrownBy(() -> OperatorCall.of(NEG).tensor(a)).isInstanceOf(IllegalStateException.class).hasMessageContaining("freed");
        assertThatThrownBy(a::shape).isInstanceOf(IllegalStateException.class).hasMessageContaining("freed");
    }

    @Test
    void aDuplicateKeepsTheTensorAlive() {
        NativeTensor a = floats(4, 5);
        NativeTensor second = a.duplicate();
        a.close();
        try (second) {
            assertThat(values(second)).containsExactly(4, 5);
        }
    }

    @Test
    void shapesOfAnyUsualNumberOfDimensions() {
        for (long[] shape : new long[][] {{}, {0}, {1}, {3, 0, 2}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2}}) {
            try (NativeTensor tensor = TorchRuntime.empty(shape, ScalarTypes.FLOAT32, 0, 0)) {
                assertThat(tensor.shape()).isEqualTo(shape);
                assertThat(tensor.isContiguous()).isTrue();
            }
        }
        assertThatThrownBy(() -> TorchRuntime.empty(new long[17], ScalarTypes.FLOAT32, 0, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("17 dimensions");
    }

    @Test
    void aNegativeSizeIsLibtorchsError() {
        assertThatThrownBy(() -> TorchRuntime.empty(new long[] {2, -3}, ScalarTypes.FLOAT32, 0, 0))
                .isInstanceOf(TorchException.class).hasMessageContaining("[2, -3]");
    }

    @Test
    void tooManyArgumentsAreRefused() {
        try (NativeTensor a = floats(1)) {
            OperatorCall call = OperatorCall.of(NEG).tensor(a);
            assertThatThrownBy(() -> {
                for (int i = 0; i < CallFrame.SLOTS; i++) {
                    call.integer(i);
                }
            }).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("aten::neg").hasMessageContaining("32");
        }
    }

    @Test
    void recordingIsAThreadsOwn() throws InterruptedException {
        boolean before = TorchRuntime.gradMode();
        TorchRuntime.setGradMode(false);
        boolean[] other = new boolean[1];
        Thread thread = new Thread(() -> other[0] = TorchRuntime.gradMode());
        thread.start();
        thread.join();
        assertThat(TorchRuntime.gradMode()).isFalse();
        TorchRuntime.setGradMode(before);
        assertThat(other[0]).isTrue();
    }

    private static NativeTensor floats(float... values) {
        NativeTensor tensor = TorchRuntime.empty(new long[] {values.length}, ScalarTypes.FLOAT32, 0, 0);
        MemorySegment.copy(values, 0, tensor.data(4L * values.length), JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    private static float[] values(NativeTensor tensor) {
        return tensor.data(4 * tensor.shape()[0]).toArray(JAVA_FLOAT);
    }
}
