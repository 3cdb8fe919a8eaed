// RMSNorm. Sums run over four vectors side by side, to hide the latency of an addition.
#include "norm.h"

#include "simd.h"
#include "team.h"

namespace drllava::DL_ISA {
namespace {

// The sum over a row of term(column, lanes left in the row), lanes behind the row's end being zero.
template <class Term>
float row_sum(int64_t n, Term term) {
    Vec sums[4] = {};
    int64_t c = 0;
    for (; c + 4 * LANES <= n; c += 4 * LANES) {
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++) {
            sums[v] += term(c + v * LANES, LANES);
        }
    }
    for (; c < n; c += LANES) {
        sums[0] += term(c, n - c);
    }
    return sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

void normalize(const RmsNorm& call, Run rows) {
    for (int64_t r = rows.from; r < rows.to; r++) {
        const float* x = call.x.row(r);
        float squares = row_sum(call.n, [&](int64_t c, int64_t left) DL_LAMBDA {
            Vec v = load_first(x + c, left);
            return v * v;
        });
        float inverse = 1.0f / __builtin_sqrtf(squares / static_cast<float>(call.n) + call.eps);
        for (int64_t c = 0; c < call.n; c += LANES) {
            Vec weight = load_first(call.weight + c, call.n - c);
            store_first(call.y.row(r) + c, load_first(x + c, call.n - c) * broadcast(inverse) * weight, call.n - c);
        }
        if (call.inverse != nullptr) {
            call.inverse[r] = inverse;
        }
    }
}

}  // namespace

int rms_norm(const RmsNorm& call) {
    share_rows(call.rows, call.n, [&](Run rows) { normalize(call, rows); });
    return DL_OK;
}

int rms_norm_backward(const RmsNormBackward& call) {
    for (int64_t r = 0; r < call.rows; r++) {
        const float* x = call.x.row(r);
        const float* dy = call.dy.row(r);
        float inverse = call.inverse[r];
        float dot = row_sum(call.n, [&](int64_t c, int64_t left) DL_LAMBDA {
            return load_first(dy + c, left) * load_first(call.weight + c, left) * load_first(x + c, left);
        });
        Vec along = broadcast(-inverse * inverse * inverse * (dot / static_cast<float>(call.n)));
        for (int64_t c = 0; c < call.n; c += LANES) {
            int64_t left = call.n - c;
            Vec scaled = load_first(dy + c, left) * load_first(call.weight + c, left) * broadcast(inverse);
            Vec dx = fma(load_first(x + c, left), along, scaled);
            if (call.residual) {
                dx += load_first(call.residual.row(r) + c, left);
            }
            store_first(call.dx.row(r) + c, dx, left);
        }
    }
    return DL_OK;
}

}  // namespace drllava::DL_ISA
