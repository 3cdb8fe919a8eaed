#pragma once

#include "kernels.h"

namespace drllava::cuda {

int embedding(const Embedding& call);
int round_bfloat16(const RoundBfloat16& call);

}  // namespace drllava::cuda
