package org.drllava.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.SymbolLookup;
import org.drllava.bindings.cuda.Cuda;
import org.drllava.bindings.host.NativeLibraryException;
import org.junit.jupiter.api.Test;

/** The same of a library of NVIDIA's, used where it is, for example where LD_LIBRARY_PATH names the folders of the pip packages. */
public abstract class NvidiaFunctions extends DeclaredFunctions {
    /** @throws NativeLibraryException without the library */
    protected abstract SymbolLookup library();

    @Test
    void theRealLibraryHasEveryFunction() {
        SymbolLookup library = requireLibrary();
        assertThat(bound().keySet()).allSatisfy(symbol -> assertThat(library.find(symbol)).as(symbol).isPresent());
    }

    /** Skips the test, with the reason, without the library. */
    protected final SymbolLookup requireLibrary() {
        try {
            return library();
        } catch (NativeLibraryException e) {
            return abort(e.getMessage());
        }
    }

    /** Skips the test where a GPU might answer, too. */
    protected final void requireNoDevice() {
        requireLibrary();
        assumeTrue(Cuda.driverVersion().equals("0.0"), "there is a driver");
    }
}
