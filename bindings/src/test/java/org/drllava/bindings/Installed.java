package org.drllava.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.SymbolLookup;
import java.util.Map;
import java.util.function.Supplier;
import org.drllava.bindings.host.NativeLibraryException;

/** Libraries that tests use where they are, for example where LD_LIBRARY_PATH names the folders of NVIDIA's pip packages. */
public final class Installed {
    private Installed() {}

    /** Skips the test, with the reason, without the library. */
    public static SymbolLookup require(Supplier<? extends SymbolLookup> library) {
        try {
            return library.get();
        } catch (NativeLibraryException e) {
            return abort(e.getMessage());
        }
    }

    /** As {@link #require}; with it, every function must be there. */
    public static void requireEvery(Map<String, FunctionDescriptor> bound, Supplier<? extends SymbolLookup> library) {
        SymbolLookup lookup = require(library);
        assertThat(bound.keySet()).isNotEmpty().allSatisfy(symbol -> assertThat(lookup.find(symbol)).as(symbol).isPresent());
    }
}
