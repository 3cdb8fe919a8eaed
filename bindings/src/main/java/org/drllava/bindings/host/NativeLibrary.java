package org.drllava.bindings.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * A shared library opened for the life of the process. The JDK's own {@link SymbolLookup#libraryLookup} says only that
 * opening failed; {@code dlopen} and {@code dlerror} name the missing file, so they are called here instead.
 */
public final class NativeLibrary implements SymbolLookup {
    // dlfcn.h, glibc. Lazy, because a CUDA build may import functions that an older NCCL lacks and nobody calls.
    private static final int RTLD_LAZY = 0x001;
    private static final int RTLD_NOLOAD = 0x004;
    private static final int RTLD_GLOBAL = 0x100;

    // void *dlopen(const char *filename, int flags);
    private static final MethodHandle DLOPEN =
            NativeCalls.bind("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    // void *dlsym(void *handle, const char *symbol);
    private static final MethodHandle DLSYM =
            NativeCalls.bind("dlsym", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    // char *dlerror(void);
    private static final MethodHandle DLERROR = NativeCalls.bind("dlerror", FunctionDescriptor.of(ADDRESS));

    private final String name;
    private final MemorySegment handle;

    private NativeLibrary(String name, MemorySegment handle) {
        this.name = name;
        this.handle = handle;
    }

    /**
     * Opens a library, with its symbols visible to libraries opened later.
     *
     * @param name an absolute path, or a bare name ({@code libcuda.so.1}) that the system's loader looks for
     * @throws NativeLibraryException with the loader's own words, which name the missing file or symbol
     */
    public static NativeLibrary open(String name) {
        return open(name, RTLD_LAZY | RTLD_GLOBAL);
    }

    /** A library that something else, such as libtorch, has opened in this process already, by its bare name. */
    public static Optional<NativeLibrary> loaded(String name) {
        try {
            return Optional.of(open(name, RTLD_LAZY | RTLD_NOLOAD));
        } catch (NativeLibraryException e) {
            return Optional.empty();
        }
    }

    private static NativeLibrary open(String name, int flags) {
        MemorySegment handle;
        String error = "";
        try (Arena arena = Arena.ofConfined()) {
            handle = (MemorySegment) DLOPEN.invokeExact(arena.allocateFrom(name), flags);
            if (handle.equals(MemorySegment.NULL)) {
                error = NativeCalls.string((MemorySegment) DLERROR.invokeExact());
            }
        } catch (Throwable t) {
            throw NativeCalls.unexpected("dlopen", t);
        }
        if (handle.equals(MemorySegment.NULL)) {
            throw new NativeLibraryException(error);
        }
        return new NativeLibrary(name, handle);
    }

    /** Like {@link #open}, with the first of several names that opens; the error is the first name's. */
    public static NativeLibrary openFirst(String... names) {
        NativeLibraryException first = null;
        for (String name : names) {
            try {
                return open(name);
            } catch (NativeLibraryException e) {
                first = first == null ? e : first;
            }
        }
        throw first == null ? new IllegalArgumentException("no library named") : first;
    }

    /** The symbol in this library or in one it depends on. */
    @Override
    public Optional<MemorySegment> find(String symbol) {
        MemorySegment address;
        try (Arena arena = Arena.ofConfined()) {
            address = (MemorySegment) DLSYM.invokeExact(handle, arena.allocateFrom(symbol));
        } catch (Throwable t) {
            throw NativeCalls.unexpected("dlsym", t);
        }
        return address.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(address);
    }

    @Override
    public String toString() {
        return name;
    }
}
