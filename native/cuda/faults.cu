#include "faults.h"

namespace drllava::cuda {

namespace {

const char* name_of(Array array) {
    constexpr const char* NAMES[] = {"positions", "sequences", "targets", "suppressed", "offsets", "key_offsets", "query_offsets", "part_ends",
                                     "packed", "packed_b", "logits", "ids"};
    return NAMES[static_cast<int>(array)];
}

int tell(const Fault& fault) {
    const char* name = name_of(fault.array);
    long long at = fault.at, value = fault.value, limit = fault.limit, more = fault.more;
    switch (fault.kind) {
        case FaultKind::OUTSIDE:
            return fail(DL_BAD_ARGUMENT, "on the GPU: %s[%lld] is %lld, not in 0 to %lld", name, at, value, limit);
        case FaultKind::FALLING:
            return fail(DL_BAD_ARGUMENT, "on the GPU: %s[%lld] is %lld after %lld", name, at, value, limit);
        case FaultKind::BEGINNING:
            return fail(DL_BAD_ARGUMENT, "on the GPU: %s begins with %lld, not 0", name, value);
        case FaultKind::ENDING:
            return fail(DL_BAD_ARGUMENT, "on the GPU: %s ends with %lld where there are %lld outputs", name, value, limit);
        case FaultKind::BFLOAT16:
            return fail(DL_BAD_ARGUMENT, "on the GPU: %s is bfloat16", name);
        case FaultKind::NOT_PACKED:
            return fail(DL_BAD_ARGUMENT, "on the GPU: %s was not made by dl_pack_weight in this process", name);
        case FaultKind::OTHER_SIZES:
            return fail(DL_BAD_ARGUMENT, "on the GPU: %s has %lld inputs and %lld outputs where the call has %lld and %lld", name, at, value,
                        limit, more);
        case FaultKind::NO_TOKEN:
            return fail(DL_BAD_ARGUMENT, "on the GPU: row %lld has no token to sample: all are suppressed or its logits are not numbers", at);
        case FaultKind::NONE:
            break;
    }
    return DL_OK;
}

thread_local cudaStream_t current_stream = nullptr;

}  // namespace

cudaStream_t stream() { return current_stream; }

int checked(cudaError_t error, const char* function) {
    return error == cudaSuccess ? DL_OK : fail(DL_DEVICE_FAILED, "%s: CUDA says: %s", function, cudaGetErrorString(error));
}

}  // namespace drllava::cuda

using namespace drllava;
using namespace drllava::cuda;

int dl_set_stream(void* stream) {
    current_stream = static_cast<cudaStream_t>(stream);
    return DL_OK;
}

int dl_set_threads(int64_t threads) {
    return Check("dl_set_threads").that(threads == 1, "a GPU's kernels are called by one thread, not %lld", static_cast<long long>(threads)).status();
}

int dl_synchronize(void) {
    Fault fault{};
    cudaError_t error = cudaMemcpyFromSymbolAsync(&fault, first_fault, sizeof fault, 0, cudaMemcpyDeviceToHost, stream());
    error = error == cudaSuccess ? cudaStreamSynchronize(stream()) : error;
    if (error == cudaSuccess && fault.taken != 0) {
        Fault none{};
        error = cudaMemcpyToSymbolAsync(first_fault, &none, sizeof none, 0, cudaMemcpyHostToDevice, stream());
        error = error == cudaSuccess ? cudaStreamSynchronize(stream()) : error;
    }
    return error == cudaSuccess ? tell(fault) : checked(error, "dl_synchronize");
}
