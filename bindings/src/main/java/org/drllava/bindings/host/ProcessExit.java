package org.drllava.bindings.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Ends the process without running the native libraries' own clean-up. */
public final class ProcessExit {
    private static final Linker LINKER = Linker.nativeLinker();
    // void _exit(int status)
    private static final MethodHandle EXIT =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("_exit"), FunctionDescriptor.ofVoid(JAVA_INT));

    private ProcessExit() {}

    /**
     * Ends the process at once. {@code System.exit} leads to C's {@code exit}, which takes libtorch's globals apart while
     * threads may still be computing with them: an interrupted training run would end in a crash report.
     */
    public static void now(int status) {
        try {
            EXIT.invokeExact(status);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
