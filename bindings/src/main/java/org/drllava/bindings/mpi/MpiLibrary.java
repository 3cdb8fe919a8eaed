package org.drllava.bindings.mpi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.drllava.bindings.host.NativeLibrary;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.ProcessEnvironment;

/**
 * Finds and opens the host's MPI library when this class is first touched: that of the mpirun which started the process, or
 * any without one.
 */
final class MpiLibrary {
    /**
     * A communicator, data type, operation or error handler: a pointer in Open MPI, and an int in MPICH, which by the C
     * convention of 64-bit hosts reads the lower half of the same register or stack slot.
     */
    static final ValueLayout.OfLong HANDLE = JAVA_LONG.withName("handle");

    private static final Map<String, FunctionDescriptor> BOUND = new TreeMap<>();
    private static final State STATE = open();

    private sealed interface State {}

    private record Opened(SymbolLookup library, MpiFamily family, MpiConstants constants) implements State {}

    private record Missing(String sentence) implements State {}

    private MpiLibrary() {}

    /** Why there is no library, in one sentence; empty when there is one. */
    static String missing() {
        return switch (STATE) {
            case Opened _ -> "";
            case Missing missing -> missing.sentence();
        };
    }

    /** @throws NativeLibraryException when there is no library */
    static MpiFamily family() {
        return opened().family();
    }

    /** @throws NativeLibraryException when there is no library */
    static MpiConstants constants() {
        return opened().constants();
    }

    private static Opened opened() {
        return switch (STATE) {
            case Opened opened -> opened;
            case Missing missing -> throw new NativeLibraryException(missing.sentence());
        };
    }

    private static State open() {
        // UCX, which MPICH links and Open MPI may load, takes over SIGSEGV unless told not to; HotSpot lives by that signal.
        ProcessEnvironment.setDefault("UCX_ERROR_SIGNALS", "");
        try {
            List<MpiFamily> wanted = MpiFamily.launcher(System.getenv()).map(List::of).orElse(List.of(MpiFamily.values()));
            NativeLibrary library = find(wanted.stream().map(family -> family.title).toList(), wanted.stream().map(family -> family.debianPackage).toList(),
                    wanted.stream().flatMap(family -> family.files.stream()).toList());
            MpiFamily family = library.find("ompi_mpi_comm_world").isPresent() ? MpiFamily.OPEN_MPI : MpiFamily.MPICH;
            return new Opened(library, family, MpiConstants.of(family, library));
        } catch (NativeLibraryException e) {
            return new Missing(e.getMessage());
        }
    }

    /** @throws NativeLibraryException in a sentence that says how to get one */
    static NativeLibrary find(List<String> titles, List<String> debianPackages, List<String> files) {
        try {
            return NativeLibrary.openFirst(files.toArray(String[]::new));
        } catch (NativeLibraryException e) {
            throw new NativeLibraryException("There is no library of %s (%s); install it, on Debian with apt-get install %s, or put its folder into LD_LIBRARY_PATH."
                    .formatted(String.join(" or ", titles), e.getMessage(), String.join(" or ", debianPackages)), e);
        }
    }

    /** A function that gives a status; without a library, a handle that throws why there is none. */
    static MethodHandle bind(String symbol, MemoryLayout... arguments) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, arguments);
        BOUND.put(symbol, descriptor);
        return switch (STATE) {
            case Opened opened -> opened.library().find(symbol).map(address -> Linker.nativeLinker().downcallHandle(address, descriptor))
                    .orElseGet(() -> absent(descriptor, opened.library() + " has no function " + symbol + "; MPI 3 or newer is needed."));
            case Missing missing -> absent(descriptor, missing.sentence());
        };
    }

    private static MethodHandle absent(FunctionDescriptor descriptor, String sentence) {
        MethodHandle thrower = MethodHandles.throwException(int.class, NativeLibraryException.class).bindTo(new NativeLibraryException(sentence));
        return MethodHandles.dropArguments(thrower, 0, descriptor.toMethodType().parameterList());
    }

    /** Descriptors by symbol, for the test that compares them with the headers. */
    static Map<String, FunctionDescriptor> bound() {
        return BOUND;
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
