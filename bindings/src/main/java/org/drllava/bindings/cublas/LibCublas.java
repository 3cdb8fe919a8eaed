package org.drllava.bindings.cublas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import org.drllava.bindings.cuda.NvidiaLibrary;
import org.drllava.bindings.host.NativeCalls;
import org.drllava.bindings.host.NativeFunctions;
import org.drllava.bindings.host.NativeLibrary;

/** The functions of cuBLAS that are used, one handle a function, named after the C symbol; {@code cublas_v2.h} of cuBLAS 13.1. */
final class LibCublas {
    private static final NativeFunctions FUNCTIONS = NativeFunctions.of(NvidiaLibrary.CUBLAS::open);

    // cublasStatus_t cublasCreate_v2(cublasHandle_t* handle)
    static final MethodHandle cublasCreate_v2 = FUNCTIONS.status("cublasCreate_v2", ADDRESS);
    static final MethodHandle cublasDestroy_v2 = FUNCTIONS.status("cublasDestroy_v2", ADDRESS);
    // cublasStatus_t cublasGetVersion_v2(cublasHandle_t handle, int* version): takes NULL for the handle
    static final MethodHandle cublasGetVersion_v2 = FUNCTIONS.status("cublasGetVersion_v2", ADDRESS, ADDRESS);
    // const char* cublasGetStatusName(cublasStatus_t status)
    static final MethodHandle cublasGetStatusName = FUNCTIONS.bind("cublasGetStatusName", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    static final MethodHandle cublasGetStatusString = FUNCTIONS.bind("cublasGetStatusString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    static final MethodHandle cublasSetStream_v2 = FUNCTIONS.status("cublasSetStream_v2", ADDRESS, ADDRESS);
    // cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, size_t workspaceSizeInBytes)
    static final MethodHandle cublasSetWorkspace_v2 = FUNCTIONS.status("cublasSetWorkspace_v2", ADDRESS, ADDRESS, JAVA_LONG);
    // cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode)
    static final MethodHandle cublasSetMathMode = FUNCTIONS.status("cublasSetMathMode", ADDRESS, JAVA_INT);
    // cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,
    //     const void* alpha, const void* A, cudaDataType Atype, int lda, const void* B, cudaDataType Btype, int ldb,
    //     const void* beta, void* C, cudaDataType Ctype, int ldc, cublasComputeType_t computeType, cublasGemmAlgo_t algo)
    static final MethodHandle cublasGemmEx = FUNCTIONS.status("cublasGemmEx", ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS,
            ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    // the same with long long int strideA, strideB, strideC behind lda, ldb, ldc, and int batchCount
    static final MethodHandle cublasGemmStridedBatchedEx = FUNCTIONS.status("cublasGemmStridedBatchedEx",
            ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG,
            ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT);

    private LibCublas() {}

    static Map<String, FunctionDescriptor> bound() {
        return FUNCTIONS.bound();
    }

    /** @throws org.drllava.bindings.host.NativeLibraryException when there is none */
    static NativeLibrary library() {
        return FUNCTIONS.library();
    }

    /** Throws what cuBLAS says of {@code status} when it is not 0. */
    static void check(int status, String call) {
        if (status != 0) {
            throw new CublasException(call + " failed: " + text(cublasGetStatusName, status) + ", " + text(cublasGetStatusString, status));
        }
    }

    private static String text(MethodHandle function, int status) {
        try {
            return NativeCalls.string((MemorySegment) function.invokeExact(status));
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("cublasGetStatusString", impossible);
        }
    }
}
