#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

void swiglu(const SwiGlu& call);
void swiglu_backward(const SwiGluBackward& call);

}  // namespace drllava::DL_ISA
