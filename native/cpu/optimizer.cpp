// AdamW, one pass over its five arrays, and the norm that clipping needs.
#include "optimizer.h"

#include "simd.h"

namespace drllava::DL_ISA {
namespace {

DL_INLINE Vec square_root(Vec v) {
#if DL_LANES == 16 && defined(__AVX512F__)
    return (Vec)_mm512_sqrt_ps((__m512)v);
#elif DL_LANES == 8 && defined(__AVX2__)
    return (Vec)_mm256_sqrt_ps((__m256)v);
#else
    for (int i = 0; i < LANES; i++) {
        v[i] = __builtin_sqrtf(v[i]);
    }
    return v;
#endif
}

// Squares are added in float, SQUARES of them, and those sums in double: to widen each square would cost more than to read it.
constexpr int64_t SUMS = 8;
constexpr int64_t STEP = SUMS * LANES;
constexpr int64_t SQUARES = 16 * STEP;

DL_INLINE double squares(const float* x, int64_t n) {
    Vec sums[SUMS] = {};
    int64_t i = 0;
    for (; i + STEP <= n; i += STEP) {
#pragma GCC unroll 8
        for (int s = 0; s < SUMS; s++) {
            Vec v = load(x + i + s * LANES);
            sums[s] = fma(v, v, sums[s]);
        }
    }
    for (; i < n; i += LANES) {
        Vec v = load_first(x + i, n - i);
        sums[0] = fma(v, v, sums[0]);
    }
    return sum(((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])));
}

}  // namespace

int squared_norms(double* sums, const float* x, int64_t block, int64_t n) {
    for (int64_t begin = 0; begin < n; begin += block) {
        int64_t end = least(begin + block, n);
        double sum = 0;
        for (int64_t from = begin; from < end; from += SQUARES) {
            sum += squares(x + from, least(SQUARES, end - from));
        }
        *sums++ = sum;
    }
    return DL_OK;
}

int adamw(const AdamW& call) {
    Vec scale = broadcast(call.scale), keep = broadcast(call.keep);
    Vec mix1 = broadcast(call.mix1), decay2 = broadcast(call.decay2), mix2 = broadcast(call.mix2);
    Vec rate = broadcast(call.rate), root = broadcast(call.inverse_root), epsilon = broadcast(call.epsilon);
    for (int64_t i = 0; i < call.n; i += LANES) {
        int64_t left = call.n - i;
        Vec g = load_first(call.gradient + i, left) * scale;
        Vec m = load_first(call.first + i, left);
        m = fma(g - m, mix1, m);
        Vec v = fma(g * g, mix2, load_first(call.second + i, left) * decay2);
        Vec p = load_first(call.parameters + i, left) * keep;
        p -= rate * m / fma(square_root(v), root, epsilon);
        store_first(call.first + i, m, left);
        store_first(call.second + i, v, left);
        store_first(call.parameters + i, p, left);
    }
    return DL_OK;
}

}  // namespace drllava::DL_ISA
