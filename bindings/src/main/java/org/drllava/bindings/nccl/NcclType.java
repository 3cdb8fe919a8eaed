package org.drllava.bindings.nccl;

/** Types of elements, {@code ncclDataType_t}. */
public enum NcclType {
    INT8(0, 1), UINT8(1, 1), INT32(2, 4), INT64(4, 8), FLOAT32(7, 4), FLOAT64(8, 8), BFLOAT16(9, 2);

    final int code;
    private final int bytes;

    NcclType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** Of one element. */
    public int bytes() {
        return bytes;
    }
}
