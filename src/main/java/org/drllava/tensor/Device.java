package org.drllava.tensor;

import org.drllava.common.InputException;

/** Where a tensor lives. Every function that makes tensors takes one, from the command line's {@code --device} down. */
public sealed interface Device {
    Device CPU = new Cpu();

    /** The host's memory. */
    record Cpu() implements Device {
        @Override
        public String toString() {
            return "cpu";
        }
    }

    /** The CUDA card with this index. */
    record Cuda(int index) implements Device {
        @Override
        public String toString() {
            return "cuda:" + index;
        }
    }

    /** Reads {@code cpu}, {@code cuda} (the first card) or {@code cuda:N}. */
    static Device parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        if (text.equals("cuda")) {
            return new Cuda(0);
        }
        if (text.matches("cuda:\\d{1,3}")) {
            return new Cuda(Integer.parseInt(text.substring(5)));
        }
        throw new InputException("device '" + text + "' is not one of cpu, cuda, cuda:N");
    }

    /** libtorch's device type number. */
    default int type() {
        return switch (this) {
            case Cpu _ -> 0;
            case Cuda _ -> 1;
        };
    }

    /** libtorch's device index; 0 for the CPU. */
    default int ordinal() {
        return switch (this) {
            case Cpu _ -> 0;
            case Cuda(int index) -> index;
        };
    }
}
