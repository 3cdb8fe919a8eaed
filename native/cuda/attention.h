#pragma once

#include "device.h"

namespace drllava::cuda {

template <class T>
int attention_cached(const CachedAttentionOf<T>& call);

template <class T>
int attention(const AttentionOf<T>& call);

template <class T>
int attention_backward(const AttentionBackwardOf<T>& call);

}  // namespace drllava::cuda
