#pragma once

#include "kernels.h"

namespace drllava {

int policy_loss(const PolicyLoss& call);
int value_loss(const ValueLoss& call);
int advantages(const Advantages& call);
int whiten(float* x, bool shift_mean, int64_t n);

}  // namespace drllava
