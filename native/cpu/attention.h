#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

bool attention_cached(const CachedAttention& call);
bool attention(const Attention& call);
bool attention_backward(const AttentionBackward& call);

}  // namespace drllava::DL_ISA
