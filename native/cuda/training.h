#pragma once

#include "kernels.h"

namespace drllava::cuda {

int policy_loss(const PolicyLoss& call);
int value_loss(const ValueLoss& call);
int advantages(const Advantages& call);
int whiten(float* x, bool shift_mean, int64_t n);
int squared_norms(double* sums, const float* x, int64_t block, int64_t n);
int adamw(const AdamW& call);

}  // namespace drllava::cuda
