package org.drllava.bindings.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import org.drllava.bindings.host.NativeCalls;
import org.drllava.bindings.host.NativeFunctions;
import org.drllava.bindings.host.NativeLibrary;

/**
 * The functions of the CUDA runtime that are used, one handle a function, named after the C symbol; {@code cuda_runtime_api.h}
 * of CUDA 13.0, all of them the same in CUDA 12. Handles of streams, events and graphs are pointers.
 */
final class LibCudart {
    private static final NativeFunctions FUNCTIONS = NativeFunctions.of(NvidiaLibrary.CUDA_RUNTIME::open);

    static final StructLayout cudaPointerAttributes = MemoryLayout.structLayout(JAVA_INT.withName("type"), JAVA_INT.withName("device"),
            ADDRESS.withName("devicePointer"), ADDRESS.withName("hostPointer"), MemoryLayout.sequenceLayout(8, JAVA_LONG).withName("reserved"))
            .withName("cudaPointerAttributes");
    /** Only the name has the same place in all versions; the struct grew to 1032 bytes in some. */
    static final StructLayout cudaDeviceProp = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(256, JAVA_BYTE).withName("name"),
            MemoryLayout.paddingLayout(752)).withName("cudaDeviceProp");

    // cudaError_t cudaDriverGetVersion(int* driverVersion)
    static final MethodHandle cudaDriverGetVersion = FUNCTIONS.status("cudaDriverGetVersion", ADDRESS);
    static final MethodHandle cudaRuntimeGetVersion = FUNCTIONS.status("cudaRuntimeGetVersion", ADDRESS);
    // const char* cudaGetErrorName(cudaError_t error)
    static final MethodHandle cudaGetErrorName = FUNCTIONS.bind("cudaGetErrorName", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    static final MethodHandle cudaGetErrorString = FUNCTIONS.bind("cudaGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    // cudaError_t cudaGetLastError(void): also forgets it
    static final MethodHandle cudaGetLastError = FUNCTIONS.status("cudaGetLastError");

    static final MethodHandle cudaGetDeviceCount = FUNCTIONS.status("cudaGetDeviceCount", ADDRESS);
    static final MethodHandle cudaGetDevice = FUNCTIONS.status("cudaGetDevice", ADDRESS);
    static final MethodHandle cudaSetDevice = FUNCTIONS.status("cudaSetDevice", JAVA_INT);
    static final MethodHandle cudaDeviceSynchronize = FUNCTIONS.status("cudaDeviceSynchronize");
    // cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp* prop, int device)
    static final MethodHandle cudaGetDeviceProperties = FUNCTIONS.status("cudaGetDeviceProperties", ADDRESS, JAVA_INT);
    // cudaError_t cudaDeviceGetAttribute(int* value, enum cudaDeviceAttr attr, int device)
    static final MethodHandle cudaDeviceGetAttribute = FUNCTIONS.status("cudaDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
    // cudaError_t cudaDeviceGetPCIBusId(char* pciBusId, int len, int device)
    static final MethodHandle cudaDeviceGetPCIBusId = FUNCTIONS.status("cudaDeviceGetPCIBusId", ADDRESS, JAVA_INT, JAVA_INT);
    // cudaError_t cudaMemGetInfo(size_t* free, size_t* total)
    static final MethodHandle cudaMemGetInfo = FUNCTIONS.status("cudaMemGetInfo", ADDRESS, ADDRESS);

    // cudaError_t cudaMalloc(void** devPtr, size_t size)
    static final MethodHandle cudaMalloc = FUNCTIONS.status("cudaMalloc", ADDRESS, JAVA_LONG);
    static final MethodHandle cudaFree = FUNCTIONS.status("cudaFree", ADDRESS);
    // cudaError_t cudaHostAlloc(void** pHost, size_t size, unsigned int flags)
    static final MethodHandle cudaHostAlloc = FUNCTIONS.status("cudaHostAlloc", ADDRESS, JAVA_LONG, JAVA_INT);
    static final MethodHandle cudaFreeHost = FUNCTIONS.status("cudaFreeHost", ADDRESS);
    // cudaError_t cudaHostRegister(void* ptr, size_t size, unsigned int flags)
    static final MethodHandle cudaHostRegister = FUNCTIONS.status("cudaHostRegister", ADDRESS, JAVA_LONG, JAVA_INT);
    static final MethodHandle cudaHostUnregister = FUNCTIONS.status("cudaHostUnregister", ADDRESS);
    // cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes* attributes, const void* ptr)
    static final MethodHandle cudaPointerGetAttributes = FUNCTIONS.status("cudaPointerGetAttributes", ADDRESS, ADDRESS);
    // cudaError_t cudaMemcpyAsync(void* dst, const void* src, size_t count, enum cudaMemcpyKind kind, cudaStream_t stream)
    static final MethodHandle cudaMemcpyAsync = FUNCTIONS.status("cudaMemcpyAsync", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
    // cudaError_t cudaMemsetAsync(void* devPtr, int value, size_t count, cudaStream_t stream)
    static final MethodHandle cudaMemsetAsync = FUNCTIONS.status("cudaMemsetAsync", ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS);

    // cudaError_t cudaStreamCreateWithFlags(cudaStream_t* pStream, unsigned int flags)
    static final MethodHandle cudaStreamCreateWithFlags = FUNCTIONS.status("cudaStreamCreateWithFlags", ADDRESS, JAVA_INT);
    static final MethodHandle cudaStreamDestroy = FUNCTIONS.status("cudaStreamDestroy", ADDRESS);
    static final MethodHandle cudaStreamSynchronize = FUNCTIONS.status("cudaStreamSynchronize", ADDRESS);
    static final MethodHandle cudaStreamQuery = FUNCTIONS.status("cudaStreamQuery", ADDRESS);
    // cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int flags)
    static final MethodHandle cudaStreamWaitEvent = FUNCTIONS.status("cudaStreamWaitEvent", ADDRESS, ADDRESS, JAVA_INT);
    // cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode)
    static final MethodHandle cudaStreamBeginCapture = FUNCTIONS.status("cudaStreamBeginCapture", ADDRESS, JAVA_INT);
    // cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* pGraph)
    static final MethodHandle cudaStreamEndCapture = FUNCTIONS.status("cudaStreamEndCapture", ADDRESS, ADDRESS);

    // cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags)
    static final MethodHandle cudaEventCreateWithFlags = FUNCTIONS.status("cudaEventCreateWithFlags", ADDRESS, JAVA_INT);
    static final MethodHandle cudaEventRecord = FUNCTIONS.status("cudaEventRecord", ADDRESS, ADDRESS);
    static final MethodHandle cudaEventSynchronize = FUNCTIONS.status("cudaEventSynchronize", ADDRESS);
    static final MethodHandle cudaEventQuery = FUNCTIONS.status("cudaEventQuery", ADDRESS);
    // cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t start, cudaEvent_t end)
    static final MethodHandle cudaEventElapsedTime = FUNCTIONS.status("cudaEventElapsedTime", ADDRESS, ADDRESS, ADDRESS);
    static final MethodHandle cudaEventDestroy = FUNCTIONS.status("cudaEventDestroy", ADDRESS);

    // cudaError_t cudaGraphInstantiate(cudaGraphExec_t* pGraphExec, cudaGraph_t graph, unsigned long long flags)
    static final MethodHandle cudaGraphInstantiate = FUNCTIONS.status("cudaGraphInstantiate", ADDRESS, ADDRESS, JAVA_LONG);
    static final MethodHandle cudaGraphLaunch = FUNCTIONS.status("cudaGraphLaunch", ADDRESS, ADDRESS);
    static final MethodHandle cudaGraphExecDestroy = FUNCTIONS.status("cudaGraphExecDestroy", ADDRESS);
    static final MethodHandle cudaGraphDestroy = FUNCTIONS.status("cudaGraphDestroy", ADDRESS);

    private LibCudart() {}

    static Map<String, FunctionDescriptor> bound() {
        return FUNCTIONS.bound();
    }

    /** @throws org.drllava.bindings.host.NativeLibraryException when there is none */
    static NativeLibrary library() {
        return FUNCTIONS.library();
    }

    /** Throws what CUDA says of {@code status} when it is not 0. */
    static void check(int status, String call) {
        if (status != 0) {
            throw new CudaException(call, status, text(cudaGetErrorName, status), text(cudaGetErrorString, status));
        }
    }

    /** Of the many functions that take one pointer. */
    static void run(MethodHandle function, String name, MemorySegment pointer) {
        check(status(function, name, pointer), name);
    }

    static int status(MethodHandle function, String name, MemorySegment pointer) {
        try {
            return (int) function.invokeExact(pointer);
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected(name, impossible);
        }
    }

    private static String text(MethodHandle function, int status) {
        try {
            return NativeCalls.string((MemorySegment) function.invokeExact(status));
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cudaGetErrorString", impossible);
        }
    }
}
