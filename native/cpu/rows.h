#pragma once

#include "kernels.h"

namespace drllava {

int embedding(const Embedding& call);
int round_bfloat16(const RoundBfloat16& call);

}  // namespace drllava
