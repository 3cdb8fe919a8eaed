package org.drllava.checkpoint;

import java.util.Arrays;

/**
 * The two low-rank factors of one module's update, {@code x -> B (A x)}, in any floating-point dtype.
 *
 * @param a [r, in]
 * @param b [out, r]
 */
public record LoraPair(StoredTensor a, StoredTensor b) {
    public LoraPair {
        for (var factor : new StoredTensor[] {a, b}) {
            switch (factor.dtype()) {
                case FLOAT32, BFLOAT16, FLOAT16, FLOAT64 -> { }
                case INT64, INT32, UINT8, BOOL -> throw new IllegalArgumentException(
                        "a LoRA factor is " + factor.dtype().safetensorsName() + ", expected a floating-point dtype");
            }
        }
        var left = a.shape();
        var right = b.shape();
        if (left.length != 2 || right.length != 2 || left[0] != right[1]) {
            throw new IllegalArgumentException("lora_A is %s and lora_B is %s, expected [r, in] and [out, r]"
                    .formatted(Arrays.toString(left), Arrays.toString(right)));
        }
    }

    public long rank() {
        return a.shape()[0];
    }
}
