package org.drllava.bindings.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** How the C library's allocator treats large blocks. */
public final class HostAllocator {
    // malloc.h of glibc
    private static final int M_TRIM_THRESHOLD = -1;
    private static final int M_TOP_PAD = -2;
    private static final int M_MMAP_MAX = -4;
    private static final int M_ARENA_MAX = -8;

    private HostAllocator() {}

    /**
     * Keeps freed blocks for the next tensor of their size. Left alone, glibc maps every tensor of some megabytes anew and
     * gives it back when it is freed, and the kernel clears its pages each time: a fifth of the time of a training step.
     * Does nothing where the C library has no {@code mallopt}.
     */
    public static void keepFreedMemory() {
        Linker linker = Linker.nativeLinker();
        // int mallopt(int param, int value)
        linker.defaultLookup().find("mallopt").ifPresent(address -> {
            MethodHandle mallopt = linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
            set(mallopt, M_MMAP_MAX, 0);
            set(mallopt, M_TRIM_THRESHOLD, -1);
            set(mallopt, M_TOP_PAD, 64 << 20);
            set(mallopt, M_ARENA_MAX, 1);
        });
    }

    private static void set(MethodHandle mallopt, int parameter, int value) {
        try {
            int accepted = (int) mallopt.invokeExact(parameter, value); // a refusal costs speed and nothing else
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("mallopt", impossible);
        }
    }
}
