// What the kernels need of CUDA, and where threads are fibers of a CPU's (test/cuda_on_cpu), the same of those.
#pragma once

#ifdef __CUDACC__
#include <cuda_runtime.h>
#else
#include "cuda_on_cpu.h"
#endif

#include "kernels.h"
#include "status.h"

namespace drllava::cuda {

constexpr int WARP = 32;
constexpr int THREADS = 256;  // of a block where nothing asks for another number
constexpr unsigned ALL_LANES = 0xffffffffu;

// The calling thread's, as dl_set_stream left it.
cudaStream_t stream();

// DL_OK, or DL_DEVICE_FAILED with CUDA's text.
int checked(cudaError_t error, const char* function);

// Of the block, as many bytes as the launch said, and aligned for any type.
template <class T>
__device__ T* dynamic_shared() {
#ifdef __CUDACC__
    extern __shared__ __align__(16) unsigned char bytes[];
    return reinterpret_cast<T*>(bytes);
#else
    return static_cast<T*>(cuda_on_cpu::dynamic_shared());
#endif
}

// Puts a kernel on the calling thread's stream; `function` is what the caller called.
template <class... Parameters, class... Arguments>
int launch(const char* function, void (*kernel)(Parameters...), dim3 grid, dim3 threads, size_t shared, const Arguments&... arguments) {
    if (grid.x == 0 || grid.y == 0 || grid.z == 0) {
        return DL_OK;
    }
#ifdef __CUDACC__
    constexpr size_t ALWAYS_ALLOWED = 48 << 10;
    if (shared > ALWAYS_ALLOWED) {
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared));
    }
    kernel<<<grid, threads, shared, stream()>>>(arguments...);
#else
    cuda_on_cpu::launch_on(stream(), grid, threads, shared, [=] { kernel(arguments...); });
#endif
    return checked(cudaGetLastError(), function);
}

// A grid of one dimension for `count` pieces of work, so many a block; one that CUDA refuses if that is too many.
inline dim3 blocks(int64_t count, int64_t threads) {
    int64_t needed = (count + threads - 1) / threads;
    return dim3(needed < UINT32_MAX ? static_cast<unsigned>(needed) : UINT32_MAX);
}

__device__ inline int64_t thread_of_grid() { return int64_t{blockIdx.x} * blockDim.x + threadIdx.x; }

// Memory on the calling thread's stream, freed there when the owner goes.
class StreamMemory {
public:
    explicit StreamMemory(size_t bytes) : error_(cudaMallocAsync(&data_, bytes, stream())) {}
    ~StreamMemory() {
        if (error_ == cudaSuccess) {
            cudaFreeAsync(data_, stream());
        }
    }
    StreamMemory(const StreamMemory&) = delete;
    StreamMemory& operator=(const StreamMemory&) = delete;

    cudaError_t error() const { return error_; }
    template <class T>
    T* as() const {
        return static_cast<T*>(data_);
    }

private:
    void* data_ = nullptr;
    cudaError_t error_;
};

}  // namespace drllava::cuda
