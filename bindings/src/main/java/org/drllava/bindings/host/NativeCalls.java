package org.drllava.bindings.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The few steps that all who call native libraries repeat. */
public final class NativeCalls {
    private NativeCalls() {}

    /** A handle of a function of the C library. */
    public static MethodHandle bind(String symbol, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(symbol), descriptor);
    }

    /** Calls {@code int symbol(int *out)} and gives what it wrote, or a negative status as {@code -status}. */
    public static int intOut(SymbolLookup library, String symbol) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            int status = (int) handle(library, symbol, FunctionDescriptor.of(JAVA_INT, ADDRESS)).invokeExact(out);
            return status == 0 ? out.get(JAVA_INT, 0) : -Math.abs(status);
        } catch (Throwable t) {
            throw unexpected(symbol, t);
        }
    }

    public static MethodHandle handle(SymbolLookup library, String symbol, FunctionDescriptor descriptor) {
        MemorySegment address = library.find(symbol)
                .orElseThrow(() -> new NativeLibraryException(library + " has no function " + symbol));
        return Linker.nativeLinker().downcallHandle(address, descriptor);
    }

    /** The C string at an address, or an empty one at NULL. */
    public static String string(MemorySegment address) {
        return address.equals(MemorySegment.NULL) ? "" : address.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Handles declare Throwable; nothing but a misuse of them throws. */
    public static RuntimeException unexpected(String call, Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(call + " failed in the linker", cause);
        };
    }
}
