// How the kernels keep the keys and values of one head of one sequence: keys in blocks of KEY_BLOCK, each block transposed,
// so that a vector holds one element of neighbouring keys; values row by row, padded to whole vectors.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels.h"

namespace drllava {

constexpr int64_t KEY_BLOCK = 64;

static DL_INLINE int64_t key_blocks(int64_t tokens) { return (tokens + KEY_BLOCK - 1) / KEY_BLOCK; }

// A head's elements, up to a multiple of the widest vector.
static DL_INLINE int64_t padded_head(int64_t head) { return (head + 15) / 16 * 16; }

static DL_INLINE int64_t head_cache_floats(int64_t tokens, int64_t head) {
    return key_blocks(tokens) * KEY_BLOCK * (head + padded_head(head));
}

struct HeadCache {
    float* keys;    // [blocks, head, KEY_BLOCK]
    float* values;  // [blocks · KEY_BLOCK, padded head]
    int64_t head;

    DL_INLINE HeadCache(float* memory, int64_t tokens, int64_t head_size)
        : keys(memory), values(memory + key_blocks(tokens) * KEY_BLOCK * head_size), head(head_size) {}

    DL_INLINE float* key_block(int64_t block) const { return keys + block * KEY_BLOCK * head; }

    DL_INLINE void put(int64_t position, const float* key, const float* value) const {
        float* column = key_block(position / KEY_BLOCK) + position % KEY_BLOCK;
        for (int64_t d = 0; d < head; d++) {
            column[d * KEY_BLOCK] = key[d];
        }
        float* row = values + position * padded_head(head);
        std::memcpy(row, value, sizeof(float) * head);
        std::memset(row + head, 0, sizeof(float) * (padded_head(head) - head));
    }
};

static DL_INLINE HeadCache head_cache(const KvCache& cache, int64_t sequence, int64_t kv) {
    int64_t floats = head_cache_floats(cache.capacity, cache.head);
    return HeadCache(cache.data + (sequence * cache.kv_heads + kv) * floats, cache.capacity, cache.head);
}

}  // namespace drllava
