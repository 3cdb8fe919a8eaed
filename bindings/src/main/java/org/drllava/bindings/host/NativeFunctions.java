package org.drllava.bindings.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The functions of a library that may be absent, by C name. Without the library, or where it lacks one of them, the handle
 * of a function throws why when it is called, and nothing else is affected.
 */
public final class NativeFunctions {
    private final NativeLibrary library;
    private final NativeLibraryException absence;
    private final Map<String, FunctionDescriptor> bound = new TreeMap<>();

    private NativeFunctions(NativeLibrary library, NativeLibraryException absence) {
        this.library = library;
        this.absence = absence;
    }

    /** @param library opens it, or throws {@link NativeLibraryException} */
    public static NativeFunctions of(Supplier<NativeLibrary> library) {
        try {
            return new NativeFunctions(library.get(), null);
        } catch (NativeLibraryException e) {
            return new NativeFunctions(null, e);
        }
    }

    /** The library. @throws NativeLibraryException when it is absent */
    public NativeLibrary library() {
        if (library == null) {
            throw new NativeLibraryException(absence.getMessage(), absence);
        }
        return library;
    }

    /** A function that gives a status. */
    public MethodHandle status(String symbol, MemoryLayout... arguments) {
        return bind(symbol, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    public MethodHandle bind(String symbol, FunctionDescriptor descriptor) {
        bound.put(symbol, descriptor);
        if (library == null) {
            return thrower(descriptor, absence.getMessage());
        }
        return library.find(symbol).map((MemorySegment address) -> Linker.nativeLinker().downcallHandle(address, descriptor))
                .orElseGet(() -> thrower(descriptor, library + " has no function " + symbol + "; a newer version of it is needed."));
    }

    private static MethodHandle thrower(FunctionDescriptor descriptor, String sentence) {
        Class<?> result = descriptor.toMethodType().returnType();
        MethodHandle thrower = MethodHandles.throwException(result, NativeLibraryException.class).bindTo(new NativeLibraryException(sentence));
        return MethodHandles.dropArguments(thrower, 0, descriptor.toMethodType().parameterList());
    }

    /** Descriptors by C name, for the test that compares them with the headers. */
    public Map<String, FunctionDescriptor> bound() {
        return Collections.unmodifiableMap(bound);
    }
}
