#include "kv_cache.h"

#include "faults.h"

namespace drllava::cuda {
namespace {

template <class T>
__global__ void append_number(KvAppendOf<T> call) {
    const KvCacheOf<T>& cache = call.cache;
    int64_t width = cache.kv_heads * cache.head;
    int64_t r = thread_of_grid() / width, c = thread_of_grid() % width;
    if (r >= call.rows || !inside(Array::SEQUENCES, r, call.sequences[r], cache.batch) ||
        !inside(Array::POSITIONS, r, call.positions[r], cache.capacity)) {
        return;
    }
    HeadTokens<T> tokens = head_tokens(cache, call.sequences[r], c / cache.head);
    tokens.keys.row(call.positions[r])[c % cache.head] = call.keys.row(r)[c];
    tokens.values.row(call.positions[r])[c % cache.head] = call.values.row(r)[c];
}

template <class T>
__global__ void copy_number(KvCopyOf<T> call) {
    int64_t floats = call.length * call.cache.head;
    int64_t kv = thread_of_grid() / floats, i = thread_of_grid() % floats;
    if (kv < call.cache.kv_heads) {
        HeadTokens<T> from = head_tokens(call.cache, call.from, kv), to = head_tokens(call.cache, call.to, kv);
        to.keys.data[i] = from.keys.data[i];
        to.values.data[i] = from.values.data[i];
    }
}

}  // namespace

int64_t kv_cache_floats(const KvCache& cache) { return 2 * cache.batch * cache.kv_heads * cache.capacity * cache.head; }

template <class T>
int kv_append(const KvAppendOf<T>& call) {
    return launch("dl_kv_append", append_number<T>, blocks(call.rows * call.cache.kv_heads * call.cache.head, THREADS), THREADS, 0, call);
}

template <class T>
int kv_copy(const KvCopyOf<T>& call) {
    return launch("dl_kv_copy", copy_number<T>, blocks(call.cache.kv_heads * call.length * call.cache.head, THREADS), THREADS, 0, call);
}

template int kv_append(const KvAppend& call);
template int kv_copy(const KvCopy& call);

}  // namespace drllava::cuda
