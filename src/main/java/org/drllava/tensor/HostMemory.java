package org.drllava.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.drllava.bindings.libtorch.NativeTensor;

/** What this process holds: logged with every step, so that a leak is seen before it hurts. */
public final class HostMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private HostMemory() {}

    /** Resident memory in MiB, or 0 where the host does not tell. */
    public static long residentMib() {
        return mib("VmRSS:");
    }

    /** The most that was ever resident, in MiB, or 0 where the host does not tell. */
    public static long peakMib() {
        return mib("VmHWM:");
    }

    /** Native tensor handles that are open. */
    public static long liveHandles() {
        return NativeTensor.live();
    }

    private static long mib(String field) {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(field)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
