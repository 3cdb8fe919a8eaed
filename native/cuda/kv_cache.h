// The cache of one layer: [batch, kv_heads, capacity, head] keys, then values likewise.
#pragma once

#include "device.h"

namespace drllava::cuda {

// Keys and values of one head of one sequence, a row a token.
template <class T>
struct HeadTokens {
    RowsOf<T> keys, values;
};

template <class T>
__device__ HeadTokens<T> head_tokens(const KvCache& cache, int64_t sequence, int64_t kv) {
    int64_t tokens = (sequence * cache.kv_heads + kv) * cache.capacity;
    T* keys = static_cast<T*>(cache.data) + tokens * cache.head;
    return {{keys, cache.head}, {keys + cache.batch * cache.kv_heads * cache.capacity * cache.head, cache.head}};
}

int64_t kv_cache_elements(const KvCache& cache);

template <class T>
int kv_append(const KvAppendOf<T>& call);

int kv_copy(const KvCopy& call);

}  // namespace drllava::cuda
