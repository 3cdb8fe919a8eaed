#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

void adamw(const AdamW& call);

}  // namespace drllava::DL_ISA
