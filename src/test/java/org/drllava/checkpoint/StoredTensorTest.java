package org.drllava.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;
import org.drllava.common.InputException;
import org.drllava.tensor.DType;
import org.junit.jupiter.api.Test;

class StoredTensorTest {
    @Test
    void readsEveryDtypeThatPythonWrites() {
        try (var arena = Arena.ofConfined()) {
            var file = SafetensorsFile.open(Fixtures.resource("every-dtype.safetensors"), arena);
            assertThat(file.names()).isEqualTo(
                    Set.of("f32", "bf16", "f16", "f64", "i64", "i32", "u8", "bool", "scalar", "empty"));
            assertThat(file.metadata()).containsEntry("format", "pt").containsEntry("ключ", "значение");

            assertThat(file.require("f32").toFloats()).containsExactly(
                    1.5f, -2.25f, 3e-40f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0.1f);
            assertThat(file.require("f32").shape()).containsExactly(2, 3);
            assertThat(file.require("bf16").toFloats()).containsExactly(1f, -2.5f, 3.140625f);
            assertThat(file.require("f16").toFloats()).containsExactly(1f, -2.5f, 0x1p-24f, 65504f);
            assertThat(file.require("f64").toFloats()).containsExactly(0.1f, Float.POSITIVE_INFINITY, -0.0f);
            assertThat(file.require("i64").toLongs()).containsExactly(-1, 1L << 62);
            assertThat(file.require("i32").toLongs()).containsExactly(Integer.MIN_VALUE, 7);
            assertThat(file.require("u8").toLongs()).containsExactly(0, 200, 255);
            assertThat(file.require("bool").toLongs()).containsExactly(1, 0, 1);
            assertThat(file.require("scalar").toFloats()).containsExactly(42f);
            assertThat(file.require("scalar").shape()).isEmpty();
            assertThat(file.require("empty").toFloats()).isEmpty();
            assertThat(file.require("empty").shape()).containsExactly(0, 3);
        }
    }

    @Test
    void saysWhatItHoldsWhenAskedForTheOtherKind() {
        var floats = StoredTensor.of("w", new float[] {1}, 1);
        var longs = StoredTensor.of("ids", new long[] {1}, 1);
        assertThatThrownBy(floats::toLongs).isInstanceOf(InputException.class).hasMessageContaining("'w': holds F32, expected integers");
        assertThatThrownBy(longs::toFloats).isInstanceOf(InputException.class).hasMessageContaining("'ids': holds I64");
    }

    @Test
    void refusesDataThatDoNotFillTheShape() {
        assertThatThrownBy(() -> StoredTensor.of("w", new float[5], 2, 3))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("takes 24 bytes, not 20");
    }

    @Test
    void itsShapeAndDataCannotBeChangedFromOutside() {
        long[] shape = {2};
        var tensor = StoredTensor.of("w", new float[] {1, 2}, shape);
        shape[0] = 7;
        tensor.shape()[0] = 8;
        assertThat(tensor.shape()).containsExactly(2);
        assertThat(tensor.data().isReadOnly()).isTrue();
    }

    @Test
    void readsDataAtOddAddresses() {
        var header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"b\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[1,9]},"
                + "\"c\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[9,17]}}";
        try (var arena = Arena.ofConfined()) {
            var bytes = Fixtures.safetensors(header, 17);
            var mapped = arena.allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
            var file = SafetensorsFile.read(Path.of("odd"), mapped);
            assertThat(file.require("a").aligned()).isTrue();
            assertThat(file.require("b").aligned()).isFalse();
            assertThat(file.require("b").dtype()).isEqualTo(DType.INT64);
            assertThat(file.require("b").toLongs()).containsExactly(0x0807060504030201L);
            assertThat(file.require("c").toFloats()).containsExactly((float) Double.longBitsToDouble(0x100f0e0d0c0b0a09L));
        }
    }
}
