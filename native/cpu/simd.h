// Vectors of DL_LANES floats. The same sources are compiled once for each instruction set, with DL_ISA (a namespace) and
// DL_LANES set by CMake. GCC's and Clang's vector types do the arithmetic; only what they cannot say is an intrinsic.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#include "bfloat16.h"
#include "inline.h"

namespace drllava::DL_ISA {

constexpr int LANES = DL_LANES;

static DL_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static DL_INLINE int64_t greatest(int64_t a, int64_t b) { return a > b ? a : b; }

using Vec = float __attribute__((vector_size(DL_LANES * sizeof(float))));
using IntVec = int32_t __attribute__((vector_size(DL_LANES * sizeof(int32_t))));
// At any address, also for Clang, which takes an alignment below a vector's own in a packed struct alone.
struct __attribute__((packed, may_alias)) UnalignedVec {
    Vec v;
};

static DL_INLINE Vec load(const float* p) { return reinterpret_cast<const UnalignedVec*>(p)->v; }

static DL_INLINE Vec load(const bfloat16* p) {
    uint16_t halves __attribute__((vector_size(DL_LANES * sizeof(uint16_t))));
    std::memcpy(&halves, p, sizeof halves);
    return (Vec)(__builtin_convertvector(halves, IntVec) << 16);
}

static DL_INLINE void store(float* p, Vec v) { reinterpret_cast<UnalignedVec*>(p)->v = v; }

static DL_INLINE Vec broadcast(float x) { return x - Vec{}; }

// a * b + c, rounded once where the instruction set can.
static DL_INLINE Vec fma(Vec a, Vec b, Vec c) {
#if DL_LANES == 16 && defined(__AVX512F__)
    return (Vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif DL_LANES == 8 && defined(__FMA__)
    return (Vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return a * b + c;
#endif
}

// The first n lanes from memory, zeros behind them; touches no other memory. n may be 0 or more than LANES.
static DL_INLINE Vec load_first(const float* p, int64_t n) {
    if (n >= LANES) {
        return load(p);
    }
    Vec v{};
    for (int i = 0; i < LANES - 1; i++) {
        if (i < n) {
            v[i] = p[i];
        }
    }
    return v;
}

static DL_INLINE void store_first(float* p, Vec v, int64_t n) {
    if (n >= LANES) {
        store(p, v);
        return;
    }
    for (int i = 0; i < LANES - 1; i++) {
        if (i < n) {
            p[i] = v[i];
        }
    }
}

static DL_INLINE Vec maximum(Vec a, Vec b) { return a > b ? a : b; }

// Lanes are added as a binary tree, so the order is the same everywhere.
static DL_INLINE float sum(Vec v) {
    float lanes[LANES];
    store(lanes, v);
    for (int half = LANES / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) {
            lanes[i] += lanes[i + half];
        }
    }
    return lanes[0];
}

static DL_INLINE float largest(Vec v) {
    float lanes[LANES];
    store(lanes, v);
    float best = lanes[0];
    for (int i = 1; i < LANES; i++) {
        best = lanes[i] > best ? lanes[i] : best;
    }
    return best;
}

static DL_INLINE void prefetch(const void* p) { __builtin_prefetch(p, 0, 2); }

// Loops over rows of which they use one head ask for it this many rows before: the processor does not foresee such steps.
constexpr int64_t AHEAD = 12;

static DL_INLINE void prefetch_head(const float* p, int64_t head) {
    for (int64_t d = 0; d < head; d += 16) {
        prefetch(p + d);
    }
}

static DL_INLINE void prefetch_head_to_write(float* p, int64_t head) {
    for (int64_t d = 0; d < head; d += 16) {
        __builtin_prefetch(p + d, 1, 2);
    }
}

// e^x to about 1.5 units in the last place; 0 below -87.3 (no denormal numbers, which are slow), infinity above 88.3, NaN
// for NaN. Reduction by multiples of ln 2 in two parts and a polynomial of degree 6, as in Cephes.
static DL_INLINE Vec exp(Vec x) {
    const Vec low = broadcast(-87.3f), high = broadcast(89.0f);
    Vec bounded = x < low ? low : x;  // a NaN compares false and stays
    bounded = bounded > high ? high : bounded;
    const Vec round = broadcast(12582912.0f);  // 1.5 · 2^23: adding it rounds to an integer
    Vec n = fma(bounded, broadcast(1.44269504088896341f), round) - round;
    Vec r = fma(n, broadcast(-0.693359375f), bounded);
    r = fma(n, broadcast(2.12194440e-4f), r);
    Vec p = broadcast(1.9875691500e-4f);
    p = fma(p, r, broadcast(1.3981999507e-3f));
    p = fma(p, r, broadcast(8.3334519073e-3f));
    p = fma(p, r, broadcast(4.1665795894e-2f));
    p = fma(p, r, broadcast(1.6666665459e-1f));
    p = fma(p, r, broadcast(5.0000001201e-1f));
    p = fma(p, r * r, r) + broadcast(1.0f);
    IntVec exponent = __builtin_convertvector(n == n ? n : Vec{}, IntVec) + 127;
    return x < low ? Vec{} : p * (Vec)(exponent << 23);
}

}  // namespace drllava::DL_ISA
