// dw = scale · dyᵀ x, for weights with one small side. Rows are taken a chunk at a time, so that what several tiles read stays
// in the caches. Whole vectors are added up where they belong, other widths and sums to be scaled in working memory.
#include "weight_gradient.h"

#include "product.h"
#include "scratch.h"
#include "status.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t ROWS = 128;

// sums [n_out, width] = dyᵀ x, or += with `add`. `padded` is memory for a chunk of x where its rows are no whole vectors
void products(float* sums, int64_t ld, const WeightGradient& call, int64_t width, float* padded, bool add) {
    bool whole = width == call.n_in;
    for (int64_t from = 0; from < call.rows; from += ROWS) {
        int64_t rows = least(ROWS, call.rows - from);
        for (int64_t r = 0; r < rows && !whole; r++) {
            for (int64_t c = 0; c < width; c += LANES) {
                store(padded + r * width + c, load_first(call.x.row(from + r) + c, call.n_in - c));
            }
        }
        product(sums, ld, {call.dy.row(from), 1, call.dy.ld}, whole ? call.x.row(from) : padded, whole ? call.x.ld : width, call.n_out, width,
                rows, add || from > 0);
    }
}

}  // namespace

int weight_gradient(const WeightGradient& call) {
    int64_t width = (call.n_in + LANES - 1) / LANES * LANES;
    if (width == call.n_in && call.scale == 1 && call.rows > 0) {
        products(call.dw.row(0), call.dw.ld, call, width, nullptr, call.add);
        return DL_OK;
    }
    float* sums = scratch((call.n_out + ROWS) * width);
    if (sums == nullptr) {
        return no_memory("dl_weight_gradient");
    }
    std::memset(sums, 0, sizeof(float) * call.n_out * width);
    products(sums, width, call, width, sums + call.n_out * width, true);
    Vec scale = broadcast(call.scale);
    for (int64_t o = 0; o < call.n_out; o++) {
        for (int64_t c = 0; c < call.n_in; c += LANES) {
            float* dw = call.dw.row(o) + c;
            Vec before = call.add ? load_first(dw, call.n_in - c) : Vec{};
            store_first(dw, fma(load(sums + o * width + c), scale, before), call.n_in - c);
        }
    }
    return DL_OK;
}

}  // namespace drllava::DL_ISA
