// A float's upper half.
#pragma once

#include <cstdint>
#include <cstring>

#include "inline.h"

namespace drllava {

struct bfloat16 {
    uint16_t bits;
};

// To the nearest, ties to even; a NaN stays one.
static DL_INLINE bfloat16 to_bfloat16(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    uint32_t nearest = bits + 0x7fff + ((bits >> 16) & 1);
    return {static_cast<uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : nearest >> 16)};
}

static DL_INLINE float to_float(bfloat16 x) {
    uint32_t bits = uint32_t{x.bits} << 16;
    float whole;
    std::memcpy(&whole, &bits, sizeof whole);
    return whole;
}

// What an array of T keeps of a float.
template <class T>
struct Kept;

template <>
struct Kept<float> {
    static DL_INLINE float of(float x) { return x; }
};

template <>
struct Kept<bfloat16> {
    static DL_INLINE bfloat16 of(float x) { return to_bfloat16(x); }
};

}  // namespace drllava
