#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int rotary(const Rotary& call);

}  // namespace drllava::DL_ISA
