// Rows copied from one type to another: bound by memory, so the same for all instruction sets.
#include "rows.h"

#include <cstring>

#include "bfloat16.h"

namespace drllava {

int embedding(const Embedding& call) {
    for (int64_t r = 0; r < call.rows; r++) {
        float* y = call.y.row(r);
        int64_t from = call.ids[r] * call.ldt;
        if (call.pairs) {
            const bfloat16* row = static_cast<const bfloat16*>(call.table) + from;
            for (int64_t c = 0; c < call.n; c++) {
                y[c] = to_float(row[c]);
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
            y[c] = to_bfloat16(x[c]).bits;
        }
    }
    return DL_OK;
}

}  // namespace drllava
