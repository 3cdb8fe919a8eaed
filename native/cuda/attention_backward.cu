// Causal attention, backward (arXiv 2205.14135, appendix B), probabilities computed again from the log-sum-exps. With P the
// probabilities and D = Σ dout · out of a query: dV = Pᵀ dout; dS = P (dout Vᵀ - D); dQ = scale · dS K; dK = scale · dSᵀ Q.
//
// Two kernels, alike but for who goes through whom: entries that are queries through tiles of keys give dQ, entries that are
// keys through tiles of queries give dK and dV. Nothing is added by two blocks, so the sums have one order.
#include "attention.h"

#include "faults.h"
#include "kv_cache.h"
#include "tiles.h"

namespace drllava::cuda {
namespace {

// The rows of a pair: a query's q and dout, or a key's key and value.
struct BackwardMemory {
    float* own_first;    // [BLOCK_ENTRIES, head]
    float* own_second;   // [BLOCK_ENTRIES, head]
    float* tile_first;   // [TILE, tile_ld]
    float* tile_second;  // [TILE, tile_ld]
    float* p;            // [BLOCK_ENTRIES, TILE]
    float* ds;           // [BLOCK_ENTRIES, TILE]
    float* delta;        // of the queries among the two, as many as there are at most
    float* logsumexp;

    static size_t bytes(int64_t head) {
        return sizeof(float) * (2 * BLOCK_ENTRIES * (head + TILE) + 2 * TILE * tile_ld(static_cast<int>(head)) + 2 * TILE);
    }

    __device__ explicit BackwardMemory(int head)
        : own_first(dynamic_shared<float>()), own_second(own_first + BLOCK_ENTRIES * head), tile_first(own_second + BLOCK_ENTRIES * head),
          tile_second(tile_first + TILE * tile_ld(head)), p(tile_second + TILE * tile_ld(head)), ds(p + BLOCK_ENTRIES * TILE),
          delta(ds + BLOCK_ENTRIES * TILE), logsumexp(delta + TILE) {}
};

template <class T>
struct Problem {
    const AttentionBackwardOf<T>& call;
    Queries queries;
    int64_t first_key, keys, kv;

