#pragma once

// A function compiled for one instruction set must never be what the linker keeps for all: so functions in headers that
// several sets include are inlined always, and nothing of the C++ standard library is used in kernels.
#ifdef __CUDACC__
#define DL_INLINE __host__ __device__ inline __attribute__((always_inline))
#else
#define DL_INLINE inline __attribute__((always_inline))
#endif
#define DL_LAMBDA __attribute__((always_inline))
