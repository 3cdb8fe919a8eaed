#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int swiglu(const SwiGlu& call);
int swiglu_backward(const SwiGluBackward& call);

}  // namespace drllava::DL_ISA
