#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int rms_norm(const RmsNorm& call);
int rms_norm_backward(const RmsNormBackward& call);

}  // namespace drllava::DL_ISA
