// Rotary positions: a turn of each pair (x[i], x[i + head / 2]).
#include "rotary.h"

#include "simd.h"
#include "team.h"

namespace drllava::DL_ISA {

namespace {

void turn(const Rotary& call, Run rows) {
    int64_t half = call.head / 2;
    for (int64_t r = rows.from; r < rows.to; r++) {
        const float* cosines = call.cosines + call.positions[r] * call.head;
        const float* sines = call.sines + call.positions[r] * call.head;
        for (int64_t h = 0; h < call.heads; h++) {
            float* low = call.x.row(r) + h * call.head;
            float* high = low + half;
            for (int64_t i = 0; i < half; i += LANES) {
                int64_t left = half - i;
                Vec a = load_first(low + i, left), b = load_first(high + i, left);
                Vec sine_a = load_first(sines + i, left), sine_b = load_first(sines + half + i, left);
                // The transposed turn takes each sine from the other half.
                Vec to_a = call.backward ? sine_b : sine_a, to_b = call.backward ? sine_a : sine_b;
                store_first(low + i, fma(a, load_first(cosines + i, left), b * to_a), left);
                store_first(high + i, fma(b, load_first(cosines + half + i, left), a * to_b), left);
            }
        }
    }
}

}  // namespace

int rotary(const Rotary& call) {
    share_rows(call.rows, call.heads * call.head, [&](Run rows) { turn(call, rows); });
    return DL_OK;
}

}  // namespace drllava::DL_ISA
