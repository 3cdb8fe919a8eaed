// Causal attention, forward. Queries of one sequence that share a key head are taken up to CHUNK at a time: all their scores
// (they fit into the second-level cache), an exact softmax of each row, then the weighted values.
#include "attention.h"

#include <atomic>

#include "head_cache.h"
#include "product.h"
#include "scratch.h"
#include "softmax.h"
#include "status.h"
#include "team.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t CHUNK = 4 * TILE_ROWS;

// Working memory for queries that see up to `longest` keys.
struct Workspace {
    float* q;
    float* out;
    float* scores;
    int64_t ld_scores;
    float* rest;

    static int64_t floats(int64_t longest, int64_t head) { return CHUNK * (head + padded_head(head) + ld(longest)); }

    Workspace(float* memory, int64_t longest, int64_t head)
        : q(memory), out(q + CHUNK * head), scores(out + CHUNK * padded_head(head)), ld_scores(ld(longest)),
          rest(scores + CHUNK * ld_scores) {}

private:
    // The 16 keep rows of 1,024 scores from falling on the same lines of the first-level cache.
    static int64_t ld(int64_t longest) { return key_blocks(longest) * KEY_BLOCK + 16; }
};

// Queries [from, to) of one sequence and the heads that share one key head.
struct Group {
    MutableRows out;
    Rows q;
    MutableRows logsumexp;     // or null
    const int64_t* positions;  // of all queries, or null: query `from` is at 0, the next at 1, …
    int64_t from, to;
    int64_t first_head, heads, head_size;
    float scale;

    int64_t entries() const { return (to - from) * heads; }
    int64_t row(int64_t entry) const { return from + entry / heads; }
    int64_t head(int64_t entry) const { return first_head + entry % heads; }
    const float* query(int64_t entry) const { return q.row(row(entry)) + head(entry) * head_size; }
    float* result(int64_t entry) const { return out.row(row(entry)) + head(entry) * head_size; }
    int64_t visible(int64_t entry) const { return 1 + (positions == nullptr ? entry / heads : positions[row(entry)]); }
};

