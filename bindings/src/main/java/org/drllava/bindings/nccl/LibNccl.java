package org.drllava.bindings.nccl;

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
import org.drllava.bindings.cuda.NvidiaLibrary;
import org.drllava.bindings.host.NativeCalls;
import org.drllava.bindings.host.NativeFunctions;
import org.drllava.bindings.host.NativeLibrary;

/** The functions of NCCL that are used, one handle a function, named after the C symbol; {@code nccl.h} of NCCL 2.30.7. */
final class LibNccl {
    /** The call goes on after it has returned: of communicators that do not block. */
    static final int IN_PROGRESS = 7; // ncclInProgress

    private static final NativeFunctions FUNCTIONS = NativeFunctions.of(NvidiaLibrary.NCCL::open);

    static final StructLayout ncclUniqueId = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(128, JAVA_BYTE).withName("internal"))
            .withName("ncclUniqueId");
    static final StructLayout ncclConfig_t = MemoryLayout.structLayout(JAVA_LONG.withName("size"), JAVA_INT.withName("magic"),
            JAVA_INT.withName("version"), JAVA_INT.withName("blocking"), JAVA_INT.withName("cgaClusterSize"), JAVA_INT.withName("minCTAs"),
            JAVA_INT.withName("maxCTAs"), ADDRESS.withName("netName"), JAVA_INT.withName("splitShare"), JAVA_INT.withName("trafficClass"),
            ADDRESS.withName("commName"), JAVA_INT.withName("collnetEnable"), JAVA_INT.withName("CTAPolicy"), JAVA_INT.withName("shrinkShare"),
            JAVA_INT.withName("nvlsCTAs"), JAVA_INT.withName("nChannelsPerNetPeer"), JAVA_INT.withName("nvlinkCentricSched"),
            JAVA_INT.withName("graphUsageMode"), JAVA_INT.withName("numRmaCtx"), JAVA_INT.withName("maxP2pPeers"),
            JAVA_INT.withName("graphStreamOrdering")).withName("ncclConfig_t");
    static final int CONFIG_MAGIC = 0xcafebeef; // NCCL_API_MAGIC
    static final int CONFIG_VERSION = 23007; // NCCL_VERSION_CODE of the header that the struct is from; others cut or extend it
    static final int UNDEFINED = Integer.MIN_VALUE; // NCCL_CONFIG_UNDEF_INT

    // ncclResult_t ncclGetVersion(int *version)
    static final MethodHandle ncclGetVersion = FUNCTIONS.status("ncclGetVersion", ADDRESS);
    // const char* ncclGetErrorString(ncclResult_t result)
    static final MethodHandle ncclGetErrorString = FUNCTIONS.bind("ncclGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    // const char* ncclGetLastError(ncclComm_t comm): comm is not used
    static final MethodHandle ncclGetLastError = FUNCTIONS.bind("ncclGetLastError", FunctionDescriptor.of(ADDRESS, ADDRESS));

    // ncclResult_t ncclGetUniqueId(ncclUniqueId* uniqueId)
    static final MethodHandle ncclGetUniqueId = FUNCTIONS.status("ncclGetUniqueId", ADDRESS);
    // ncclResult_t ncclCommInitRankConfig(ncclComm_t* comm, int nranks, ncclUniqueId commId, int rank, ncclConfig_t* config)
    static final MethodHandle ncclCommInitRankConfig =
            FUNCTIONS.status("ncclCommInitRankConfig", ADDRESS, JAVA_INT, ncclUniqueId, JAVA_INT, ADDRESS);
    static final MethodHandle ncclCommFinalize = FUNCTIONS.status("ncclCommFinalize", ADDRESS);
    static final MethodHandle ncclCommDestroy = FUNCTIONS.status("ncclCommDestroy", ADDRESS);
    static final MethodHandle ncclCommAbort = FUNCTIONS.status("ncclCommAbort", ADDRESS);
    // ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t *asyncError)
    static final MethodHandle ncclCommGetAsyncError = FUNCTIONS.status("ncclCommGetAsyncError", ADDRESS, ADDRESS);

    // ncclResult_t ncclAllReduce(const void* sendbuff, void* recvbuff, size_t count, ncclDataType_t, ncclRedOp_t, ncclComm_t, cudaStream_t)
    static final MethodHandle ncclAllReduce =
            FUNCTIONS.status("ncclAllReduce", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    // ncclResult_t ncclReduceScatter(const void* sendbuff, void* recvbuff, size_t recvcount, ncclDataType_t, ncclRedOp_t, ncclComm_t, cudaStream_t)
    static final MethodHandle ncclReduceScatter =
            FUNCTIONS.status("ncclReduceScatter", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    // ncclResult_t ncclBroadcast(const void* sendbuff, void* recvbuff, size_t count, ncclDataType_t, int root, ncclComm_t, cudaStream_t)
    static final MethodHandle ncclBroadcast =
            FUNCTIONS.status("ncclBroadcast", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    // ncclResult_t ncclAllGather(const void* sendbuff, void* recvbuff, size_t sendcount, ncclDataType_t, ncclComm_t, cudaStream_t)
    static final MethodHandle ncclAllGather = FUNCTIONS.status("ncclAllGather", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
    // ncclResult_t ncclSend(const void* sendbuff, size_t count, ncclDataType_t, int peer, ncclComm_t, cudaStream_t)
    static final MethodHandle ncclSend = FUNCTIONS.status("ncclSend", ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    static final MethodHandle ncclRecv = FUNCTIONS.status("ncclRecv", ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    static final MethodHandle ncclGroupStart = FUNCTIONS.status("ncclGroupStart");
    static final MethodHandle ncclGroupEnd = FUNCTIONS.status("ncclGroupEnd");

    private LibNccl() {}

    static Map<String, FunctionDescriptor> bound() {
        return FUNCTIONS.bound();
    }

    /** @throws org.drllava.bindings.host.NativeLibraryException when there is none */
    static NativeLibrary library() {
        return FUNCTIONS.library();
    }

    /** Throws what NCCL says of {@code status} when it is an error. */
    static void check(int status, String call) {
        if (status != 0 && status != IN_PROGRESS) {
            throw new NcclException(call, text(status), lastError());
        }
    }

    private static String text(int status) {
        try {
            return NativeCalls.string((MemorySegment) ncclGetErrorString.invokeExact(status));
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("ncclGetErrorString", impossible);
        }
    }

    private static String lastError() {
        try {
            return NativeCalls.string((MemorySegment) ncclGetLastError.invokeExact(MemorySegment.NULL));
        } catch (Throwable impossible) {
            throw NativeCalls.unexpected("ncclGetLastError", impossible);
        }
    }
}
