#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int adamw(const AdamW& call);

}  // namespace drllava::DL_ISA
