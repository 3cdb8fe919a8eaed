// A row of attention scores becomes probabilities.
#pragma once

#include "simd.h"

namespace drllava::DL_ISA {

// The first n lanes of `v`, `other` in the rest.
static DL_INLINE Vec first_lanes(Vec v, int64_t n, Vec other) {
    if (n >= LANES) {
        return v;
    }
    IntVec lane;
    for (int i = 0; i < LANES; i++) {
        lane[i] = i;
    }
    return lane < static_cast<int32_t>(n) ? v : other;
}

// scores[j] = e^(scores[j] - largest) for j < n, 0 up to `end`. Lanes behind the n-th add exactly 0, so n alone decides the
// bits. Gives the sum and the largest; `scores` has room for whole vectors.
static inline void exponentiate(float* scores, int64_t n, int64_t end, float* largest_score, float* total) {
    const Vec lowest = broadcast(-__builtin_inff());
    Vec most = lowest;
    for (int64_t j = 0; j < n; j += LANES) {
        most = maximum(first_lanes(load(scores + j), n - j, lowest), most);
    }
    *largest_score = largest(most);
    Vec shift = broadcast(*largest_score), sums{};
    for (int64_t j = 0; j < end; j += LANES) {
        Vec p = first_lanes(exp(load(scores + j) - shift), greatest(n - j, 0), Vec{});
        store(scores + j, p);
        sums += p;
    }
    *total = sum(sums);
}

}  // namespace drllava::DL_ISA
