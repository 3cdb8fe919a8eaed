// Products with a packed weight: panels of PANEL output columns, each with its k-steps one after the other.
#pragma once

#include "kernels.h"
#include "tile.h"

namespace drllava::DL_ISA {

constexpr int64_t PANEL = TILE_COLUMNS;
constexpr int64_t LARGEST_BLOCK = 96;  // rows

// Few rows have too few sums to keep the multipliers busy on one panel, so they take several at once.
constexpr int WIDE_ROWS = 3;
constexpr int WIDE_PANELS[WIDE_ROWS + 1] = {1, 4, 2, 2};

static DL_INLINE int64_t panels_together(int64_t rows) { return rows <= WIDE_ROWS ? WIDE_PANELS[rows] : 1; }

// `count` k-steps of one panel, or of panels_together(rows) panels that lie `jump` floats apart.
struct Steps {
    const float* weights;
    int64_t count;
    int64_t jump;
    int64_t panels;
    bool pairs;  // a step is two bfloat16 elements
};

// Panels of a packed weight from number `panel` on.
static DL_INLINE Steps steps_of(const Panels& weight, int64_t panel, int64_t panels) {
    int64_t count = weight.steps();
    return {weight.data + panel * PANEL * count, count, PANEL * count, panels, weight.pairs};
}

// sums [rows, panels · PANEL] = x [rows, count] · steps, or += if not `first`. 1 to LARGEST_BLOCK rows. Where steps are pairs, x
// is rows of pairs too.
void panel_product(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, const Steps& steps, bool first);

// x rounded to bfloat16, two elements in a float's place, a zero behind the last of an odd row.
void to_pairs(float* pairs, int64_t ld, Rows x, int64_t rows, int64_t n);

}  // namespace drllava::DL_ISA
