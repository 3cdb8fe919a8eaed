#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

void rms_norm(const RmsNorm& call);
void rms_norm_backward(const RmsNormBackward& call);

}  // namespace drllava::DL_ISA
