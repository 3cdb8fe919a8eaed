// Element types, the exponential, sums over warps and blocks. The order of every sum is fixed.
#pragma once

#include <cfloat>
#include <cmath>

#include "device.h"

namespace drllava::cuda {

// A float's upper half.
struct bfloat16 {
    uint16_t bits;
};

__device__ inline float number(float x) { return x; }
__device__ inline float number(bfloat16 x) { return __uint_as_float(static_cast<unsigned>(x.bits) << 16); }

template <class T>
__device__ T rounded(float x);

template <>
__device__ inline float rounded<float>(float x) {
    return x;
}

// To the nearest, ties to even; a NaN stays one.
template <>
__device__ inline bfloat16 rounded<bfloat16>(float x) {
    unsigned bits = __float_as_uint(x);
    unsigned nearest = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return {static_cast<uint16_t>(x != x ? bits >> 16 | 0x40 : nearest)};
}

// e^x: the bits of the CPU kernels where those have a multiply-add (cpu/simd.h says how).
__device__ inline float exponential(float x) {
    const float low = -87.3f, high = 89.0f, round = 12582912.0f;
    float bounded = x < low ? low : x;
    bounded = bounded > high ? high : bounded;
    float n = fmaf(bounded, 1.44269504088896341f, round) - round;
    float r = fmaf(n, -0.693359375f, bounded);
    r = fmaf(n, 2.12194440e-4f, r);
    float p = 1.9875691500e-4f;
    p = fmaf(p, r, 1.3981999507e-3f);
    p = fmaf(p, r, 8.3334519073e-3f);
    p = fmaf(p, r, 4.1665795894e-2f);
    p = fmaf(p, r, 1.6666665459e-1f);
    p = fmaf(p, r, 5.0000001201e-1f);
    p = fmaf(p, r * r, r) + 1.0f;
    int exponent = static_cast<int>(n == n ? n : 0.0f) + 127;
    return x < low ? 0.0f : p * __uint_as_float(static_cast<unsigned>(exponent) << 23);
}

__device__ inline bool finite(float x) { return fabsf(x) <= FLT_MAX; }

__device__ inline float larger_of(float a, float b) { return a > b ? a : b; }

// The sum over a warp, the same bits in each lane.
template <class T>
__device__ T warp_sum(T value) {
    for (int bits = WARP / 2; bits > 0; bits /= 2) {
        value += __shfl_xor_sync(ALL_LANES, value, bits);
    }
    return value;
}

__device__ inline float warp_largest(float value) {
    for (int bits = WARP / 2; bits > 0; bits /= 2) {
        value = larger_of(__shfl_xor_sync(ALL_LANES, value, bits), value);
    }
    return value;
}

// What `combine` makes of all threads' values, to each of them. `room` has a place for each warp.
template <class T, class Combine>
__device__ T over_block(T value, T* room, Combine combine) {
    for (int bits = WARP / 2; bits > 0; bits /= 2) {
        value = combine(value, __shfl_xor_sync(ALL_LANES, value, bits));
    }
    if (blockDim.x == WARP) {
        return value;
    }
    if (threadIdx.x % WARP == 0) {
        room[threadIdx.x / WARP] = value;
    }
    __syncthreads();
    value = room[0];
    for (unsigned warp = 1; warp < blockDim.x / WARP; warp++) {
        value = combine(value, room[warp]);
    }
    __syncthreads();
    return value;
}

template <class T>
__device__ T block_sum(T value, T* room) {
    return over_block(value, room, [](T a, T b) { return a + b; });
}

// Threads for a row of n: a function of n alone, as sums depend on it.
inline int threads_for(int64_t n) { return n <= 128 ? WARP : n <= 1024 ? 128 : 256; }

}  // namespace drllava::cuda
