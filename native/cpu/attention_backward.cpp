// Causal attention, backward (the equations of arXiv 2205.14135, appendix B). With P the probabilities and D = Σ dout · out:
// dV = Pᵀ dout; dS = P (dout Vᵀ - D); dQ = scale · dS K; dK = scale · dSᵀ Q.
#include "attention.h"
#include "head_cache.h"
#include "product.h"
#include "scratch.h"
#include "softmax.h"
#include "status.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t BACK_CHUNK = 8 * TILE_ROWS;

// Keys and values of one head in the forms that the four products want, and the sums of their gradients.
struct KeyWork {
    float* keys;               // [keys, width]
    float* transposed_keys;    // [blocks, head, KEY_BLOCK]
    float* transposed_values;  // [blocks, head, KEY_BLOCK]
    float* dkeys;              // [keys, width]
    float* dvalues;            // [keys, width]
};

struct ChunkWork {
    float* q;     // [BACK_CHUNK, width], scaled
    float* dout;  // [BACK_CHUNK, width]
    float* dq;    // [BACK_CHUNK, width]
    float* p;     // [BACK_CHUNK, ld]
    float* ds;    // [BACK_CHUNK, ld]
    int64_t ld;
};

struct Memory {
    KeyWork keys;
    ChunkWork chunk;

    static int64_t ld(int64_t longest) { return key_blocks(longest) * KEY_BLOCK + 16; }

    static int64_t floats(int64_t longest, int64_t head) {
        int64_t width = padded_head(head), rows = key_blocks(longest) * KEY_BLOCK;
        return 3 * rows * width + 2 * rows * head + BACK_CHUNK * (3 * width + 2 * ld(longest));
    }

    Memory(float* memory, int64_t longest, int64_t head) {
        int64_t width = padded_head(head), rows = key_blocks(longest) * KEY_BLOCK;
        auto take = [&memory](int64_t count) {
            float* part = memory;
            memory += count;
            return part;
        };
        keys = {take(rows * width), take(rows * head), take(rows * head), take(rows * width), take(rows * width)};
        chunk.ld = ld(longest);
        chunk.q = take(BACK_CHUNK * width);
        chunk.dout = take(BACK_CHUNK * width);
        chunk.dq = take(BACK_CHUNK * width);
        chunk.p = take(BACK_CHUNK * chunk.ld);
        chunk.ds = take(BACK_CHUNK * chunk.ld);
    }
};

// A head's elements, scaled, with zeros up to whole vectors.
void copy_padded(float* to, const float* from, int64_t head, float scale) {
    for (int64_t d = 0; d < padded_head(head); d += LANES) {
        store(to + d, load_first(from + d, greatest(head - d, 0)) * broadcast(scale));
    }
}

void transpose_into(float* blocks, int64_t position, const float* row, int64_t head) {
    float* column = blocks + position / KEY_BLOCK * KEY_BLOCK * head + position % KEY_BLOCK;
    for (int64_t d = 0; d < head; d++) {
        column[d * KEY_BLOCK] = row[d];
    }
}

void load_keys(const AttentionBackward& call, const KeyWork& work, int64_t first, int64_t keys, int64_t kv) {
    int64_t head = call.forward.head, width = padded_head(head);
    for (int64_t j = 0; j < keys; j++) {
        const float* key = call.forward.keys.row(first + j) + kv * head;
        int64_t ahead = first + least(j + AHEAD, keys - 1);
        prefetch_head(call.forward.keys.row(ahead) + kv * head, head);
        prefetch_head(call.forward.values.row(ahead) + kv * head, head);
        copy_padded(work.keys + j * width, key, head, 1);
        transpose_into(work.transposed_keys, j, key, head);
        transpose_into(work.transposed_values, j, call.forward.values.row(first + j) + kv * head, head);
    }
    std::memset(work.dkeys, 0, sizeof(float) * keys * width);
    std::memset(work.dvalues, 0, sizeof(float) * keys * width);
}

