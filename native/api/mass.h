// Probabilities as whole numbers: their sums are the same in any order, so every kernel draws the same token.
#pragma once

#include <cstdint>

#include "inline.h"

namespace drllava {

// As fine as sums over the vocabulary leave room for in 63 bits, and 2^-40 at the finest.
static DL_INLINE float mass_unit(int64_t vocabulary) {
    int bits = 63;
    while (bits > 0 && vocabulary >> (63 - bits) > 0) {
        bits--;
    }
    bits = bits > 40 ? 40 : bits;
    return static_cast<float>(int64_t{1} << bits);
}

// `p` is at most 1.
static DL_INLINE uint64_t mass_of(float p, float unit) { return static_cast<uint64_t>(p * unit); }

// The token drawn is the first at which the mass up to and with it exceeds this: mass · word / 2^32, rounded down.
static DL_INLINE uint64_t mass_drawn(uint64_t mass, uint32_t word) {
    return (mass >> 32) * word + ((mass & 0xffffffff) * word >> 32);
}

}  // namespace drllava