    __device__ const T* q(int64_t e) const { return call.forward.q.row(queries.row(e)) + queries.head(e) * call.forward.head; }
    __device__ const T* dout(int64_t e) const { return call.dout.row(queries.row(e)) + queries.head(e) * call.forward.head; }
    __device__ const T* out(int64_t e) const { return call.out.row(queries.row(e)) + queries.head(e) * call.forward.head; }
    __device__ const T* key(int64_t j) const { return call.forward.keys.row(first_key + j) + kv * call.forward.head; }
    __device__ const T* value(int64_t j) const { return call.forward.values.row(first_key + j) + kv * call.forward.head; }
    __device__ float logsumexp(int64_t e) const { return call.logsumexp.row(queries.row(e))[queries.head(e)]; }
};

// D and the log-sum-exp of entries [first, first + count), a warp an entry.
template <class T>
__device__ void load_statistics(const BackwardMemory& shared, const Problem<T>& problem, int64_t first, int count, int head) {
    for (int e = threadIdx.x / WARP; e < count; e += WARPS) {
        float sum = 0;
        for (int d = threadIdx.x % WARP; d < head; d += WARP) {
            sum = fmaf(number(problem.dout(first + e)[d]), number(problem.out(first + e)[d]), sum);
        }
        sum = warp_sum(sum);
        if (threadIdx.x % WARP == 0) {
            shared.delta[e] = sum;
            shared.logsumexp[e] = problem.logsumexp(first + e);
        }
    }
}

// sums += weights [rows] · tile [rows, head], for the lane's elements of the head.
__device__ inline void add_tile(float (&sums)[WARP_ENTRIES][PIECES], const float* weights, const float* tile, int rows, int head) {
    int lane = threadIdx.x % WARP;
#pragma unroll
    for (int piece = 0; piece < PIECES; piece++) {
        int d = lane + piece * WARP;
        for (int j = 0; j < rows && d < head; j++) {
            float x = tile[j * tile_ld(head) + d];
#pragma unroll
            for (int i = 0; i < WARP_ENTRIES; i++) {
                sums[i][piece] = fmaf(weights[i * TILE + j], x, sums[i][piece]);
            }
        }
    }
}

template <class T>
__device__ void store_entry(T* to, const float (&sums)[PIECES], int head, float scale) {
#pragma unroll
    for (int piece = 0; piece < PIECES; piece++) {
        int d = threadIdx.x % WARP + piece * WARP;
        if (d < head) {
            to[d] = rounded<T>(sums[piece] * scale);
        }
    }
}

// p and dS of a warp's entries and a tile; visible(entry, lane) tells whether the query of the pair sees the key.
template <class Visible, class Query>
__device__ void differentiate(const BackwardMemory& shared, int head, float scale, Visible visible, Query query) {
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
    float scores[WARP_ENTRIES] = {}, dp[WARP_ENTRIES] = {};
    for (int d = 0; d < head; d++) {
        float first = shared.tile_first[lane * tile_ld(head) + d], second = shared.tile_second[lane * tile_ld(head) + d];
#pragma unroll
        for (int i = 0; i < WARP_ENTRIES; i++) {
            int e = warp * WARP_ENTRIES + i;
            scores[i] = fmaf(shared.own_first[e * head + d], first, scores[i]);
            dp[i] = fmaf(shared.own_second[e * head + d], second, dp[i]);
        }
    }
#pragma unroll
    for (int i = 0; i < WARP_ENTRIES; i++) {
        int e = warp * WARP_ENTRIES + i;
        int of = query(e, lane);
        float p = visible(e, lane) ? exponential(scores[i] * scale - shared.logsumexp[of]) : 0;
        shared.p[e * TILE + lane] = p;
        shared.ds[e * TILE + lane] = visible(e, lane) ? p * (dp[i] - shared.delta[of]) : 0;
    }
    __syncwarp();
}

// dQ of entries [first, first + count).
template <class T>
__device__ void backward_queries(const Problem<T>& problem, int64_t first, int count) {
    const auto& forward = problem.call.forward;
    const int head = forward.head, warp = threadIdx.x / WARP;
    BackwardMemory shared(head);
    int64_t longest = 0;
    for (int e = 0; e < count; e++) {
        int64_t visible = problem.queries.position(first + e) + 1;
        longest = visible > longest ? visible : longest;
    }
    float dq[WARP_ENTRIES][PIECES] = {};
    __syncthreads();  // an earlier call may still use the memory
    load_rows(shared.own_first, head, BLOCK_ENTRIES, count, head, 1, [&](int e) { return problem.q(first + e); });
    load_rows(shared.own_second, head, BLOCK_ENTRIES, count, head, 1, [&](int e) { return problem.dout(first + e); });
    load_statistics(shared, problem, first, count, head);
    for (int64_t from = 0; from < longest; from += TILE) {
        __syncthreads();
        int keys = static_cast<int>(longest - from < TILE ? longest - from : TILE);
        load_rows(shared.tile_first, tile_ld(head), TILE, keys, head, 1, [&](int j) { return problem.key(from + j); });
        load_rows(shared.tile_second, tile_ld(head), TILE, keys, head, 1, [&](int j) { return problem.value(from + j); });
        __syncthreads();
        differentiate(shared, head, forward.scale,
            [&](int e, int lane) { return e < count && from + lane <= problem.queries.position(first + e); }, [](int e, int) { return e; });
        add_tile(dq, shared.ds + warp * WARP_ENTRIES * TILE, shared.tile_first, keys, head);
    }
#pragma unroll
    for (int i = 0; i < WARP_ENTRIES; i++) {
        int64_t e = first + warp * WARP_ENTRIES + i;
        if (e < first + count) {
            store_entry(problem.call.dq.row(problem.queries.row(e)) + problem.queries.head(e) * head, dq[i], head, forward.scale);
        }
    }
}

// dK and dV of keys [first, first + count).
template <class T>
__device__ void backward_keys(const Problem<T>& problem, int64_t first, int count) {
    const auto& forward = problem.call.forward;
    const int head = forward.head, warp = threadIdx.x / WARP;
    const Queries& queries = problem.queries;
    BackwardMemory shared(head);
    float dkeys[WARP_ENTRIES][PIECES] = {}, dvalues[WARP_ENTRIES][PIECES] = {};
    __syncthreads();
    load_rows(shared.own_first, head, BLOCK_ENTRIES, count, head, 1, [&](int e) { return problem.key(first + e); });
    load_rows(shared.own_second, head, BLOCK_ENTRIES, count, head, 1, [&](int e) { return problem.value(first + e); });
    // Where every token is a query, those before the first key see none of these.
    int64_t begin = queries.positions == nullptr ? first * queries.group : 0;
    for (int64_t from = begin; from < queries.entries(); from += TILE) {
        __syncthreads();
        int64_t left = queries.entries() - from;
        int rows = static_cast<int>(left < TILE ? left : TILE);
        load_rows(shared.tile_first, tile_ld(head), TILE, rows, head, 1, [&](int t) { return problem.q(from + t); });
        load_rows(shared.tile_second, tile_ld(head), TILE, rows, head, 1, [&](int t) { return problem.dout(from + t); });
        load_statistics(shared, problem, from, rows, head);
        __syncthreads();
        differentiate(shared, head, forward.scale,
            [&](int e, int lane) { return lane < rows && first + e <= queries.position(from + lane); }, [](int, int lane) { return lane; });
        add_tile(dvalues, shared.p + warp * WARP_ENTRIES * TILE, shared.tile_second, rows, head);
        add_tile(dkeys, shared.ds + warp * WARP_ENTRIES * TILE, shared.tile_first, rows, head);
    }
#pragma unroll
    for (int i = 0; i < WARP_ENTRIES; i++) {
        int e = warp * WARP_ENTRIES + i;
        if (e < count) {
            int64_t row = problem.first_key + first + e;
            store_entry(problem.call.dkeys.row(row) + problem.kv * head, dkeys[i], head, forward.scale);
            store_entry(problem.call.dvalues.row(row) + problem.kv * head, dvalues[i], head, 1);
        }
    }
}

template <class T, bool OF_KEYS>
__global__ void backward_share(AttentionBackwardOf<T> call) {
    const auto& forward = call.forward;
    int64_t kv = blockIdx.y, group = forward.heads / forward.kv_heads;
    for (int64_t s = blockIdx.z; s < forward.sequences; s += gridDim.z) {
        Range keys = range_of(Array::KEY_OFFSETS, forward.key_offsets, s, forward.sequences);
        Range rows = range_of(Array::QUERY_OFFSETS, forward.query_offsets, s, forward.sequences);
        Problem<T> problem{call, {rows.from, rows.to, kv * group, group, forward.positions}, keys.from, keys.to - keys.from, kv};
        int64_t entries = OF_KEYS ? problem.keys : problem.queries.entries();
        if (OF_KEYS && !places_inside(problem.queries, 0, problem.queries.entries(), problem.keys)) {
            continue;
        }
        for (int64_t first = int64_t{blockIdx.x} * BLOCK_ENTRIES; first < entries; first += int64_t{gridDim.x} * BLOCK_ENTRIES) {
            int count = static_cast<int>(entries - first < BLOCK_ENTRIES ? entries - first : BLOCK_ENTRIES);
            if (OF_KEYS) {
                backward_keys(problem, first, count);
            } else if (places_inside(problem.queries, first, count, problem.keys)) {
                backward_queries(problem, first, count);
            }
        }
    }
}

}  // namespace

template <class T>
int attention_backward(const AttentionBackwardOf<T>& call) {
    dim3 grid(SHARES, call.forward.kv_heads, sequence_blocks(call.forward.sequences));
    size_t bytes = BackwardMemory::bytes(call.forward.head);
    int status = launch("dl_attention_backward", backward_share<T, false>, grid, WARPS * WARP, bytes, call);
    return status != DL_OK ? status : launch("dl_attention_backward", backward_share<T, true>, grid, WARPS * WARP, bytes, call);
}

template int attention_backward(const AttentionBackward& call);

}  // namespace drllava::cuda
