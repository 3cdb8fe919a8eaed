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

// C [rows, columns] = A [rows, count] B [count, columns], or += with `add`. Columns are a multiple of LANES. T is float
// or bfloat16, which is multiplied as the float that it is.
template <class T>
void product(float* c, int64_t ldc, Left a, const T* b, int64_t ldb, int64_t rows, int64_t columns, int64_t count, bool add);

}  // namespace drllava::DL_ISA
