// How the kernels keep the keys and values of one head of one sequence: keys in blocks of KEY_BLOCK, each block transposed,
// so that a vector holds one element of neighbouring keys; values row by row, padded to whole vectors.
#pragma once

#include <cstdint>
#include <cstring>

#include "bfloat16.h"
#include "kernels.h"

namespace drllava {

constexpr int64_t KEY_BLOCK = 64;

static DL_INLINE int64_t key_blocks(int64_t tokens) { return (tokens + KEY_BLOCK - 1) / KEY_BLOCK; }

// A head's elements, up to a multiple of the widest vector.
static DL_INLINE int64_t padded_head(int64_t head) { return (head + 15) / 16 * 16; }

static DL_INLINE int64_t head_cache_elements(int64_t tokens, int64_t head) {
    return key_blocks(tokens) * KEY_BLOCK * (head + padded_head(head));
}

// T is what an element is kept as, float or bfloat16.
template <class T>
struct HeadCache {
    T* keys;    // [blocks, head, KEY_BLOCK]
    T* values;  // [blocks · KEY_BLOCK, padded head]
    int64_t head;

    DL_INLINE HeadCache(T* memory, int64_t tokens, int64_t head_size)
        : keys(memory), values(memory + key_blocks(tokens) * KEY_BLOCK * head_size), head(head_size) {}

    DL_INLINE T* key_block(int64_t block) const { return keys + block * KEY_BLOCK * head; }

    DL_INLINE void put(int64_t position, const float* key, const float* value) const {
        T* column = key_block(position / KEY_BLOCK) + position % KEY_BLOCK;
        for (int64_t d = 0; d < head; d++) {
            column[d * KEY_BLOCK] = Kept<T>::of(key[d]);
        }
        T* row = values + position * padded_head(head);
        for (int64_t d = 0; d < head; d++) {
            row[d] = Kept<T>::of(value[d]);
        }
        std::memset(row + head, 0, sizeof(T) * (padded_head(head) - head));
    }
};

template <class T>
static DL_INLINE HeadCache<T> head_cache(const KvCache& cache, int64_t sequence, int64_t kv) {
    int64_t elements = head_cache_elements(cache.capacity, cache.head);
    return HeadCache<T>(static_cast<T*>(cache.data) + (sequence * cache.kv_heads + kv) * elements, cache.capacity, cache.head);
}

}  // namespace drllava
