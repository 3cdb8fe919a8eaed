#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int round(const Round& call);

}  // namespace drllava::DL_ISA
