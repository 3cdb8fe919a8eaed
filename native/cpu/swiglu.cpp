// The gated feed-forward's elementwise part.
#include "swiglu.h"

#include "simd.h"
#include "team.h"

namespace drllava::DL_ISA {
namespace {

DL_INLINE Vec sigmoid(Vec x) { return broadcast(1) / (broadcast(1) + exp(-x)); }

void gate(const SwiGlu& call, Run rows) {
    for (int64_t r = rows.from; r < rows.to; r++) {
        for (int64_t c = 0; c < call.n; c += LANES) {
            int64_t left = call.n - c;
            Vec gate = load_first(call.gate.row(r) + c, left), up = load_first(call.up.row(r) + c, left);
            store_first(call.y.row(r) + c, gate * sigmoid(gate) * up, left);
        }
    }
}

}  // namespace

int swiglu(const SwiGlu& call) {
    share_rows(call.rows, call.n, [&](Run rows) { gate(call, rows); });
    return DL_OK;
}

int swiglu_backward(const SwiGluBackward& call) {
    for (int64_t r = 0; r < call.rows; r++) {
        for (int64_t c = 0; c < call.n; c += LANES) {
            int64_t left = call.n - c;
            Vec gate = load_first(call.gate.row(r) + c, left), up = load_first(call.up.row(r) + c, left);
            Vec dy = load_first(call.dy.row(r) + c, left);
            Vec open = sigmoid(gate), silu = gate * open;
            store_first(call.dgate.row(r) + c, dy * up * (open + silu * (broadcast(1) - open)), left);
            store_first(call.dup.row(r) + c, dy * silu, left);
            if (call.y) {
                store_first(call.y.row(r) + c, silu * up, left);
            }
        }
    }
    return DL_OK;
}

}  // namespace drllava::DL_ISA
