// Random numbers that are a pure function of what they are for.
#pragma once

#include <cstdint>

#include "inline.h"

namespace drllava {

// Philox4x32-10's first word.
static DL_INLINE uint32_t philox(uint64_t key, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3) {
    uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = uint64_t{0xD2511F53} * c0, p1 = uint64_t{0xCD9E8D57} * c2;
        c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
        c1 = static_cast<uint32_t>(p1);
        c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
        c3 = static_cast<uint32_t>(p0);
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return c0;
}

static DL_INLINE uint32_t random_word(int64_t seed, int64_t step, int64_t conversation, int64_t position) {
    uint64_t s = static_cast<uint64_t>(step), c = static_cast<uint64_t>(conversation);
    uint32_t high = static_cast<uint32_t>(s >> 32) ^ static_cast<uint32_t>(c >> 32);
    return philox(static_cast<uint64_t>(seed), static_cast<uint32_t>(position), static_cast<uint32_t>(c), static_cast<uint32_t>(s), high);
}

}  // namespace drllava
