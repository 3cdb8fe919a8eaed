package org.drllava.bindings.libtorch;

import java.lang.foreign.MemorySegment;

/** An ATen operator by name and overload, with both as C strings made once. Keep it in a static final field. */
public final class Operator {
    private final String label;
    final MemorySegment name;
    final MemorySegment overload;

    private Operator(String name, String overload) {
        this.label = overload.isEmpty() ? name : name + "." + overload;
        this.name = LibTorch.cString(name);
        this.overload = LibTorch.cString(overload);
    }

    /** For example {@code of("aten::sum", "dim_IntList")}; the overload is empty for an operator's default form. */
    public static Operator of(String name, String overload) {
        return new Operator(name, overload);
    }

    public static Operator of(String name) {
        return new Operator(name, "");
    }

    @Override
    public String toString() {
        return label;
    }
}
