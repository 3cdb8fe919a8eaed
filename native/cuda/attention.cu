// Causal attention, forward: the softmax is kept up to date from one tile of keys to the next (arXiv 2205.14135). What an
// entry computes depends on its own keys alone, so that the cached and the packed form give the same bits.
#include "attention.h"

#include "faults.h"
#include "kv_cache.h"
#include "tiles.h"

namespace drllava::cuda {
namespace {

struct ForwardMemory {
    float* q;       // [BLOCK_ENTRIES, head]
    float* keys;    // [TILE, tile_ld]
    float* values;  // [TILE, head]
    float* p;       // [BLOCK_ENTRIES, TILE]

    static size_t bytes(int64_t head) { return sizeof(float) * (BLOCK_ENTRIES * (head + TILE) + TILE * (2 * head + 1)); }

    __device__ explicit ForwardMemory(int64_t head)
        : q(dynamic_shared<float>()), keys(q + BLOCK_ENTRIES * head), values(keys + TILE * tile_ld(head)), p(values + TILE * head) {}
};

// One entry, its sums spread over a warp's lanes.
struct State {
    int64_t visible = 0;
    float most = -INFINITY, total = 0, sums[PIECES] = {};
};

// Entries [first, first + count) of `queries` meet the tokens of their sequence.
template <class T, class C>
__device__ void attend(const RowsOf<T>& out, const RowsOf<float>& logsumexp, const RowsOf<const T>& q, const Queries& queries,
                       int64_t first, int64_t count, const HeadTokens<const C>& tokens, int head, float scale) {
    ForwardMemory shared(head);
    const int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    State states[WARP_ENTRIES];
    int64_t longest = 0;
    for (int64_t e = 0; e < count; e++) {
        int64_t visible = queries.position(first + e) + 1;
        longest = visible > longest ? visible : longest;
    }
#pragma unroll
    for (int i = 0; i < WARP_ENTRIES; i++) {
        int e = warp * WARP_ENTRIES + i;
        states[i].visible = e < count ? queries.position(first + e) + 1 : 0;
    }
    __syncthreads();  // an earlier call of this function may still use the memory
    load_rows(shared.q, head, count, count, head, scale, [&](int64_t e) { return q.row(queries.row(first + e)) + queries.head(first + e) * head; });
    for (int64_t from = 0; from < longest; from += TILE) {
        __syncthreads();
        int keys = static_cast<int>(longest - from < TILE ? longest - from : TILE);
        load_rows(shared.keys, tile_ld(head), TILE, keys, head, 1, [&](int64_t j) { return tokens.keys.row(from + j); });
        load_rows(shared.values, head, TILE, keys, head, 1, [&](int64_t j) { return tokens.values.row(from + j); });
        __syncthreads();
        const float* own = shared.q + warp * WARP_ENTRIES * head;
        float scores[WARP_ENTRIES] = {};
        for (int d = 0; d < head; d++) {
            float key = shared.keys[lane * tile_ld(head) + d];
#pragma unroll
            for (int i = 0; i < WARP_ENTRIES; i++) {
                scores[i] = fmaf(own[i * head + d], key, scores[i]);
            }
        }
#pragma unroll
        for (int i = 0; i < WARP_ENTRIES; i++) {
            State& state = states[i];
            if (state.visible <= from) {
                continue;
            }
            bool seen = from + lane < state.visible;
            float most = larger_of(state.most, warp_largest(seen ? scores[i] : -INFINITY));
            float p = seen ? exponential(scores[i] - most) : 0, shrink = exponential(state.most - most);
            state.most = most;
            state.total = fmaf(state.total, shrink, warp_sum(p));
#pragma unroll
            for (int piece = 0; piece < PIECES; piece++) {
                state.sums[piece] *= shrink;
            }
            shared.p[(warp * WARP_ENTRIES + i) * TILE + lane] = p;
        }
        __syncwarp();
#pragma unroll
        for (int piece = 0; piece < PIECES; piece++) {
            int d = lane + piece * WARP;
            for (int j = 0; j < keys && d < head; j++) {
                float value = shared.values[j * head + d];
#pragma unroll
                for (int i = 0; i < WARP_ENTRIES; i++) {
                    // Not 0 · value, which a NaN behind what the entry sees would spoil.
                    if (from + j < states[i].visible) {
                        states[i].sums[piece] = fmaf(shared.p[(warp * WARP_ENTRIES + i) * TILE + j], value, states[i].sums[piece]);
                    }
                }
            }
        }
    }
#pragma unroll
    for (int i = 0; i < WARP_ENTRIES; i++) {
        int64_t entry = first + warp * WARP_ENTRIES + i;
        const State& state = states[i];
        if (state.visible == 0) {
            continue;
        }
        T* result = out.row(queries.row(entry)) + queries.head(entry) * head;
        float inverse = 1 / state.total;
#pragma unroll
        for (int piece = 0; piece < PIECES; piece++) {
            if (lane + piece * WARP < head) {
                result[lane + piece * WARP] = rounded<T>(state.sums[piece] * inverse);
            }
        }
        if (logsumexp && lane == 0) {
            logsumexp.row(queries.row(entry))[queries.head(entry)] = state.most + logf(state.total);
        }
    }
}

// A block for each row and key head.
template <class T, class C>
__global__ void cached_row(CachedAttentionOf<T> call) {
    int64_t r = blockIdx.x, kv = blockIdx.y, group = call.heads / call.cache.kv_heads;
    if (!inside(Array::SEQUENCES, r, call.sequences[r], call.cache.batch) || !inside(Array::POSITIONS, r, call.positions[r], call.cache.capacity)) {
        return;
    }
    HeadTokens<C> tokens = head_tokens<C>(call.cache, call.sequences[r], kv);
    HeadTokens<const C> read{{tokens.keys.data, tokens.keys.ld}, {tokens.values.data, tokens.values.ld}};
    Queries queries{r, r + 1, kv * group, group, call.positions};
    for (int64_t first = 0; first < group; first += BLOCK_ENTRIES) {
        int64_t count = group - first < BLOCK_ENTRIES ? group - first : BLOCK_ENTRIES;
        attend(call.out, RowsOf<float>{}, call.q, queries, first, count, read, call.cache.head, call.scale);
    }
}

template <class T>
__global__ void packed_share(AttentionOf<T> call) {
    int64_t kv = blockIdx.y, group = call.heads / call.kv_heads;
    for (int64_t s = blockIdx.z; s < call.sequences; s += gridDim.z) {
        Range keys = range_of(Array::KEY_OFFSETS, call.key_offsets, s, call.sequences);
        Range rows = range_of(Array::QUERY_OFFSETS, call.query_offsets, s, call.sequences);
        Queries queries{rows.from, rows.to, kv * group, group, call.positions};
        HeadTokens<const T> tokens{{call.keys.row(keys.from) + kv * call.head, call.keys.ld},
                                   {call.values.row(keys.from) + kv * call.head, call.values.ld}};
        for (int64_t first = int64_t{blockIdx.x} * BLOCK_ENTRIES; first < queries.entries(); first += int64_t{gridDim.x} * BLOCK_ENTRIES) {
            int64_t left = queries.entries() - first, count = left < BLOCK_ENTRIES ? left : BLOCK_ENTRIES;
            if (places_inside(queries, first, count, keys.to - keys.from)) {
                attend(call.out, call.logsumexp, call.q, queries, first, count, tokens, call.head, call.scale);
            }
        }
    }
}

}  // namespace

template <class T>
int attention_cached(const CachedAttentionOf<T>& call) {
    dim3 grid(call.rows, call.cache.kv_heads);
    auto kernel = call.cache.halves ? cached_row<T, bfloat16> : cached_row<T, float>;
    return launch("dl_attention_cached", kernel, grid, WARPS * WARP, ForwardMemory::bytes(call.cache.head), call);
}

template <class T>
int attention(const AttentionOf<T>& call) {
    dim3 grid(SHARES, call.kv_heads, sequence_blocks(call.sequences));
    return launch("dl_attention", packed_share<T>, grid, WARPS * WARP, ForwardMemory::bytes(call.head), call);
}

template int attention_cached(const CachedAttention& call);
template int attention(const Attention& call);

}  // namespace drllava::cuda
