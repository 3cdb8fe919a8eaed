#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int pack(const Weight& weight, float* panels);
int linear(const Linear& call);

}  // namespace drllava::DL_ISA
