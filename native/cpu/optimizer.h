#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int squared_norms(double* sums, const float* x, int64_t block, int64_t n);
int adamw(const AdamW& call);

}  // namespace drllava::DL_ISA
