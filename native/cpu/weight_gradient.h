#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int weight_gradient(const WeightGradient& call);

}  // namespace drllava::DL_ISA
