package org.drllava.bindings.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.drllava.bindings.host.NativeCalls;

/** The devices of this host, and which of them the calling thread uses. */
public final class Cuda {
    // enum cudaDeviceAttr
    private static final int MULTIPROCESSOR_COUNT = 16;
    private static final int COMPUTE_CAPABILITY_MAJOR = 75;
    private static final int COMPUTE_CAPABILITY_MINOR = 76;
    private static final int PCI_BUS_ID_BYTES = 64;

    private Cuda() {}

    /** A device. @param multiprocessors its SMs */
    public record Device(int index, String name, int computeMajor, int computeMinor, int multiprocessors, String pciBusId) {}

    /** Of the current device, in bytes. */
    public record Memory(long free, long total) {}

    /** The runtime's version, for example 13.0. */
    public static String runtimeVersion() {
        return version(intOut(LibCudart.cudaRuntimeGetVersion, "cudaRuntimeGetVersion"));
    }

    /** The newest CUDA that the driver knows, 0.0 without a driver. */
    public static String driverVersion() {
        return version(intOut(LibCudart.cudaDriverGetVersion, "cudaDriverGetVersion"));
    }

    static String version(int code) {
        return code / 1000 + "." + code % 1000 / 10;
    }

    /** @throws CudaException without a driver, or one that is too old */
    public static int deviceCount() {
        return intOut(LibCudart.cudaGetDeviceCount, "cudaGetDeviceCount");
    }

    /** Everything this thread does from now on is for that device. */
    public static void use(int device) {
        int status;
        try {
            status = (int) LibCudart.cudaSetDevice.invokeExact(device);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaSetDevice", impossible);
        }
        LibCudart.check(status, "cudaSetDevice(" + device + ")");
    }

    /** The device that this thread uses. */
    public static int current() {
        return intOut(LibCudart.cudaGetDevice, "cudaGetDevice");
    }

    public static Device device(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment properties = arena.allocate(4 * LibCudart.cudaDeviceProp.byteSize()); // for larger ones of other versions
            LibCudart.check((int) LibCudart.cudaGetDeviceProperties.invokeExact(properties, index), "cudaGetDeviceProperties(" + index + ")");
            MemorySegment bus = arena.allocate(PCI_BUS_ID_BYTES);
            LibCudart.check((int) LibCudart.cudaDeviceGetPCIBusId.invokeExact(bus, PCI_BUS_ID_BYTES, index), "cudaDeviceGetPCIBusId(" + index + ")");
            return new Device(index, properties.getString(0), attribute(COMPUTE_CAPABILITY_MAJOR, index, arena),
                    attribute(COMPUTE_CAPABILITY_MINOR, index, arena), attribute(MULTIPROCESSOR_COUNT, index, arena), bus.getString(0));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaGetDeviceProperties", thrown);
        }
    }

    private static int attribute(int attribute, int device, Arena arena) throws Throwable {
        MemorySegment value = arena.allocate(JAVA_INT);
        int status = (int) LibCudart.cudaDeviceGetAttribute.invokeExact(value, attribute, device);
        LibCudart.check(status, "cudaDeviceGetAttribute(" + attribute + ", " + device + ")");
        return value.get(JAVA_INT, 0);
    }

    public static Memory memory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(JAVA_LONG);
            MemorySegment total = arena.allocate(JAVA_LONG);
            LibCudart.check((int) LibCudart.cudaMemGetInfo.invokeExact(free, total), "cudaMemGetInfo");
            return new Memory(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected("cudaMemGetInfo", thrown);
        }
    }

    /** Waits for everything that the current device was given to do. */
    public static void synchronize() {
        int status;
        try {
            status = (int) LibCudart.cudaDeviceSynchronize.invokeExact();
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaDeviceSynchronize", impossible);
        }
        LibCudart.check(status, "cudaDeviceSynchronize");
    }

    private static int intOut(MethodHandle function, String call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            LibCudart.check((int) function.invokeExact(out), call);
            return out.get(JAVA_INT, 0);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(call, thrown);
        }
    }
}
