package org.drllava.bindings.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.bindings.host.CacheFolder;
import org.drllava.bindings.host.FileManifest;
import org.drllava.bindings.host.NativeLibrary;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.UnpackedFiles;

/**
 * Finds and opens {@code libdrllava_kernels.so}, which the build puts into the jar when CMake and a C++ compiler are there.
 * Without it the program works with libtorch's operators only.
 */
public final class KernelLibrary {
    private static final String VARIABLE = "DRLLAVA_KERNELS";
    private static final String FOLDER = "native/linux-x86_64/";
    private static final int ABI_VERSION = 2;

    private static final Map<String, FunctionDescriptor> BOUND = new TreeMap<>();
    private static final State STATE = open();

    /** @param library null when there is none; @param text the instruction set in use, or why there is no library */
    private record State(SymbolLookup library, String text) {}

    private KernelLibrary() {}

    /** Whether the kernels can be used; {@code DRLLAVA_KERNELS=off} switches them off. */
    public static boolean available() {
        return STATE.library() != null;
    }

    /** The instruction set in use (scalar, avx2 or avx512), or a sentence that says why there are no kernels. */
    public static String description() {
        return STATE.text();
    }

    private static State open() {
        if ("off".equals(System.getenv(VARIABLE))) {
            return new State(null, "The kernels are switched off by " + VARIABLE + "=off.");
        }
        String host = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!host.equals("Linux on amd64")) {
            return new State(null, "The kernels are built for Linux on amd64 and this is " + host + ".");
        }
        ClassLoader classPath = KernelLibrary.class.getClassLoader();
        try (InputStream in = classPath.getResourceAsStream(FOLDER + "kernels.tsv")) {
            if (in == null) {
                return new State(null, "This jar was built without CMake or a C++ compiler, so it has no kernels.");
            }
            FileManifest manifest = FileManifest.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            Path folder = CacheFolder.root().resolve("kernels-" + manifest.hash().substring(0, 12));
            UnpackedFiles.unpack(manifest, folder, classPath::getResourceAsStream);
            SymbolLookup library = NativeLibrary.open(folder.resolve(manifest.files().getFirst().fileName()).toString());
            return new State(library, instructionSet(library));
        } catch (IOException | NativeLibraryException | KernelException e) {
            return new State(null, "The kernels cannot be used: " + e.getMessage());
        }
    }

    private static String instructionSet(SymbolLookup library) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle version = link(library, "dl_abi_version", FunctionDescriptor.of(JAVA_INT));
            int found = (int) version.invokeExact();
            if (found != ABI_VERSION) {
                throw new KernelException("their interface has version " + found + " where this program needs " + ABI_VERSION + ".");
            }
            MemorySegment name = arena.allocate(ADDRESS);
            int status = (int) link(library, "dl_instruction_set", FunctionDescriptor.of(JAVA_INT, ADDRESS)).invokeExact(name);
            if (status != 0) {
                throw new KernelException(lastError(link(library, "dl_last_error", FunctionDescriptor.of(ADDRESS))));
            }
            return name.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable impossible) {
            throw rethrow(impossible);
        }
    }

    /** A function of the library that gives a status; without a library, a handle that throws why there is none. */
    static MethodHandle bind(String symbol, MemoryLayout... arguments) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, arguments);
        BOUND.put(symbol, descriptor);
        return available() ? link(STATE.library(), symbol, descriptor) : absent(descriptor);
    }

    private static MethodHandle absent(FunctionDescriptor descriptor) {
        MethodHandle thrower = MethodHandles.throwException(int.class, KernelException.class).bindTo(new KernelException(STATE.text()));
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
    static void check(int status) {
        if (status != 0) {
            throw new KernelException(lastError(Errors.dl_last_error));
        }
    }

    /** Bound when the first error comes. */
    private static final class Errors {
        // const char* dl_last_error(void)
        static final MethodHandle dl_last_error = link(STATE.library(), "dl_last_error", FunctionDescriptor.of(ADDRESS));
    }

    private static String lastError(MethodHandle function) {
        try {
            return ((MemorySegment) function.invokeExact()).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable impossible) {
            throw rethrow(impossible);
        }
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
