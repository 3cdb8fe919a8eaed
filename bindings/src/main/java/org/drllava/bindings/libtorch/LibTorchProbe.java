package org.drllava.bindings.libtorch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.OptionalInt;

/**
 * What an opened libtorch says about itself.
 *
 * @param abiVersion the word of {@code aoti_torch_abi_version()}: major, minor, patch, tweak in its bytes from the highest
 * @param threads threads that an operator may use
 * @param blasThreads threads of an OpenBLAS outside libtorch, empty where it brings another BLAS
 */
public record LibTorchProbe(long abiVersion, int threads, OptionalInt blasThreads) {

    /** Asks a libtorch that {@link LibTorchFiles#load} opened. */
    public static LibTorchProbe of(SymbolLookup libtorch) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            // uint64_t aoti_torch_abi_version(void);
            long abi = (long) linker.downcallHandle(
                            libtorch.findOrThrow("aoti_torch_abi_version"), FunctionDescriptor.of(JAVA_LONG))
                    .invokeExact();
            // AOTITorchError torch_get_num_threads(uint32_t *out);
            var out = arena.allocate(JAVA_INT);
            int status = (int) linker.downcallHandle(
                            libtorch.findOrThrow("torch_get_num_threads"), FunctionDescriptor.of(JAVA_INT, ADDRESS))
                    .invokeExact(out);
            return new LibTorchProbe(abi, status == 0 ? out.get(JAVA_INT, 0) : -1, blasThreads(libtorch, linker));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("libtorch could not be asked", t);
        }
    }

    /** The version word as text, for example {@code 2.13.0}. */
    public String abiText() {
        return (abiVersion >>> 56) + "." + (abiVersion >>> 48 & 0xff) + "." + (abiVersion >>> 40 & 0xff);
    }

    private static OptionalInt blasThreads(SymbolLookup libtorch, Linker linker) throws Throwable {
        var symbol = libtorch.find("openblas_get_num_threads"); // int openblas_get_num_threads(void);
        return symbol.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of((int) linker.downcallHandle(symbol.get(), FunctionDescriptor.of(JAVA_INT)).invokeExact());
    }
}
