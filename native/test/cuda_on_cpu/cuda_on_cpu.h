// CUDA for tests without a GPU: every CUDA thread is a fiber of the CPU thread that launches, one block runs at a time, and
// fibers take turns at barriers and warp functions only. A kernel that forgets a barrier sees wrong values in one of the
// orders that DRLLAVA_FIBERS chooses (ascending or descending, where a warp runs ahead of the others until it has to wait
// for them, or a number that seeds a shuffle of all threads); barriers that not all threads reach, or not the same one, end
// the program with a message. The GPU's memory is the CPU's.
//
// Not here: speed, register limits, races between blocks, the order of memory, anything in PTX.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <type_traits>

#define __global__
#define __device__
#define __host__
#define __shared__ static
#define __launch_bounds__(...)

struct uint3 {
    unsigned x, y, z;
};

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

extern dim3 gridDim, blockDim;
extern uint3 blockIdx, threadIdx;
constexpr int warpSize = 32;

using cudaStream_t = void*;

namespace cuda_on_cpu {

// Runs `body` once for each thread of each block; `shared` bytes of dynamic shared memory are 0xff at a block's start, which
// is NaN in any floating-point type.
void launch(dim3 grid, dim3 block, size_t shared, const std::function<void()>& body);

// The same in the turn of a stream, where the process has the stand-in for the CUDA runtime; else at once.
void launch_on(cudaStream_t stream, dim3 grid, dim3 block, size_t shared, std::function<void()> body);

// In which order fibers take turns from now on: ascending, descending, or a number.
void order(const char* name);

void* dynamic_shared();

// A place in the kernel's source, so that two barriers are told apart.
struct Place {
    const char* file;
    int line;
};

int sync_block(bool vote, Place place);
void sync_warp(unsigned mask, const char* function);
unsigned lane();

// 16 bytes for each lane of the running thread's warp.
void* slot(unsigned lane);

[[noreturn]] void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

template <class T>
T exchange(unsigned mask, T value, unsigned source, const char* function) {
    static_assert(sizeof(T) <= 16 && std::is_trivially_copyable_v<T>);
    std::memcpy(slot(lane()), &value, sizeof(T));
    sync_warp(mask, function);
    if ((mask >> source & 1) == 0) {
        fail("%s reads lane %u, which is not in its mask", function, source);
    }
    std::memcpy(&value, slot(source), sizeof(T));
    sync_warp(mask, function);
    return value;
}

}  // namespace cuda_on_cpu

#define CUDA_ON_CPU_PLACE const char* file = __builtin_FILE(), int line = __builtin_LINE()

inline void __syncthreads(CUDA_ON_CPU_PLACE) { cuda_on_cpu::sync_block(false, {file, line}); }
inline int __syncthreads_or(int vote, CUDA_ON_CPU_PLACE) { return cuda_on_cpu::sync_block(vote != 0, {file, line}) != 0; }
inline int __syncthreads_count(int vote, CUDA_ON_CPU_PLACE) { return cuda_on_cpu::sync_block(vote != 0, {file, line}); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { cuda_on_cpu::sync_warp(mask, "__syncwarp"); }

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
    unsigned lane = cuda_on_cpu::lane();
    return cuda_on_cpu::exchange(mask, value, (lane & ~(width - 1)) | (source & (width - 1)), "__shfl_sync");
}

template <class T>
T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32) {
    unsigned lane = cuda_on_cpu::lane(), source = lane ^ bits;
    return cuda_on_cpu::exchange(mask, value, source / width > lane / width ? lane : source, "__shfl_xor_sync");
}

template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32) {
    unsigned lane = cuda_on_cpu::lane();
    bool inside = (lane & (width - 1)) + delta < static_cast<unsigned>(width);
    return cuda_on_cpu::exchange(mask, value, inside ? lane + delta : lane, "__shfl_down_sync");
}

template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32) {
    unsigned lane = cuda_on_cpu::lane();
    return cuda_on_cpu::exchange(mask, value, (lane & (width - 1)) >= delta ? lane - delta : lane, "__shfl_up_sync");
}

inline unsigned __ballot_sync(unsigned mask, int vote) {
    unsigned all = 0;
    std::memcpy(cuda_on_cpu::slot(cuda_on_cpu::lane()), &vote, sizeof vote);
    cuda_on_cpu::sync_warp(mask, "__ballot_sync");
    for (unsigned lane = 0; lane < 32; lane++) {
        int one = 0;
        std::memcpy(&one, cuda_on_cpu::slot(lane), sizeof one);
        all |= (mask >> lane & 1) != 0 && one != 0 ? 1u << lane : 0;
    }
    cuda_on_cpu::sync_warp(mask, "__ballot_sync");
    return all;
}

inline int __any_sync(unsigned mask, int vote) { return __ballot_sync(mask, vote) != 0; }
inline int __all_sync(unsigned mask, int vote) { return __ballot_sync(mask, vote) == mask; }

// Fibers are never interrupted, so these need no more than to be done.

template <class T>
T atomicAdd(T* at, T value) {
    T old = *at;
    *at = old + value;
    return old;
}

template <class T>
T atomicMax(T* at, T value) {
    T old = *at;
    *at = value > old ? value : old;
    return old;
}

template <class T>
T atomicExch(T* at, T value) {
    T old = *at;
    *at = value;
    return old;
}

template <class T>
T atomicCAS(T* at, T expected, T value) {
    T old = *at;
    *at = old == expected ? value : old;
    return old;
}

inline void __threadfence() {}

inline unsigned __float_as_uint(float x) {
    unsigned bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

inline float __uint_as_float(unsigned bits) {
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

// The part of the runtime that the kernels call.

enum cudaError_t { cudaSuccess = 0 };
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice, cudaMemcpyDefault };

const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetLastError();
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaMallocAsync(void** memory, size_t bytes, cudaStream_t stream);
cudaError_t cudaFreeAsync(void* memory, cudaStream_t stream);
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);

template <class T>
cudaError_t cudaMemcpyFromSymbolAsync(void* to, const T& symbol, size_t bytes, size_t offset, cudaMemcpyKind kind, cudaStream_t stream) {
    return cudaMemcpyAsync(to, reinterpret_cast<const char*>(&symbol) + offset, bytes, kind, stream);
}

template <class T>
cudaError_t cudaMemcpyToSymbolAsync(T& symbol, const void* from, size_t bytes, size_t offset, cudaMemcpyKind kind, cudaStream_t stream) {
    return cudaMemcpyAsync(reinterpret_cast<char*>(&symbol) + offset, from, bytes, kind, stream);
}
