// Faults that only a kernel can see, as they lie in arrays of the GPU's memory. The first is kept until dl_synchronize tells
// it; a kernel leaves what the fault is about undone.
#pragma once

#include "device.h"
#include "packed.h"

namespace drllava::cuda {

enum class FaultKind : int { NONE, OUTSIDE, FALLING, BEGINNING, ENDING, NOT_PACKED, OTHER_SIZES, BFLOAT16, NO_TOKEN };

enum class Array : int { POSITIONS, SEQUENCES, TARGETS, SUPPRESSED, OFFSETS, KEY_OFFSETS, QUERY_OFFSETS, PART_ENDS, PACKED, PACKED_B, LOGITS, IDS };

struct Fault {
    int taken;
    FaultKind kind;
    Array array;
    int64_t at, value, limit, more;
};

// The library is one translation unit, so there is one of it a GPU.
static __device__ Fault first_fault;

__device__ inline bool report(const Fault& fault) {
    if (atomicCAS(&first_fault.taken, 0, 1) == 0) {
        first_fault.kind = fault.kind;
        first_fault.array = fault.array;
        first_fault.at = fault.at;
        first_fault.value = fault.value;
        first_fault.limit = fault.limit;
        first_fault.more = fault.more;
    }
    return false;
}

// Whether array[at] = value lies in 0 to limit - 1.
__device__ inline bool inside(Array array, int64_t at, int64_t value, int64_t limit) {
    return (value >= 0 && value < limit) || report({1, FaultKind::OUTSIDE, array, at, value, limit - 1, 0});
}

// Whether the numbers are in 0 to limit - 1 and rise; all threads of the block look, and all know.
__device__ inline bool rising(Array array, const int64_t* numbers, int64_t count, int64_t limit) {
    bool good = true;
    for (int64_t i = threadIdx.x; i < count && good; i += blockDim.x) {
        good = inside(array, i, numbers[i], limit) &&
               (i == 0 || numbers[i] > numbers[i - 1] || report({1, FaultKind::FALLING, array, i, numbers[i], numbers[i - 1], 0}));
    }
    return __syncthreads_or(!good) == 0;
}

struct Range {
    int64_t from, to;
};

// Items of one of `groups`: none, and a report, where the offsets begin elsewhere than at 0 or fall.
__device__ inline Range range_of(Array array, const int64_t* offsets, int64_t group, int64_t groups) {
    Range range{offsets[group], offsets[group + 1]};
    if (group == 0 && range.from != 0) {
        report({1, FaultKind::BEGINNING, array, 0, range.from, 0, 0});
        return {0, 0};
    }
    if (range.from < 0 || range.to < range.from) {
        report({1, FaultKind::FALLING, array, group + 1, range.to, range.from, 0});
        return {0, 0};
    }
    // Beyond the last there are no items; that offsets fall further on is another group's to report.
    return range.to <= offsets[groups] ? range : Range{0, 0};
}

// Whether the numbers never fall, the last being `end`.
__device__ inline bool ends_at(Array array, const int64_t* numbers, int64_t count, int64_t end) {
    if (numbers[count - 1] != end) {
        return report({1, FaultKind::ENDING, array, 0, numbers[count - 1], end, 0});
    }
    for (int64_t i = 0; i < count; i++) {
        if (numbers[i] < (i == 0 ? 0 : numbers[i - 1])) {
            return report({1, FaultKind::FALLING, array, i, numbers[i], i == 0 ? 0 : numbers[i - 1], 0});
        }
    }
    return true;
}

// By floats, as they need not be aligned for more.
__device__ inline PackedHeader header_of(const float* panels) {
    float words[HEADER_FLOATS];
    for (int64_t i = 0; i < HEADER_FLOATS; i++) {
        words[i] = panels[i - HEADER_FLOATS];
    }
    PackedHeader header;
    memcpy(&header, words, sizeof header);
    return header;
}

// Whether the panels belong to a packed weight of these sizes.
__device__ inline bool packed_for(Array array, const float* panels, int64_t n_in, int64_t n_out) {
    PackedHeader header = header_of(panels);
    if (header.mark != PACKED_MARK || header.panel != 1) {
        return report({1, FaultKind::NOT_PACKED, array, 0, 0, 0, 0});
    }
    return (header.n_in == n_in && header.n_out == n_out) || report({1, FaultKind::OTHER_SIZES, array, header.n_in, header.n_out, n_in, n_out});
}

// And of one that is float32.
__device__ inline bool packed_floats_for(Array array, const float* panels, int64_t n_in, int64_t n_out) {
    return packed_for(array, panels, n_in, n_out) && (!header_of(panels).pairs || report({1, FaultKind::BFLOAT16, array, 0, 0, 0, 0}));
}

}  // namespace drllava::cuda
