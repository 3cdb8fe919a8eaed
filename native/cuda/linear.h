#pragma once

#include "kernels.h"

namespace drllava::cuda {

int pack(const Weight& weight, float* panels);
int linear(const Linear& call);
int weight_gradient(const WeightGradient& call);

}  // namespace drllava::cuda
