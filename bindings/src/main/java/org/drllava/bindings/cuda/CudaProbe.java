package org.drllava.bindings.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.drllava.bindings.host.NativeCalls;
import org.drllava.bindings.host.NativeLibrary;
import org.drllava.bindings.host.NativeLibraryException;
import org.drllava.bindings.host.Probe;

/**
 * Looks for NVIDIA GPUs through the driver's own library, which comes with the driver and not with CUDA, so it answers
 * on hosts where nothing else is installed. No context is made and no GPU memory taken.
 */
public final class CudaProbe {
    private static final int CUDA_ERROR_NO_DEVICE = 100;
    private static final int COMPUTE_CAPABILITY_MAJOR = 75; // CUdevice_attribute
    private static final int COMPUTE_CAPABILITY_MINOR = 76;
    private static final int NAME_BYTES = 256;

    private final SymbolLookup driver;
    private final Arena arena;

    private CudaProbe(SymbolLookup driver, Arena arena) {
        this.driver = driver;
        this.arena = arena;
    }

    /** The GPUs with their names, compute capability and memory, or the driver's message, or that there is no driver. */
    public static Probe devices() {
        NativeLibrary driver;
        try {
            driver = NativeLibrary.open("libcuda.so.1");
        } catch (NativeLibraryException e) {
            return new Probe.Missing("no NVIDIA driver: " + e.getMessage());
        }
        try (Arena arena = Arena.ofConfined()) {
            return new CudaProbe(driver, arena).ask();
        } catch (NativeLibraryException e) {
            return new Probe.Broken(e.getMessage());
        } catch (Throwable t) {
            throw NativeCalls.unexpected("the CUDA driver", t);
        }
    }

    /** The CUDA runtime, as {@link NvidiaLibrary} finds it. */
    public static Probe runtime() {
        try {
            return new Probe.Found("CUDA " + Cuda.runtimeVersion() + " (" + LibCudart.library() + ")");
        } catch (NativeLibraryException e) {
            return new Probe.Missing(e.getMessage());
        } catch (CudaException e) {
            return new Probe.Broken(e.getMessage());
        }
    }

    private Probe ask() throws Throwable {
        // CUresult cuInit(unsigned int flags);
        int status = (int) NativeCalls.handle(driver, "cuInit", FunctionDescriptor.of(JAVA_INT, JAVA_INT)).invokeExact(0);
        if (status != 0) {
            String text = status + " " + errorText(status);
            return status == CUDA_ERROR_NO_DEVICE
                    ? new Probe.Missing("the driver sees no GPU: " + text)
                    : new Probe.Broken("the driver does not start: " + text);
        }
        int count = NativeCalls.intOut(driver, "cuDeviceGetCount");
        List<String> devices = new ArrayList<>();
        for (int device = 0; device < count; device++) {
            devices.add(describe(device));
        }
        String version = Cuda.version(NativeCalls.intOut(driver, "cuDriverGetVersion"));
        return count <= 0
                ? new Probe.Missing("the driver sees no GPU")
                : new Probe.Found(count + " (driver for CUDA " + version + "): " + String.join("; ", devices));
    }

    private String describe(int device) throws Throwable {
        MemorySegment name = arena.allocate(NAME_BYTES);
        MemorySegment bytes = arena.allocate(JAVA_LONG);
        // CUresult cuDeviceGetName(char *name, int len, CUdevice dev);
        int named = (int) NativeCalls.handle(driver, "cuDeviceGetName",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT))
                .invokeExact(name, NAME_BYTES, device);
        // CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice dev);
        int sized = (int) NativeCalls.handle(driver, "cuDeviceTotalMem_v2",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT))
                .invokeExact(bytes, device);
        return String.format(Locale.ROOT, "%s, sm_%d%d, %.1f GiB", named == 0 ? name.getString(0) : "a GPU without a name",
                attribute(COMPUTE_CAPABILITY_MAJOR, device), attribute(COMPUTE_CAPABILITY_MINOR, device),
                sized == 0 ? bytes.get(JAVA_LONG, 0) / 0x1p30 : Double.NaN);
    }

    private int attribute(int attribute, int device) throws Throwable {
        // CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice dev);
        MemorySegment value = arena.allocate(JAVA_INT);
        int status = (int) NativeCalls.handle(driver, "cuDeviceGetAttribute",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT))
                .invokeExact(value, attribute, device);
        return status == 0 ? value.get(JAVA_INT, 0) : 0;
    }

    private String errorText(int code) throws Throwable {
        // CUresult cuGetErrorString(CUresult error, const char **text);
        MemorySegment text = arena.allocate(ADDRESS);
        int status = (int) NativeCalls.handle(driver, "cuGetErrorString",
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS))
                .invokeExact(code, text);
        return status == 0 ? NativeCalls.string(text.get(ADDRESS, 0)) : "";
    }
}
