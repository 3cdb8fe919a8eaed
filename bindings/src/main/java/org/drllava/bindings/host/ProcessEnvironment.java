package org.drllava.bindings.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The environment as native libraries see it. {@link System#getenv} is a copy made when the JVM started; a library
 * opened later reads this one.
 */
public final class ProcessEnvironment {
    // int setenv(const char *name, const char *value, int overwrite);
    private static final MethodHandle SETENV =
            NativeCalls.bind("setenv", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    // char *getenv(const char *name);
    private static final MethodHandle GETENV = NativeCalls.bind("getenv", FunctionDescriptor.of(ADDRESS, ADDRESS));

    private ProcessEnvironment() {}

    /**
     * Gives a variable a value unless it has one. Call it before opening the library that reads it, and while no native
     * code may be reading the environment.
     */
    public static void setDefault(String name, String value) {
        int status;
        try (Arena arena = Arena.ofConfined()) {
            status = (int) SETENV.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 0);
        } catch (Throwable t) {
            throw NativeCalls.unexpected("setenv", t);
        }
        if (status != 0) {
            throw new IllegalArgumentException("setenv refused the name \"" + name + "\"");
        }
    }

    /** The value now, if there is one. */
    public static Optional<String> get(String name) {
        try (Arena arena = Arena.ofConfined()) {
            var value = (MemorySegment) GETENV.invokeExact(arena.allocateFrom(name));
            return value.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(NativeCalls.string(value));
        } catch (Throwable t) {
            throw NativeCalls.unexpected("getenv", t);
        }
    }
}
