// Linear layers of few rows, which only read the weight. A packed weight is [n_out, n_in] behind its header, so cuBLAS, which
// is the right one for many rows, can use it too.
#include "linear.h"

#include "faults.h"
#include "products.h"

namespace drllava::cuda {
namespace {

template <class T>
__global__ void pack_number(WeightOf<T> weight, T* panels) {
    int64_t o = thread_of_grid() / weight.n_in, k = thread_of_grid() % weight.n_in;
    if (o < weight.n_out) {
        panels[o * weight.n_in + k] = weight.transposed ? weight.data.row(o)[k] : weight.data.row(k)[o];
    }
}

template <int ROWS, class T>
__global__ void linear_block(LinearOf<T> call) {
    for (int t = 0; t < call.term_count; t++) {
        if (!packed_for(t == 0 ? Array::PACKED : Array::PACKED_B, call.terms[t].panels, call.terms[t].n, call.n_out)) {
            return;
        }
    }
    int lane = threadIdx.x % WARP;
    int64_t column = int64_t{blockIdx.x} * BLOCK_COLUMNS + threadIdx.x / WARP * WARP_COLUMNS;
    for (int64_t row = int64_t{blockIdx.y} * ROWS; row < call.rows; row += int64_t{gridDim.y} * ROWS) {
        Sums<ROWS> sums = {};
        for (int t = 0; t < call.term_count; t++) {
            const TermOf<T>& term = call.terms[t];
            add_products<ROWS>(sums, term.x, row, call.rows, term.panels, column, call.n_out, term.n);
        }
        float sum = gathered<ROWS>(sums);
        int64_t r = row + lane / WARP_COLUMNS, c = column + lane % WARP_COLUMNS;
        if (lane < ROWS * WARP_COLUMNS && r < call.rows && c < call.n_out) {
            call.y.row(r)[c] = rounded<T>(fmaf(call.scale, sum, call.residual ? number(call.residual.row(r)[c]) : 0));
        }
    }
}

constexpr int EDGE = 16;

// A square of dw, rows EDGE at a time.
template <class T>
__global__ void weight_gradient_block(WeightGradientOf<T> call) {
    float* dy = dynamic_shared<float>();
    float* x = dy + EDGE * EDGE;
    int64_t o = int64_t{blockIdx.y} * EDGE + threadIdx.y, i = int64_t{blockIdx.x} * EDGE + threadIdx.x;
    int64_t loaded = int64_t{blockIdx.y} * EDGE + threadIdx.x;
    float sum = 0;
    for (int64_t from = 0; from < call.rows; from += EDGE) {
        int64_t r = from + threadIdx.y;
        bool real = r < call.rows;
        dy[threadIdx.y * EDGE + threadIdx.x] = real && loaded < call.n_out ? number(call.dy.row(r)[loaded]) : 0;
        x[threadIdx.y * EDGE + threadIdx.x] = real && i < call.n_in ? number(call.x.row(r)[i]) : 0;
        __syncthreads();
        for (int k = 0; k < EDGE; k++) {
            sum = fmaf(dy[k * EDGE + threadIdx.y], x[k * EDGE + threadIdx.x], sum);
        }
        __syncthreads();
    }
    if (o < call.n_out && i < call.n_in) {
        float* dw = call.dw.row(o) + i;
        *dw = fmaf(sum, call.scale, call.add ? *dw : 0);
    }
}

template <int ROWS, class T>
int linear_of(const LinearOf<T>& call) {
    int64_t tiles = (call.rows + ROWS - 1) / ROWS;
    dim3 grid((call.n_out + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS, tiles < 65535 ? tiles : 65535);
    return launch("dl_linear", linear_block<ROWS, T>, grid, PRODUCT_WARPS * WARP, PRODUCT_BYTES, call);
}

}  // namespace

template <class T>
int pack(const WeightOf<T>& weight, T* panels) {
    return launch("dl_pack_weight", pack_number<T>, blocks(weight.n_in * weight.n_out, THREADS), THREADS, 0, weight, panels);
}

template <class T>
int linear(const LinearOf<T>& call) {
    return call.rows == 1 ? linear_of<1>(call) : call.rows == 2 ? linear_of<2>(call) : call.rows <= 4 ? linear_of<4>(call) : linear_of<MOST_ROWS>(call);
}

template <class T>
int weight_gradient(const WeightGradientOf<T>& call) {
    dim3 grid((call.n_in + EDGE - 1) / EDGE, (call.n_out + EDGE - 1) / EDGE);
    return launch("dl_weight_gradient", weight_gradient_block<T>, grid, dim3(EDGE, EDGE), 2 * EDGE * EDGE * sizeof(float), call);
}

template int pack(const Weight& weight, float* panels);
template int linear(const Linear& call);
template int weight_gradient(const WeightGradient& call);

}  // namespace drllava::cuda