// c [count, visible] = rows [count, head] · blocks
void against_blocks(float* c, int64_t ld, const float* rows, const float* blocks, int64_t head, int64_t count, int64_t visible) {
    for (int64_t block = 0; block < key_blocks(visible); block++) {
        int64_t keys = least(KEY_BLOCK, visible - block * KEY_BLOCK);
        int64_t columns = (keys + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS;
        product(c + block * KEY_BLOCK, ld, {rows, padded_head(head), 1}, blocks + block * KEY_BLOCK * head, KEY_BLOCK, count, columns,
                head, false);
    }
}

// Probabilities from scores, and dS from dP, in place, for one query.
void differentiate(float* p, float* ds, int64_t visible, int64_t end, float logsumexp, float delta) {
    Vec shift = broadcast(logsumexp), mean = broadcast(delta);
    for (int64_t j = 0; j < end; j += LANES) {
        int64_t left = greatest(visible - j, 0);
        Vec probability = first_lanes(exp(load(p + j) - shift), left, Vec{});
        store(p + j, probability);
        store(ds + j, first_lanes(probability * (load(ds + j) - mean), left, Vec{}));
    }
}

// Queries [from, from + count) of one head: dq is done, their parts of dkeys and dvalues are added.
void backward_chunk(const AttentionBackward& call, const Memory& memory, int64_t from, int64_t count, int64_t place, int64_t h) {
    const Attention& forward = call.forward;
    const KeyWork& keys = memory.keys;
    const ChunkWork& work = memory.chunk;
    int64_t head = forward.head, width = padded_head(head), longest = 0;
    int64_t visible[BACK_CHUNK];
    float deltas[BACK_CHUNK];
    for (int64_t i = 0; i < count; i++) {
        int64_t row = from + i;
        visible[i] = 1 + (forward.positions == nullptr ? place + i : forward.positions[row]);
        longest = greatest(longest, visible[i]);
        int64_t ahead = from + least(i + AHEAD, count - 1);
        prefetch_head(forward.q.row(ahead) + h * head, head);
        prefetch_head(call.dout.row(ahead) + h * head, head);
        prefetch_head(call.out.row(ahead) + h * head, head);
        prefetch_head_to_write(call.dq.row(row) + h * head, head);
        copy_padded(work.q + i * width, forward.q.row(row) + h * head, head, forward.scale);
        copy_padded(work.dout + i * width, call.dout.row(row) + h * head, head, 1);
        Vec products{};
        for (int64_t d = 0; d < head; d += LANES) {
            products = fma(load(work.dout + i * width + d), load_first(call.out.row(row) + h * head + d, head - d), products);
        }
        deltas[i] = sum(products);
    }
    against_blocks(work.p, work.ld, work.q, keys.transposed_keys, head, count, longest);
    against_blocks(work.ds, work.ld, work.dout, keys.transposed_values, head, count, longest);
    for (int64_t i = 0; i < count; i++) {
        float logsumexp = call.logsumexp.row(from + i)[h];
        differentiate(work.p + i * work.ld, work.ds + i * work.ld, visible[i], longest, logsumexp, deltas[i]);
    }
    for (int64_t j = 0; j < longest; j += KEY_BLOCK) {
        product(work.dq, width, {work.ds + j, work.ld, 1}, keys.keys + j * width, width, count, width, least(KEY_BLOCK, longest - j), j > 0);
    }
    product(keys.dkeys, width, {work.ds, 1, work.ld}, work.q, width, longest, width, count, true);
    product(keys.dvalues, width, {work.p, 1, work.ld}, work.dout, width, longest, width, count, true);
    Vec scale = broadcast(forward.scale);
    for (int64_t i = 0; i < count; i++) {
        for (int64_t d = 0; d < head; d += LANES) {
            store_first(call.dq.row(from + i) + h * head + d, load(work.dq + i * width + d) * scale, head - d);
        }
    }
}

}  // namespace

int attention_backward(const AttentionBackward& call) {
    const Attention& forward = call.forward;
    int64_t longest = 0;
    for (int64_t s = 0; s < forward.sequences; s++) {
        longest = greatest(longest, forward.key_offsets[s + 1] - forward.key_offsets[s]);
    }
    float* start = scratch(Memory::floats(longest, forward.head));
    if (start == nullptr) {
        return no_memory("dl_attention_backward");
    }
    Memory memory(start, longest, forward.head);
    int64_t head = forward.head, width = padded_head(head), group_heads = forward.heads / forward.kv_heads;
    for (int64_t s = 0; s < forward.sequences; s++) {
        int64_t first = forward.key_offsets[s], keys = forward.key_offsets[s + 1] - first;
        int64_t from = forward.query_offsets[s], to = forward.query_offsets[s + 1];
        for (int64_t kv = 0; kv < forward.kv_heads; kv++) {
            load_keys(call, memory.keys, first, keys, kv);
            for (int64_t h = kv * group_heads; h < (kv + 1) * group_heads; h++) {
                for (int64_t row = from; row < to; row += BACK_CHUNK) {
                    backward_chunk(call, memory, row, least(BACK_CHUNK, to - row), row - from, h);
                }
            }
            for (int64_t j = 0; j < keys; j++) {
                std::memcpy(call.dkeys.row(first + j) + kv * head, memory.keys.dkeys + j * width, sizeof(float) * head);
                std::memcpy(call.dvalues.row(first + j) + kv * head, memory.keys.dvalues + j * width, sizeof(float) * head);
            }
        }
    }
    return DL_OK;
}

}  // namespace drllava::DL_ISA
