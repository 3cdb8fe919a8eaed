#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int attention_cached(const CachedAttention& call);
int attention(const Attention& call);
int attention_backward(const AttentionBackward& call);

}  // namespace drllava::DL_ISA
