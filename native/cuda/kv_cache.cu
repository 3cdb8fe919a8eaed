#include "kv_cache.h"

#include "faults.h"
#include "numbers.h"

namespace drllava::cuda {
namespace {

// T is what keys and values are, C what the cache keeps of them.
template <class T, class C>
__global__ void append_number(KvAppendOf<T> call) {
    const KvCache& cache = call.cache;
    int64_t width = cache.kv_heads * cache.head;
    int64_t r = thread_of_grid() / width, c = thread_of_grid() % width;
    if (r >= call.rows || !inside(Array::SEQUENCES, r, call.sequences[r], cache.batch) ||
        !inside(Array::POSITIONS, r, call.positions[r], cache.capacity)) {
        return;
    }
    HeadTokens<C> tokens = head_tokens<C>(cache, call.sequences[r], c / cache.head);
    tokens.keys.row(call.positions[r])[c % cache.head] = rounded<C>(number(call.keys.row(r)[c]));
    tokens.values.row(call.positions[r])[c % cache.head] = rounded<C>(number(call.values.row(r)[c]));
}

template <class C>
__global__ void copy_number(KvCopy call) {
    int64_t elements = call.length * call.cache.head;
    int64_t kv = thread_of_grid() / elements, i = thread_of_grid() % elements;
    if (kv < call.cache.kv_heads) {
        HeadTokens<C> from = head_tokens<C>(call.cache, call.from, kv), to = head_tokens<C>(call.cache, call.to, kv);
        to.keys.data[i] = from.keys.data[i];
        to.values.data[i] = from.values.data[i];
    }
}

}  // namespace

int64_t kv_cache_elements(const KvCache& cache) { return 2 * cache.batch * cache.kv_heads * cache.capacity * cache.head; }

template <class T>
int kv_append(const KvAppendOf<T>& call) {
    auto kernel = call.cache.halves ? append_number<T, bfloat16> : append_number<T, float>;
    return launch("dl_kv_append", kernel, blocks(call.rows * call.cache.kv_heads * call.cache.head, THREADS), THREADS, 0, call);
}

int kv_copy(const KvCopy& call) {
    auto kernel = call.cache.halves ? copy_number<bfloat16> : copy_number<float>;
    return launch("dl_kv_copy", kernel, blocks(call.cache.kv_heads * call.length * call.cache.head, THREADS), THREADS, 0, call);
}

template int kv_append(const KvAppend& call);

}  // namespace drllava::cuda
