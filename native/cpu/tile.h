// The inner loop of every product: a small block of C = A B whose sums stay in registers.
#pragma once

#include "simd.h"

namespace drllava::DL_ISA {

// A block has up to TILE_ROWS rows and TILE_VECS vectors of columns: as many sums as there are registers, less those for
// the operands, and enough of them to hide the latency of a multiply-add.
#if DL_LANES == 16
constexpr int TILE_ROWS = 12;
#else
constexpr int TILE_ROWS = 6;
#endif
constexpr int TILE_VECS = 2;
constexpr int TILE_COLUMNS = TILE_VECS * LANES;

// Where the k-loop finds B: vector v of row k at data + k * row + (v / group) * jump + (v % group) * LANES.
template <class T>
struct ColumnsOf {
    const T* data;
    int64_t row;
    int64_t jump;
};

using Columns = ColumnsOf<float>;

// What to fetch into the caches while the loop runs: one line a step.
struct Ahead {
    const char* data;
    int64_t step;

    DL_INLINE void next() {
        prefetch(data);
        data += step;
    }
};

struct Nothing {
    DL_INLINE void next() {}
};

// As Ahead, so many bytes a step that follow each other.
template <int64_t BYTES>
struct AheadRow {
    const char* data;

    DL_INLINE void next() {
        for (int64_t i = 0; i < BYTES; i += 64) {
            prefetch(data + i);
        }
        data += BYTES;
    }
};

// Factors are floats.
struct Singles {
    static DL_INLINE Vec spread(const float* x) { return broadcast(*x); }
    static DL_INLINE Vec multiply_add(Vec x, Vec column, Vec sum) { return fma(x, column, sum); }
};

// A float's place holds two bfloat16 factors, elements 2k and 2k + 1 of a row or column: one step is two multiply-adds.
struct Pairs {
    static DL_INLINE Vec spread(const float* x) {
        int32_t bits;
        std::memcpy(&bits, x, sizeof bits);
        return (Vec)(bits - IntVec{});
    }
    static DL_INLINE Vec multiply_add(Vec x, Vec column, Vec sum) {
#if DL_LANES == 16 && defined(__AVX512BF16__)
        return (Vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)x, (__m512bh)column);
#else
        const IntVec upper = static_cast<int32_t>(0xffff0000) - IntVec{};
        sum = fma((Vec)((IntVec)x & upper), (Vec)((IntVec)column & upper), sum);
        return fma((Vec)((IntVec)x << 16), (Vec)((IntVec)column << 16), sum);
#endif
    }
};

// sums[r][v] += a[r * row + k * next] · B[k][v] for k = 0, 1, … in this order, one chain of multiply-adds for each sum. So
// a sum does not depend on the block's shape, nor on how callers cut the k-loop.
template <int ROWS, int VECS, int GROUP, class Factors = Singles, class Fetch = Nothing, class T>
static DL_INLINE void multiply_add(Vec (&sums)[ROWS][VECS], const float* a, int64_t row, int64_t next, ColumnsOf<T> b, int64_t count,
                                   Fetch ahead = {}) {
    // One pointer for three rows: the processor's addressing modes reach the other two, and registers are scarce.
    const float* rows[(ROWS + 2) / 3];
    for (int r = 0; r < ROWS; r += 3) {
        rows[r / 3] = a + r * row;
    }
    for (int64_t k = 0; k < count; k++) {
        Vec columns[VECS];
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            columns[v] = load(b.data + (v / GROUP) * b.jump + (v % GROUP) * LANES);
        }
        ahead.next();
#pragma GCC unroll 16
        for (int r = 0; r < ROWS; r++) {
            Vec x = Factors::spread(rows[r / 3] + (r % 3) * row);
#pragma GCC unroll 16
            for (int v = 0; v < VECS; v++) {
                sums[r][v] = Factors::multiply_add(x, columns[v], sums[r][v]);
            }
        }
        for (int r = 0; r < ROWS; r += 3) {
            rows[r / 3] += next;
        }
        b.data += b.row;
    }
}

}  // namespace drllava::DL_ISA
