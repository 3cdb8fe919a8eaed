#pragma once

// A function compiled for one instruction set must never be what the linker keeps for all: so functions in headers that
// several sets include are inlined always, and nothing of the C++ standard library is used in kernels.
#define DL_INLINE inline __attribute__((always_inline))
#define DL_LAMBDA __attribute__((always_inline))
