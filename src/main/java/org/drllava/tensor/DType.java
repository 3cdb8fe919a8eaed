package org.drllava.tensor;

import org.drllava.bindings.libtorch.ScalarTypes;

/** Element types that tensors and checkpoint files may hold, with the name safetensors gives them. */
public enum DType {
    FLOAT32("F32", 4, ScalarTypes.FLOAT32),
    BFLOAT16("BF16", 2, ScalarTypes.BFLOAT16),
    FLOAT16("F16", 2, ScalarTypes.FLOAT16),
    FLOAT64("F64", 8, ScalarTypes.FLOAT64),
    INT64("I64", 8, ScalarTypes.INT64),
    INT32("I32", 4, ScalarTypes.INT32),
    UINT8("U8", 1, ScalarTypes.UINT8),
    BOOL("BOOL", 1, ScalarTypes.BOOL);

    private final String safetensorsName;
    private final int bytes;
    private final int scalarType;

    DType(String safetensorsName, int bytes, int scalarType) {
        this.safetensorsName = safetensorsName;
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** The dtype's name in a safetensors header, for example {@code BF16}. */
    public String safetensorsName() {
        return safetensorsName;
    }

    /** Bytes one element takes. */
    public int bytes() {
        return bytes;
    }

    int scalarType() {
        return scalarType;
    }

    static DType ofScalarType(int scalarType) {
        for (DType dtype : values()) {
            if (dtype.scalarType == scalarType) {
                return dtype;
            }
        }
        throw new IllegalArgumentException("no dtype here for libtorch's " + ScalarTypes.name(scalarType));
    }
}
