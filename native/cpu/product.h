// Small products of matrices that lie in the caches: the parts of attention and of weight gradients.
#pragma once

#include "tile.h"

namespace drllava::DL_ISA {

// Element (r, k) is data[r * row + k * next].
struct Left {
    const float* data;
    int64_t row;
    int64_t next;
};

// C [rows, columns] = A [rows, count] B [count, columns], or += with `add`. Columns are a multiple of LANES. A bfloat16 is
// multiplied as the float that it is. With few rows `ahead`, as large as B, is fetched meanwhile.
void product(float* c, int64_t ldc, Left a, const float* b, int64_t ldb, int64_t rows, int64_t columns, int64_t count, bool add,
             const float* ahead = nullptr);
void product(float* c, int64_t ldc, Left a, const bfloat16* b, int64_t ldb, int64_t rows, int64_t columns, int64_t count, bool add,
             const bfloat16* ahead = nullptr);

}  // namespace drllava::DL_ISA
