package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.bindings.cuda.CudaProbe;
import org.drllava.bindings.host.CacheFolder;
import org.drllava.bindings.host.FileManifest;
import org.drllava.bindings.host.NativeLibrary;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.Probe;
import org.drllava.bindings.host.UnpackedFiles;

/**
 * The two libraries with the functions of {@code drllava_kernels.h}. The build puts each into the jar when it can: the one for
 * the CPU where CMake and a C++ compiler are there, the one for GPUs where nvcc is too. The program works without them, with
 * libtorch's operators only.
 */
public enum KernelLibrary {
    /** For memory of the host; a call is done when it returns. */
    CPU("kernels.tsv", "CMake or a C++ compiler"),
    /**
     * For memory of the current NVIDIA GPU; a call puts work on a stream. Opened at its first use, and only where a GPU is. It
     * finds wrong numbers in index arrays only while it works: {@link #synchronize} tells them. The system property
     * {@code drllava.kernels.cuda} names another file to take, GPU or not; tests without a GPU take the stand-in's.
     */
    CUDA("kernels-cuda.tsv", "nvcc, CUDA's compiler");

    private static final String VARIABLE = "DRLLAVA_KERNELS";
    private static final String CUDA_FILE = "drllava.kernels.cuda";
    private static final String FOLDER = "native/linux-x86_64/";
    private static final int ABI_VERSION = 4;

