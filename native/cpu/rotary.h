#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

void rotary(const Rotary& call);

}  // namespace drllava::DL_ISA
