// How attention shares its work: a block takes up to BLOCK_ENTRIES entries (a query and a head, or a key), a warp
// WARP_ENTRIES of them, and all of a block go through what they meet in tiles of TILE rows, a lane a row.
#pragma once

#include "faults.h"
#include "numbers.h"

namespace drllava::cuda {

constexpr int TILE = WARP;
constexpr int WARPS = 4;
constexpr int WARP_ENTRIES = 4;
constexpr int BLOCK_ENTRIES = WARPS * WARP_ENTRIES;
constexpr int PIECES = 256 / WARP;  // of the largest head, for the lanes to share

// Blocks that share one sequence's entries and head; more only cost their start.
constexpr unsigned SHARES = 16;

// A row of a tile begins at another bank than the one before.
__host__ __device__ inline int tile_ld(int head) { return head + 1; }

// Queries of one sequence and the heads that look at one key head: entry e is row from + e / group, head first + e % group.
struct Queries {
    int64_t from, to, first_head, group;
    const int64_t* positions;  // of all queries, or null: query `from` is at 0, the next at 1, …

    __device__ int64_t entries() const { return (to - from) * group; }
    __device__ int64_t row(int64_t entry) const { return from + entry / group; }
    __device__ int64_t head(int64_t entry) const { return first_head + entry % group; }
    __device__ int64_t position(int64_t entry) const { return positions == nullptr ? entry / group : positions[row(entry)]; }
};

// Whether the positions of these entries are those of keys; all threads of the block look, and all know.
__device__ inline bool places_inside(const Queries& queries, int64_t first, int64_t count, int64_t keys) {
    if (queries.positions == nullptr) {
        return true;
    }
    bool good = true;
    for (int64_t e = first + threadIdx.x; e < first + count; e += blockDim.x) {
        good = good && inside(Array::POSITIONS, queries.row(e), queries.position(e), keys);
    }
    return __syncthreads_or(!good) == 0;
}

// The grid's share of sequences; its blocks step over the rest.
inline unsigned sequence_blocks(int64_t sequences) { return static_cast<unsigned>(sequences < 32768 ? sequences : 32768); }

// to [rows, ld] = scale · row(i) for `count` rows of `head` numbers, zeros up to `rows`; the whole block takes part.
template <class Row>
__device__ void load_rows(float* to, int ld, int rows, int count, int head, float scale, Row row) {
    for (int i = threadIdx.x; i < rows * head; i += blockDim.x) {
        int r = i / head, d = i % head;
        to[r * ld + d] = r < count ? number(row(r)[d]) * scale : 0;
    }
}

}  // namespace drllava::cuda