// scores [count, visible] = q · keys
template <class T>
void score(const Workspace& work, const HeadCache<T>& cache, int64_t count, int64_t visible) {
    for (int64_t block = 0; block < key_blocks(visible); block++) {
        int64_t keys = least(KEY_BLOCK, visible - block * KEY_BLOCK);
        int64_t columns = (keys + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS;
        product(work.scores + block * KEY_BLOCK, work.ld_scores, {work.q, cache.head, 1}, cache.key_block(block), KEY_BLOCK, count,
                columns, cache.head, false, visible > (block + 1) * KEY_BLOCK ? cache.key_block(block + 1) : cache.values);
    }
}

// out [count, head] = scores · values. @param next what is read after them
template <class T>
void weigh(const Workspace& work, const HeadCache<T>& cache, int64_t count, int64_t visible, const T* next) {
    int64_t width = padded_head(cache.head);
    for (int64_t from = 0; from < visible; from += KEY_BLOCK) {
        const T* values = cache.values + from * width;
        product(work.out, width, {work.scores + from, work.ld_scores, 1}, values, width, count, width, least(KEY_BLOCK, visible - from),
                from > 0, visible - from > KEY_BLOCK ? values + KEY_BLOCK * width : next);
    }
}

template <class T>
void attend(const Group& group, const HeadCache<T>& cache, const Workspace& work, const T* next) {
    int64_t head = cache.head, width = padded_head(head);
    for (int64_t first = 0; first < group.entries(); first += CHUNK) {
        int64_t count = least(CHUNK, group.entries() - first);
        int64_t longest = 0;
        for (int64_t e = 0; e < count; e++) {
            const float* q = group.query(first + e);
            prefetch_head_to_write(group.result(first + e), head);
            prefetch_head(group.query(least(first + e + CHUNK, group.entries() - 1)), head);
            for (int64_t d = 0; d < head; d++) {
                work.q[e * head + d] = q[d] * group.scale;
            }
            longest = greatest(longest, group.visible(first + e));
        }
        score(work, cache, count, longest);
        float totals[CHUNK];
        for (int64_t e = 0; e < count; e++) {
            float most;
            exponentiate(work.scores + e * work.ld_scores, group.visible(first + e), longest, &most, &totals[e]);
            if (group.logsumexp) {
                group.logsumexp.row(group.row(first + e))[group.head(first + e)] = most + __builtin_logf(totals[e]);
            }
        }
        weigh(work, cache, count, longest, next);
        for (int64_t e = 0; e < count; e++) {
            float* out = group.result(first + e);
            Vec inverse = broadcast(1 / totals[e]);
            for (int64_t d = 0; d < head; d += LANES) {
                store_first(out + d, load(work.out + e * width + d) * inverse, head - d);
            }
        }
    }
}

template <class T>
int attention_over_cache(const CachedAttention& call) {
    int64_t longest = 0, groups = 0;
    for (int64_t r = 0; r < call.rows; r++) {
        longest = greatest(longest, call.positions[r] + 1);
        groups += r == 0 || call.sequences[r] != call.sequences[r - 1];
    }
    int64_t head = call.cache.head, kv_heads = call.cache.kv_heads, group_heads = call.heads / kv_heads;
    int64_t parts = runs(groups * kv_heads);
    std::atomic<bool> lacks_memory{false};
    share(parts, [&](int64_t part) {
        float* memory = scratch(Workspace::floats(longest, head));
        if (memory == nullptr) {
            lacks_memory = true;
            return;
        }
        Workspace work(memory, longest, head);
        Run run(groups * kv_heads, part, parts);
        int64_t to = 0;
        for (int64_t group = 0; group * kv_heads < run.to; group++) {
            int64_t from = to++;
            while (to < call.rows && call.sequences[to] == call.sequences[from]) {
                to++;
            }
            int64_t before = group * kv_heads;
            for (int64_t kv = greatest(run.from - before, 0); kv < least(run.to - before, kv_heads); kv++) {
                bool last = kv + 1 == kv_heads;
                const T* next = head_cache<T>(call.cache, call.sequences[last && to < call.rows ? to : from], last ? 0 : kv + 1).keys;
                attend({call.out, call.q, {}, call.positions, from, to, kv * group_heads, group_heads, head, call.scale},
                       head_cache<T>(call.cache, call.sequences[from], kv), work, next);
            }
        }
    });
    return lacks_memory ? no_memory("dl_attention_cached") : DL_OK;
}

}  // namespace

int attention_cached(const CachedAttention& call) {
    return call.cache.halves ? attention_over_cache<bfloat16>(call) : attention_over_cache<float>(call);
}

int attention(const Attention& call) {
    int64_t longest = 0;
    for (int64_t s = 0; s < call.sequences; s++) {
        longest = greatest(longest, call.key_offsets[s + 1] - call.key_offsets[s]);
    }
    float* memory = scratch(Workspace::floats(longest, call.head) + head_cache_elements(longest, call.head));
    if (memory == nullptr) {
        return no_memory("dl_attention");
    }
    Workspace work(memory, longest, call.head);
    int64_t group_heads = call.heads / call.kv_heads;
    for (int64_t s = 0; s < call.sequences; s++) {
        int64_t first = call.key_offsets[s], keys = call.key_offsets[s + 1] - first;
        int64_t from = call.query_offsets[s], to = call.query_offsets[s + 1];
        for (int64_t kv = 0; kv < call.kv_heads && from < to; kv++) {
            HeadCache<float> cache(work.rest, keys, call.head);
            for (int64_t j = 0; j < keys; j++) {
                int64_t ahead = first + least(j + AHEAD, keys - 1);
                prefetch_head(call.keys.row(ahead) + kv * call.head, call.head);
                prefetch_head(call.values.row(ahead) + kv * call.head, call.head);
                cache.put(j, call.keys.row(first + j) + kv * call.head, call.values.row(first + j) + kv * call.head);
            }
            attend({call.out, call.q, call.logsumexp, call.positions, from, to, kv * group_heads, group_heads, call.head, call.scale}, cache, work,
                   cache.keys);
        }
    }
    return DL_OK;
}

}  // namespace drllava::DL_ISA
