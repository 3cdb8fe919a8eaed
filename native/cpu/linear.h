#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

void pack(const Weight& weight, float* panels);
bool linear(const Linear& call);

}  // namespace drllava::DL_ISA
