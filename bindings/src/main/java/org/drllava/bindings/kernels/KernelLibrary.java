package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.drllava.bindings.host.CacheFolder;
import org.drllava.bindings.host.FileManifest;
import org.drllava.bindings.host.NativeLibrary;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.UnpackedFiles;

/**
 * The fused kernels of native/include/drllava_kernels.h, one handle a function, named after it. They may be absent: the
 * build goes on without a C++ compiler, and {@code DRLLAVA_KERNELS=off} leaves them alone.
 */
final class KernelLibrary {
    private static final int ABI_VERSION = 1;
    private static final String VARIABLE = "DRLLAVA_KERNELS";

    /** Why the kernels cannot be used, or null when they can. */
    static final String ABSENT;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY;

    static {
        SymbolLookup library = null;
        String absent = null;
        try {
            library = open();
        } catch (NativeLibraryException e) {
            absent = e.getMessage();
        }
        LIBRARY = library;
        ABSENT = absent;
    }

    // const char* dl_last_error(void)
    static final MethodHandle dl_last_error = bind("dl_last_error", FunctionDescriptor.of(ADDRESS));
    // int dl_instruction_set(const char** name)
    static final MethodHandle dl_instruction_set = status("dl_instruction_set", ADDRESS);
    // int dl_packed_size(int64_t rows, int64_t columns, int layout, int64_t* floats)
    static final MethodHandle dl_packed_size = status("dl_packed_size", JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
    // int dl_pack_weight(const float* weight, int64_t ldw, int64_t rows, int64_t columns, int layout, float* packed, int64_t packed_floats)
    static final MethodHandle dl_pack_weight =
            status("dl_pack_weight", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    // int dl_linear_packed(float* y, int64_t ldy, const float* x, int64_t ldx, const float* packed, const float* residual,
    //                      int64_t ldr, float scale, int64_t rows, int64_t n_in, int64_t n_out)
    static final MethodHandle dl_linear_packed = status("dl_linear_packed", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS,
            JAVA_LONG, JAVA_FLOAT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // int dl_rms_norm(float* y, int64_t ldy, const float* x, int64_t ldx, const float* weight, float eps, float* inverse, int64_t rows, int64_t n)
    static final MethodHandle dl_rms_norm =
            status("dl_rms_norm", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_FLOAT, ADDRESS, JAVA_LONG, JAVA_LONG);
    // int dl_rms_norm_backward(float* dx, int64_t lddx, const float* dy, int64_t lddy, const float* x, int64_t ldx, const float* weight,
    //                          const float* inverse, const float* residual, int64_t ldr, int64_t rows, int64_t n)
    static final MethodHandle dl_rms_norm_backward = status("dl_rms_norm_backward", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // int dl_rotary(float* x, int64_t ldx, const float* cosines, const float* sines, int64_t table_rows, const int64_t* positions,
    //               int backward, int64_t rows, int64_t heads, int64_t head)
    static final MethodHandle dl_rotary = status("dl_rotary", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_INT,
            JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // int dl_swiglu(float* y, int64_t ldy, const float* gate, int64_t ldg, const float* up, int64_t ldu, int64_t rows, int64_t n)
    static final MethodHandle dl_swiglu =
            status("dl_swiglu", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    // int dl_swiglu_backward(float* dgate, int64_t lddg, float* dup, int64_t lddu, float* y, int64_t ldy, const float* dy, int64_t lddy,
    //                        const float* gate, int64_t ldg, const float* up, int64_t ldu, int64_t rows, int64_t n)
    static final MethodHandle dl_swiglu_backward = status("dl_swiglu_backward", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    // int dl_kv_cache_size(const dl_kv_cache* cache, int64_t* floats)
    static final MethodHandle dl_kv_cache_size = status("dl_kv_cache_size", ADDRESS, ADDRESS);
    // int dl_kv_append(const dl_kv_cache* cache, const float* keys, int64_t ldk, const float* values, int64_t ldv,
    //                  const int64_t* sequences, const int64_t* positions, int64_t rows)
    static final MethodHandle dl_kv_append =
            status("dl_kv_append", ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG);
    // int dl_attention_cached(float* out, int64_t ldo, const float* q, int64_t ldq, const dl_kv_cache* cache, const int64_t* sequences,
    //                         const int64_t* positions, int64_t rows, int64_t heads, float scale)
    static final MethodHandle dl_attention_cached = status("dl_attention_cached", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_FLOAT);
    // int dl_attention(float* out, int64_t ldo, float* logsumexp, const float* q, int64_t ldq, const float* keys, int64_t ldk,
    //                  const float* values, int64_t ldv, const dl_attention_shape* shape)
    static final MethodHandle dl_attention = status("dl_attention", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS, JAVA_LONG, ADDRESS);
    // int dl_attention_backward(float* dq, int64_t lddq, float* dkeys, int64_t lddk, float* dvalues, int64_t lddv, const float* dout,
    //                           int64_t lddo, const float* out, int64_t ldo, const float* logsumexp, const float* q, int64_t ldq,
    //                           const float* keys, int64_t ldk, const float* values, int64_t ldv, const dl_attention_shape* shape)
    static final MethodHandle dl_attention_backward = status("dl_attention_backward", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);

    private KernelLibrary() {}

    private static SymbolLookup open() {
        if ("off".equals(System.getenv(VARIABLE))) {
            throw new NativeLibraryException(VARIABLE + " is off");
        }
        FileManifest manifest = manifest();
        Path folder = CacheFolder.root().resolve("kernels-" + manifest.hash().substring(0, 12));
        UnpackedFiles.unpack(manifest, folder, KernelLibrary.class::getResourceAsStream);
        SymbolLookup library = NativeLibrary.open(folder.resolve(manifest.files().getFirst().fileName()).toString());
        int version = version(library);
        if (version != ABI_VERSION) {
            throw new NativeLibraryException("the kernels have version " + version + " where " + ABI_VERSION + " is expected");
        }
        return library;
    }

    private static FileManifest manifest() {
        try (InputStream in = KernelLibrary.class.getResourceAsStream("kernel-files.tsv")) {
            if (in == null) {
                throw new NativeLibraryException("this build has no kernels; it was made without CMake or a C++ compiler");
            }
            return FileManifest.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int version(SymbolLookup library) {
        MemorySegment address = library.find("dl_abi_version").orElseThrow(() -> new NativeLibraryException(library + " is no library of kernels"));
        try {
            return (int) LINKER.downcallHandle(address, FunctionDescriptor.of(JAVA_INT)).invokeExact();
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static MethodHandle status(String name, MemoryLayout... arguments) {
        return bind(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return LIBRARY == null ? null : LINKER.downcallHandle(LIBRARY.find(name).orElseThrow(
                () -> new NativeLibraryException(LIBRARY + " has no function " + name)), descriptor);
    }

    /** Throws what the library says of the calling thread's last call when {@code status} is not 0. */
    static void check(int status, String function) {
        if (status != 0) {
            throw new KernelException(function + ": " + text(dl_last_error));
        }
    }

    private static String text(MethodHandle handle) {
        try {
            return ((MemorySegment) handle.invokeExact()).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String instructionSet() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            check((int) dl_instruction_set.invokeExact(out), "dl_instruction_set");
            return out.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Handles declare Throwable; only {@link #check} throws. */
    static RuntimeException rethrow(Throwable thrown) {
        return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
    }
}
