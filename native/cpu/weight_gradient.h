#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

bool weight_gradient(const WeightGradient& call);

}  // namespace drllava::DL_ISA
