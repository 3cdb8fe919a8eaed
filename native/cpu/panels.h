// Products with a packed weight: panels of PANEL output columns, each with its k-steps one after the other.
#pragma once

#include "kernels.h"
#include "tile.h"

namespace drllava::DL_ISA {

constexpr int64_t PANEL = TILE_COLUMNS;

// Pairs are multiplied in whole registers of MATRIX rows and MATRIX k-steps where there is AMX.
#ifdef DL_AMX
constexpr int64_t MATRIX = 16;
#else
constexpr int64_t MATRIX = 1;
#endif

static DL_INLINE int64_t registers(int64_t n) { return (n + MATRIX - 1) / MATRIX; }

static DL_INLINE int64_t whole(int64_t n) { return registers(n) * MATRIX; }

// Floats from one row of `steps` pairs to the next. Registers are filled from 16 rows at once, which shall not all fall on the
// same lines of the first-level cache.
static DL_INLINE int64_t pair_row(int64_t steps) { return MATRIX == 1 ? steps : whole(steps) + MATRIX; }

// Rows of each of `blocks` blocks but for the last, which may have fewer; 0 for no block.
static DL_INLINE int64_t most_rows(int64_t rows, int64_t blocks) {
    return blocks == 0 ? 0 : (registers(rows) + blocks - 1) / blocks * MATRIX;
}

// The first row of block b of blocks that are as equal as can be.
static DL_INLINE int64_t first_row(int64_t rows, int64_t blocks, int64_t b) { return least(rows, registers(rows) * b / blocks * MATRIX); }

// Few rows have too few sums to keep the multipliers busy on one panel, so they take several at once.
constexpr int WIDE_ROWS = 3;
constexpr int WIDE_PANELS[WIDE_ROWS + 1] = {1, 4, 2, 2};

static DL_INLINE int64_t panels_together(int64_t rows, bool pairs) {
    if (MATRIX > 1 && pairs) {
        return rows <= MATRIX ? 2 : 1;
    }
    return rows <= WIDE_ROWS ? WIDE_PANELS[rows] : 1;
}

// `count` k-steps of one panel, or of panels_together(rows, pairs) panels that lie `jump` floats apart.
struct Steps {
    const float* weights;
    int64_t count;
    int64_t jump;
    int64_t panels;
    bool pairs;   // a step is two bfloat16 elements
    bool narrow;  // the second half of the panel is left out: its columns are of no meaning
};

// Panels of a packed weight from number `panel` on.
static DL_INLINE Steps steps_of(const Panels& weight, int64_t panel, int64_t panels) {
    int64_t count = weight.steps();
    return {weight.data + panel * PANEL * count, count, PANEL * count, panels, weight.pairs, false};
}

// What becomes of sums: y = scale · (sums + low · update) + residual. Pointers are to the first row's first column.
struct Finish {
    float* y;
    int64_t ldy;
    const float* residual;  // or null
    int64_t ldr;
    float scale;
    const float* low;  // floats, or null for no update; null where pairs are multiplied in matrix registers
    int64_t ld_low;
    Steps update;

    DL_INLINE Finish row(int64_t r) const {
        Finish below = *this;
        below.y += r * ldy;
        below.residual = residual == nullptr ? nullptr : residual + r * ldr;
        below.low = low == nullptr ? nullptr : low + r * ld_low;
        return below;
    }
};

// sums [rows, panels · PANEL] = x [rows, count] · steps, or += if not `first`. One row or more. Where steps are pairs, x
// is what to_pairs has made, and more than MATRIX rows of x and of sums have room for whole(rows), of which those behind are of
// no meaning. With `finish` sums is for work alone, and y has all columns of the panels.
void panel_product(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, const Steps& steps, bool first,
                   const Finish* finish = nullptr);

// y [rows, columns], without the update
void finish_sums(const Finish& finish, const float* sums, int64_t ld_sums, int64_t rows, int64_t columns);

// x rounded to bfloat16, two elements in a float's place, zeros behind a row's last up to whole k-steps. @param ld pair_row's
void to_pairs(float* pairs, int64_t ld, Rows x, int64_t rows, int64_t n);

}  // namespace drllava::DL_ISA
