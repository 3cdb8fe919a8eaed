package org.drllava.model;

import org.drllava.model.LlavaConfig.Text;

/** The linear layers of a decoder block, each of which can carry a LoRA adapter. */
public enum LlamaModule {
    Q("self_attn.q_proj"),
    K("self_attn.k_proj"),
    V("self_attn.v_proj"),
    O("self_attn.o_proj"),
    GATE("mlp.gate_proj"),
    UP("mlp.up_proj"),
    DOWN("mlp.down_proj");

    private final String path;

    LlamaModule(String path) {
        this.path = path;
    }

    /** Path inside the block, as in weight names. */
    public String path() {
        return path;
    }

    /** Last part of the path, as in PEFT's {@code target_modules}. */
    public String shortName() {
        return path.substring(path.indexOf('.') + 1);
    }

    public long inputs(Text t) {
        return switch (this) {
            case Q, K, V, GATE, UP -> t.hiddenSize();
            case O -> (long) t.heads() * t.headSize();
            case DOWN -> t.intermediateSize();
        };
    }

    public long outputs(Text t) {
        return switch (this) {
            case Q -> (long) t.heads() * t.headSize();
            case K, V -> (long) t.kvHeads() * t.headSize();
            case O, DOWN -> t.hiddenSize();
            case GATE, UP -> t.intermediateSize();
        };
    }
}
