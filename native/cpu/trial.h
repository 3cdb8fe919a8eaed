#pragma once

#include "kernels.h"

namespace drllava {

// Whether a set's products of bfloat16, with an update and without, come out right for numbers whose sums have no rounding.
bool multiplies_right(const Kernels& table);

}  // namespace drllava