    private static final Map<String, FunctionDescriptor> BOUND = new TreeMap<>();
    private static final MethodHandle IS_CUDA;
    private static final MethodHandle LINK;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            IS_CUDA = lookup.findStatic(KernelLibrary.class, "isCuda", MethodType.methodType(boolean.class, KernelLibrary.class));
            LINK = lookup.findStatic(KernelLibrary.class, "link",
                    MethodType.methodType(MethodHandle.class, MutableCallSite.class, String.class, FunctionDescriptor.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private final String list;
    private final String needed;
    private State state; // null until it is asked for

    /** @param library null when there is none; @param text the instruction set in use, or why there is no library */
    private record State(SymbolLookup library, String text, MethodHandle lastError) {
        static State without(String reason) {
            return new State(null, reason, null);
        }
    }

    KernelLibrary(String list, String needed) {
        this.list = list;
        this.needed = needed;
    }

    /** Whether its kernels can be used; {@code DRLLAVA_KERNELS=off} switches all off. */
    public boolean available() {
        return state().library() != null;
    }

    /**
     * What is in use (scalar, avx2, avx512, avx512bf16, amx; cuda, or fibers where a stand-in is), or a sentence that says why
     * there are no kernels.
     */
    public String description() {
        return state().text();
    }

    /** Where the calling thread's further calls put their work. @param stream a {@code cudaStream_t}, or NULL for the default stream */
    public void stream(MemorySegment stream) {
        try {
            check((int) Own.dl_set_stream.invokeExact(this, stream));
        } catch (Throwable impossible) {
            throw rethrow(impossible);
        }
    }

    /** Shares the calling thread's further calls among so many threads, itself among them. @param threads 1 to 1024; 1 alone on a GPU */
    public void threads(long threads) {
        try {
            check((int) Own.dl_set_threads.invokeExact(this, threads));
        } catch (Throwable impossible) {
            throw rethrow(impossible);
        }
    }

    /** Waits for the calling thread's stream. @throws KernelException for the first fault that a kernel found since the last time */
    public void synchronize() {
        try {
            check((int) Own.dl_synchronize.invokeExact(this));
        } catch (Throwable impossible) {
            throw rethrow(impossible);
        }
    }

    /** Bound when first used. */
    static final class Own {
        // int dl_set_stream(void* stream)
        static final MethodHandle dl_set_stream = bind("dl_set_stream", ADDRESS);
        // int dl_set_threads(int64_t threads)
        static final MethodHandle dl_set_threads = bind("dl_set_threads", JAVA_LONG);
        // int dl_synchronize(void)
        static final MethodHandle dl_synchronize = bind("dl_synchronize");
    }

    private synchronized State state() {
        if (state == null) {
            state = open();
        }
        return state;
    }

    private State open() {
        if ("off".equals(System.getenv(VARIABLE))) {
            return State.without("The kernels are switched off by " + VARIABLE + "=off.");
        }
        String host = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!host.equals("Linux on amd64")) {
            return State.without("The kernels are built for Linux on amd64 and this is " + host + ".");
        }
        if (this == CUDA && System.getProperty(CUDA_FILE) != null) {
            return opened(NativeLibrary.open(System.getProperty(CUDA_FILE)));
        }
        if (this == CUDA) {
            switch (CudaProbe.devices()) {
                case Probe.Found _ -> {}
                case Probe.Missing(String reason) -> {
                    return State.without("There is no GPU: " + reason + ".");
                }
                case Probe.Broken(String reason) -> {
                    return State.without("The GPU cannot be used: " + reason + ".");
                }
            }
        }
        ClassLoader classPath = KernelLibrary.class.getClassLoader();
        try (InputStream in = classPath.getResourceAsStream(FOLDER + list)) {
            if (in == null) {
                return State.without("This jar was built without " + needed + ", so it has no kernels" + (this == CUDA ? " for GPUs." : "."));
            }
            FileManifest manifest = FileManifest.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            Path folder = CacheFolder.root().resolve("kernels-" + manifest.hash().substring(0, 12));
            UnpackedFiles.unpack(manifest, folder, classPath::getResourceAsStream);
            return opened(NativeLibrary.open(folder.resolve(manifest.files().getFirst().fileName()).toString()));
        } catch (IOException | NativeLibraryException | KernelException e) {
            return State.without("The kernels cannot be used: " + e.getMessage());
        }
    }

    private static State opened(SymbolLookup library) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle version = link(library, "dl_abi_version", FunctionDescriptor.of(JAVA_INT));
            int found = (int) version.invokeExact();
            if (found != ABI_VERSION) {
                throw new KernelException("their interface has version " + found + " where this program needs " + ABI_VERSION + ".");
            }
            MethodHandle lastError = link(library, "dl_last_error", FunctionDescriptor.of(ADDRESS));
            MemorySegment name = arena.allocate(ADDRESS);
            int status = (int) link(library, "dl_instruction_set", FunctionDescriptor.of(JAVA_INT, ADDRESS)).invokeExact(name);
            if (status != 0) {
                throw new KernelException(text((MemorySegment) lastError.invokeExact()));
            }
            return new State(library, text(name.get(ADDRESS, 0)), lastError);
        } catch (Throwable impossible) {
            throw rethrow(impossible);
        }
    }

    /**
     * A function of both libraries that gives a status. The handle's first argument, before the function's own, says which of
     * them; it throws why there is none where that is so.
     */
    static MethodHandle bind(String symbol, MemoryLayout... arguments) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, arguments);
        BOUND.put(symbol, descriptor);
        return MethodHandles.guardWithTest(IS_CUDA, MethodHandles.dropArguments(linkedAtFirstCall(symbol, descriptor), 0, KernelLibrary.class),
                MethodHandles.dropArguments(CPU.function(symbol, descriptor), 0, KernelLibrary.class));
    }

    private static boolean isCuda(KernelLibrary library) {
        return library == CUDA;
    }

    /** So that a program which uses no GPU does not start its driver. */
    private static MethodHandle linkedAtFirstCall(String symbol, FunctionDescriptor descriptor) {
        var site = new MutableCallSite(descriptor.toMethodType());
        MethodHandle link = MethodHandles.insertArguments(LINK, 0, site, symbol, descriptor);
        site.setTarget(MethodHandles.foldArguments(MethodHandles.exactInvoker(descriptor.toMethodType()), link));
        return site.dynamicInvoker();
    }

    private static MethodHandle link(MutableCallSite site, String symbol, FunctionDescriptor descriptor) {
        MethodHandle function = CUDA.function(symbol, descriptor);
        site.setTarget(function);
        return function;
    }

    private MethodHandle function(String symbol, FunctionDescriptor descriptor) {
        return available() ? link(state().library(), symbol, descriptor) : absent(descriptor);
    }

    private MethodHandle absent(FunctionDescriptor descriptor) {
        MethodHandle thrower = MethodHandles.throwException(int.class, KernelException.class).bindTo(new KernelException(description()));
        return MethodHandles.dropArguments(thrower, 0, descriptor.toMethodType().parameterList());
    }

    /** Descriptors by symbol, for the test that compares them with the header. */
    static Map<String, FunctionDescriptor> bound() {
        return BOUND;
    }

    private static MethodHandle link(SymbolLookup library, String symbol, FunctionDescriptor descriptor) {
        MemorySegment address = library.find(symbol).orElseThrow(() -> new KernelException("they have no function " + symbol + "."));
        return Linker.nativeLinker().downcallHandle(address, descriptor);
    }

    /** Throws what the kernel says when {@code status} is not 0. */
    void check(int status) {
        if (status != 0) {
            try {
                throw new KernelException(text((MemorySegment) state().lastError().invokeExact()));
            } catch (Throwable impossible) {
                throw rethrow(impossible);
            }
        }
    }

    private static String text(MemorySegment text) {
        return text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Handles declare Throwable, but no exception crosses a C function; only Errors of the JVM itself can arrive. */
    static RuntimeException rethrow(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(thrown);
        };
    }
}
