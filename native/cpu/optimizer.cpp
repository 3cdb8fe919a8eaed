// AdamW, one pass over its five arrays.
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

}  // namespace

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
