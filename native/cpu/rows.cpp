// Rows copied from one type to another: bound by memory, so the same for all instruction sets.
#include "rows.h"

#include <cstring>

namespace drllava {
namespace {

float widened(uint16_t upper) {
    uint32_t bits = uint32_t{upper} << 16;
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

// To the nearest, ties to even; a NaN stays one.
uint16_t rounded(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    uint32_t nearest = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return static_cast<uint16_t>(x != x ? bits >> 16 | 0x40 : nearest);
}

}  // namespace

int embedding(const Embedding& call) {
    for (int64_t r = 0; r < call.rows; r++) {
        float* y = call.y.row(r);
        int64_t from = call.ids[r] * call.ldt;
        if (call.pairs) {
            const uint16_t* row = static_cast<const uint16_t*>(call.table) + from;
            for (int64_t c = 0; c < call.n; c++) {
                y[c] = widened(row[c]);
            }
        } else if (call.n > 0) {
            std::memcpy(y, static_cast<const float*>(call.table) + from, call.n * sizeof(float));
        }
    }
    return DL_OK;
}

int round_bfloat16(const RoundBfloat16& call) {
    for (int64_t r = 0; r < call.rows; r++) {
        const float* x = call.x.row(r);
        uint16_t* y = call.y.row(r);
        for (int64_t c = 0; c < call.n; c++) {
            y[c] = rounded(x[c]);
        }
    }
    return DL_OK;
}

}  // namespace drllava
