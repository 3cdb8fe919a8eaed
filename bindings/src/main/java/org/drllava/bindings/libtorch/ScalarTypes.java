package org.drllava.bindings.libtorch;

/** libtorch's ScalarType numbers (c10/core/ScalarType.h; they are part of its stable ABI). */
public final class ScalarTypes {
    public static final int UINT8 = 0;
    public static final int INT32 = 3;
    public static final int INT64 = 4;
    public static final int FLOAT16 = 5;
    public static final int FLOAT32 = 6;
    public static final int FLOAT64 = 7;
    public static final int BOOL = 11;
    public static final int BFLOAT16 = 15;

    private ScalarTypes() {}

    /** A name for messages. */
    public static String name(int scalarType) {
        return switch (scalarType) {
            case UINT8 -> "uint8";
            case INT32 -> "int32";
            case INT64 -> "int64";
            case FLOAT16 -> "float16";
            case FLOAT32 -> "float32";
            case FLOAT64 -> "float64";
            case BOOL -> "bool";
            case BFLOAT16 -> "bfloat16";
            default -> "scalar type " + scalarType;
        };
    }
}
