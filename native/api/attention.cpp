#include "drllava_kernels.h"
#include "kernels.h"
#include "status.h"

namespace drllava {
namespace {

constexpr int64_t LARGEST_HEAD = 256;

KvCache described(const dl_kv_cache& cache) {
    return {cache.data, cache.precision == DL_BF16, cache.batch, cache.capacity, cache.kv_heads, cache.head};
}

int64_t floats_of(const Kernels& table, const dl_kv_cache& cache) {
    int64_t elements = table.kv_cache_elements(described(cache));
    return cache.precision == DL_BF16 ? (elements + 1) / 2 : elements;
}

Check& check_head(Check& check, int64_t head) {
    return check.that(head >= 1 && head <= LARGEST_HEAD, "head is %lld, not in 1 to %lld", static_cast<long long>(head),
                      static_cast<long long>(LARGEST_HEAD));
}

Check& check_sizes(Check& check, const dl_kv_cache* cache) {
    check.memory("cache", cache);
    if (check.failed()) {
        return check;
    }
    // Small enough for their product, times a head, to stay below 2^63.
    check.that(cache->batch >= 0 && cache->batch < 1 << 20, "batch is %lld, not in 0 to 1048575", static_cast<long long>(cache->batch))
        .that(cache->kv_heads >= 0 && cache->kv_heads < 1 << 10, "kv_heads is %lld, not in 0 to 1023", static_cast<long long>(cache->kv_heads))
        .that(cache->capacity >= 0 && cache->capacity < 1 << 23, "capacity is %lld, not in 0 to 8388607", static_cast<long long>(cache->capacity))
        .that(cache->precision == DL_F32 || cache->precision == DL_BF16, "precision is %lld, neither DL_F32 nor DL_BF16",
              static_cast<long long>(cache->precision));
    return check_head(check, cache->head);
}

Check& check_cache(Check& check, const Kernels& table, const dl_kv_cache* cache) {
    check_sizes(check, cache);
    if (!check.failed()) {
        int64_t needed = floats_of(table, *cache);
        check.that(cache->floats >= needed, "the cache has %lld floats where %lld are needed", static_cast<long long>(cache->floats),
                   static_cast<long long>(needed)).memory("cache data", cache->data, needed > 0);
    }
    return check;
}

void check_below(Check& check, const char* name, int64_t value, int64_t limit) {
    check.that(value >= 0 && value < limit, "%s is %lld, not in 0 to %lld", name, static_cast<long long>(value), static_cast<long long>(limit - 1));
}

Check& check_group(Check& check, int64_t heads, int64_t kv_heads) {
    return check.that(heads >= 1 && kv_heads >= 1 && heads < 1 << 16 && heads % kv_heads == 0,
                      "%lld heads cannot be shared among %lld key heads", static_cast<long long>(heads), static_cast<long long>(kv_heads));
}

// Fills everything of `call` that the shape tells.
void check_shape(Check& check, const dl_attention_shape* shape, Attention& call) {
    check.memory("shape", shape);
    if (check.failed()) {
        return;
    }
    check.size("sequences", shape->sequences);
    check_head(check, shape->head);
    check_group(check, shape->heads, shape->kv_heads).offsets("key_offsets", shape->key_offsets, shape->sequences);
    bool all = shape->query_offsets == nullptr;
    check.that(all == (shape->positions == nullptr), "query_offsets and positions are not both given or both null");
    if (check.failed()) {
        return;
    }
    const int64_t* queries = all ? shape->key_offsets : shape->query_offsets;
    check.offsets("query_offsets", queries, shape->sequences);
    if (!all && !check.failed()) {
        check.places("positions", shape->positions, queries, shape->key_offsets, shape->sequences);
    }
    call.sequences = shape->sequences;
    call.key_offsets = shape->key_offsets;
    call.query_offsets = queries;
    call.positions = shape->positions;
    call.heads = shape->heads;
    call.kv_heads = shape->kv_heads;
    call.head = shape->head;
    call.scale = shape->scale;
}

void check_inputs(Check& check, const Attention& call) {
    int64_t queries = counted(call.query_offsets, call.sequences), keys = counted(call.key_offsets, call.sequences);
    check.rows("q", call.q.data, call.q.ld, queries, call.heads * call.head)
        .rows("keys", call.keys.data, call.keys.ld, keys, call.kv_heads * call.head)
        .rows("values", call.values.data, call.values.ld, keys, call.kv_heads * call.head);
}

}  // namespace
}  // namespace drllava

using namespace drllava;

int dl_kv_cache_size(const dl_kv_cache* cache, int64_t* floats) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_kv_cache_size");
    if (check_sizes(check, cache).memory("floats", floats).failed()) {
        return check.status();
    }
    *floats = floats_of(*table, *cache);
    return DL_OK;
}

