package org.drllava.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.drllava.common.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class TensorTest {
    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void valuesGoInAndComeOut() {
        Tensor floats = Tensors.of(Device.CPU, new float[] {1, -2.5f, 3, 0, -0f, 6}, 2, 3);
        assertThat(floats.toFloats()).containsExactly(1, -2.5f, 3, 0, -0f, 6);
        assertThat(floats).hasToString("FLOAT32[2, 3]");
        assertThat(floats.shape()).containsExactly(2, 3);
        assertThat(floats.size(0)).isEqualTo(2);
        assertThat(floats.size(-1)).isEqualTo(3);
        assertThat(floats.dimensions()).isEqualTo(2);
        assertThat(floats.device()).isEqualTo(Device.CPU);
        assertThat(Tensors.of(Device.CPU, new long[] {Long.MAX_VALUE, -1}, 2).toLongs()).containsExactly(Long.MAX_VALUE, -1);
        assertThat(Tensors.of(Device.CPU, new int[] {7, -8}, 1, 2).toLongs()).containsExactly(7, -8);
        assertThat(Tensors.ofBooleans(Device.CPU, new byte[] {0, 1, 1}, 3).toLongs()).containsExactly(0, 1, 1);
        assertThat(Tensors.scalar(1.5).item()).isEqualTo(1.5f);
        assertThat(Tensors.scalar(1.5).shape()).isEmpty();
    }

    @Test
    void anEmptyTensorHasNoValues() {
        Tensor empty = Tensors.of(Device.CPU, new float[0], 3, 0);
        assertThat(empty.elements()).isZero();
        assertThat(empty.toFloats()).isEmpty();
        assertThat(empty.segment().byteSize()).isZero();
        assertThat(Tensors.zeros(Device.CPU, DType.INT64, 0).toLongs()).isEmpty();
    }

    @Test
    void theNumberOfValuesMustFillTheShape() {
        assertThatThrownBy(() -> Tensors.of(Device.CPU, new float[5], 2, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 values do not fill shape [2, 3]");
        assertThatThrownBy(() -> Tensors.of(Device.CPU, new long[1], -1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[-1]");
        Tensor three = Tensors.zeros(Device.CPU, DType.FLOAT32, 3);
        assertThatThrownBy(() -> three.set(new float[2])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> three.set(new float[4])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(three::item).isInstanceOf(IllegalStateException.class).hasMessageContaining("FLOAT32[3]");
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "BFLOAT16", "FLOAT16", "FLOAT64"})
    void setWritesThroughAnyFloatingDtypeAndAnyMemoryOrder(DType dtype) {
        Tensor x = Tensors.zeros(Device.CPU, dtype, 2, 3);
        Ops.transpose(x, 0, 1).set(new float[] {1, 2, 3, 4, 5, 6});
        assertThat(x.dtype()).isEqualTo(dtype);
        assertThat(x.toFloats()).containsExactly(1, 3, 5, 2, 4, 6);
    }

    @Test
    void onlyContiguousCpuMemoryIsASegment() {
        Tensor x = Tensors.of(Device.CPU, new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertThat(x.segment().byteSize()).isEqualTo(24);
        assertThat(x.segment().toArray(JAVA_FLOAT)).containsExactly(1, 2, 3, 4, 5, 6);
        Tensor turned = Ops.transpose(x, 0, 1);
        assertThatThrownBy(turned::segment).isInstanceOf(IllegalStateException.class).hasMessageContaining("not contiguous");
        assertThat(turned.toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void wrappedMemoryIsSharedNotCopied() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocateFrom(JAVA_FLOAT, 1, 2, 3, 4);
            Tensor x = Tensors.wrap(memory, DType.FLOAT32, 2, 2);
            memory.setAtIndex(JAVA_FLOAT, 3, 40);
            assertThat(x.toFloats()).containsExactly(1, 2, 3, 40);
            assertThatThrownBy(() -> Tensors.wrap(memory, DType.FLOAT64, 3)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("memory of 16 bytes cannot hold 24");
            assertThatThrownBy(() -> Tensors.wrap(memory, DType.FLOAT32, -2, -2)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Tensors.wrap(memory, DType.FLOAT32, 1L << 62, 4)).isInstanceOf(ArithmeticException.class);
            assertThat(Tensors.wrap(memory, DType.FLOAT32, 2, 0).toFloats()).isEmpty();
        }
    }

    @Test
    void anAliasSharesPartOfTheMemory() {
        Tensor flat = Tensors.of(Device.CPU, new float[] {0, 1, 2, 3, 4, 5, 6}, 7);
        Tensor part = Tensors.alias(flat, 1, 2, 3);
        Ops.multiplyInPlace(part, Tensors.scalar(10));
        assertThat(flat.toFloats()).containsExactly(0, 10, 20, 30, 40, 50, 60);
        assertThat(Tensors.alias(flat, 7, 0).toFloats()).isEmpty();
        assertThatThrownBy(() -> Tensors.alias(flat, 2, 2, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("elements 2 to 8").hasMessageContaining("FLOAT32[7]");
        assertThatThrownBy(() -> Tensors.alias(flat, -1, 2)).isInstanceOf(IllegalArgumentException.class);
        Tensor everyOther = Ops.transpose(Tensors.zeros(Device.CPU, DType.FLOAT32, 3, 2), 0, 1);
        assertThatThrownBy(() -> Tensors.alias(everyOther, 0, 2)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("contiguous");
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyDtypeIsLibtorchsOfTheSameWidth(DType dtype) {
        Tensor x = Tensors.zeros(Device.CPU, dtype, 5);
        assertThat(x.dtype()).isEqualTo(dtype);
        assertThat(x.segment().toArray(JAVA_BYTE)).hasSize(5 * dtype.bytes()).containsOnly(0);
        assertThat(DType.ofScalarType(dtype.scalarType())).isEqualTo(dtype);
    }

    @Test
    void anUnusedDtypeOfLibtorchIsNamed() {
        assertThatThrownBy(() -> DType.ofScalarType(9)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("9");
    }

    @Test
    void devicesByName() {
        assertThat(Device.parse("cpu")).isEqualTo(Device.CPU).hasToString("cpu");
        assertThat(Device.parse("cuda")).isEqualTo(new Device.Cuda(0)).hasToString("cuda:0");
        assertThat(Device.parse("cuda:12")).isEqualTo(new Device.Cuda(12));
        assertThat(Device.parse("cuda:12").ordinal()).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:1x", "cuda:99999999999"})
    void anUnknownDeviceIsRefused(String name) {
        assertThatThrownBy(() -> Device.parse(name)).isInstanceOf(InputException.class).hasMessageContaining("'" + name + "'");
    }
}
