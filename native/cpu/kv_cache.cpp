#include "kv_cache.h"

#include "head_cache.h"
#include "team.h"

namespace drllava {
namespace {

template <class T>
void append(const KvAppend& call, Run rows) {
    for (int64_t r = rows.from; r < rows.to; r++) {
        for (int64_t kv = 0; kv < call.cache.kv_heads; kv++) {
            int64_t column = kv * call.cache.head;
            head_cache<T>(call.cache, call.sequences[r], kv).put(call.positions[r], call.keys.row(r) + column, call.values.row(r) + column);
        }
    }
}

template <class T>
void copy(const KvCopy& call) {
    const KvCache& cache = call.cache;
    for (int64_t kv = 0; kv < cache.kv_heads; kv++) {
        HeadCache<T> source = head_cache<T>(cache, call.from, kv), target = head_cache<T>(cache, call.to, kv);
        // Whole blocks: what lies behind the length in the last one is written before it is seen.
        std::memcpy(target.keys, source.keys, sizeof(T) * key_blocks(call.length) * KEY_BLOCK * cache.head);
        std::memcpy(target.values, source.values, sizeof(T) * call.length * padded_head(cache.head));
    }
}

}  // namespace

int64_t kv_cache_elements(const KvCache& cache) { return cache.batch * cache.kv_heads * head_cache_elements(cache.capacity, cache.head); }

int kv_append(const KvAppend& call) {
    share_rows(call.rows, 2 * call.cache.kv_heads * call.cache.head,
               [&](Run rows) { call.cache.halves ? append<bfloat16>(call, rows) : append<float>(call, rows); });
    return DL_OK;
}

int kv_copy(const KvCopy& call) {
    call.cache.halves ? copy<bfloat16>(call) : copy<float>(call);
    return DL_OK;
}

}  // namespace drllava