int dl_kv_append(const dl_kv_cache* cache, const float* keys, int64_t ldk, const float* values, int64_t ldv, const int64_t* sequences,
                 const int64_t* positions, int64_t rows) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_kv_append");
    check_cache(check, *table, cache).size("rows", rows);
    if (check.failed()) {
        return check.status();
    }
    check.rows("keys", keys, ldk, rows, cache->kv_heads * cache->head)
        .rows("values", values, ldv, rows, cache->kv_heads * cache->head)
        .indices("sequences", sequences, rows, cache->batch)
        .indices("positions", positions, rows, cache->capacity);
    if (check.failed()) {
        return check.status();
    }
    return table->kv_append({described(*cache), {keys, ldk}, {values, ldv}, sequences, positions, rows});
}

int dl_kv_copy(const dl_kv_cache* cache, int64_t from, int64_t to, int64_t length) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_kv_copy");
    check_cache(check, *table, cache);
    if (check.failed()) {
        return check.status();
    }
    check_below(check, "from", from, cache->batch);
    check_below(check, "to", to, cache->batch);
    check.that(length >= 0 && length <= cache->capacity, "length is %lld, not in 0 to %lld", static_cast<long long>(length),
               static_cast<long long>(cache->capacity));
    if (check.failed() || from == to) {
        return check.status();
    }
    return table->kv_copy({described(*cache), from, to, length});
}

int dl_attention_cached(float* out, int64_t ldo, const float* q, int64_t ldq, const dl_kv_cache* cache, const int64_t* sequences,
                        const int64_t* positions, int64_t rows, int64_t heads, float scale) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_attention_cached");
    check_cache(check, *table, cache).size("rows", rows);
    if (check.failed()) {
        return check.status();
    }
    check_group(check, heads, cache->kv_heads)
        .rows("out", out, ldo, rows, heads * cache->head)
        .rows("q", q, ldq, rows, heads * cache->head)
        .indices("sequences", sequences, rows, cache->batch)
        .indices("positions", positions, rows, cache->capacity);
    if (check.failed()) {
        return check.status();
    }
    return table->attention_cached({{out, ldo}, {q, ldq}, described(*cache), sequences, positions, rows, heads, scale});
}

int dl_attention(float* out, int64_t ldo, float* logsumexp, const float* q, int64_t ldq, const float* keys, int64_t ldk,
                 const float* values, int64_t ldv, const dl_attention_shape* shape) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_attention");
    Attention call{};
    check_shape(check, shape, call);
    if (check.failed()) {
        return check.status();
    }
    call.q = {q, ldq};
    call.keys = {keys, ldk};
    call.values = {values, ldv};
    call.out = {out, ldo};
    call.logsumexp = {logsumexp, call.heads};
    check_inputs(check, call);
    check.rows("out", out, ldo, counted(call.query_offsets, call.sequences), call.heads * call.head);
    if (check.failed()) {
        return check.status();
    }
    return table->attention(call);
}

int dl_attention_backward(float* dq, int64_t lddq, float* dkeys, int64_t lddk, float* dvalues, int64_t lddv, const float* dout,
                          int64_t lddo, const float* out, int64_t ldo, const float* logsumexp, const float* q, int64_t ldq,
                          const float* keys, int64_t ldk, const float* values, int64_t ldv, const dl_attention_shape* shape) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_attention_backward");
    AttentionBackward call{};
    Attention& forward = call.forward;
    check_shape(check, shape, forward);
    if (check.failed()) {
        return check.status();
    }
    forward.q = {q, ldq};
    forward.keys = {keys, ldk};
    forward.values = {values, ldv};
    call.dq = {dq, lddq};
    call.dkeys = {dkeys, lddk};
    call.dvalues = {dvalues, lddv};
    call.dout = {dout, lddo};
    call.out = {out, ldo};
    call.logsumexp = {logsumexp, forward.heads};
    check_inputs(check, forward);
    int64_t queries = counted(forward.query_offsets, forward.sequences), tokens = counted(forward.key_offsets, forward.sequences);
    int64_t width = forward.heads * forward.head, kv_width = forward.kv_heads * forward.head;
    check.rows("dq", dq, lddq, queries, width)
        .rows("dkeys", dkeys, lddk, tokens, kv_width)
        .rows("dvalues", dvalues, lddv, tokens, kv_width)
        .rows("dout", dout, lddo, queries, width)
        .rows("out", out, ldo, queries, width)
        .memory("logsumexp", logsumexp, queries > 0);
    if (check.failed()) {
        return check.status();
    }
    return table->attention_backward(call);
}
