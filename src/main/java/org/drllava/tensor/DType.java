package org.drllava.tensor;

/** Element types that tensors and checkpoint files may hold, with the name safetensors gives them. */
public enum DType {
    FLOAT32("F32", 4),
    BFLOAT16("BF16", 2),
    FLOAT16("F16", 2),
    FLOAT64("F64", 8),
    INT64("I64", 8),
    INT32("I32", 4),
    UINT8("U8", 1),
    BOOL("BOOL", 1);

    private final String safetensorsName;
    private final int bytes;

    DType(String safetensorsName, int bytes) {
        this.safetensorsName = safetensorsName;
        this.bytes = bytes;
    }

    /** The dtype's name in a safetensors header, for example {@code BF16}. */
    public String safetensorsName() {
        return safetensorsName;
    }

    /** Bytes one element takes. */
    public int bytes() {
        return bytes;
    }
}
