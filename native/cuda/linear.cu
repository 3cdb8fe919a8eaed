// Linear layers of few rows, which only read the weight. A packed weight is [n_out, n_in] behind its header, so that cuBLAS,
// the right one for many rows, can use it too.
#include "linear.h"

#include "faults.h"
#include "products.h"

namespace drllava::cuda {
namespace {

template <class W>
__global__ void pack_number(Weight weight, W* rows, int64_t ld) {
    int64_t o = thread_of_grid() / ld, k = thread_of_grid() % ld;
    if (o < weight.n_out) {
        rows[o * ld + k] = rounded<W>(k >= weight.n_in ? 0 : weight.transposed ? weight.data.row(o)[k] : weight.data.row(k)[o]);
    }
}

// The update of output c of row r, by one lane. Says in `good` whether part_ends are as they must be.
__device__ float updated(const Update& update, int64_t r, int64_t c, int64_t n_out, bool& good) {
    int64_t part = 0;
    while (part < update.parts - 1 && c >= update.part_ends[part]) {
        part++;
    }
    good = ends_at(Array::PART_ENDS, update.part_ends, update.parts, n_out);
    const float* low = update.x.row(r) + part * update.weight.n;
    const float* b = update.weight.data + c * update.weight.n;
    float sum = 0;
    for (int64_t k = 0; k < update.weight.n; k++) {
        sum = fmaf(low[k], b[k], sum);
    }
    return sum;
}

template <int ROWS>
__global__ void linear_block(Linear call) {
    const Update& update = call.update;
    if (!packed_for(Array::PACKED, call.weight.data, call.weight.n, call.n_out) ||
        (update.parts > 0 && !packed_floats_for(Array::PACKED_B, update.weight.data, update.weight.n, call.n_out))) {
        return;
    }
    int lane = threadIdx.x % WARP;
    int64_t column = int64_t{blockIdx.x} * BLOCK_COLUMNS + threadIdx.x / WARP * WARP_COLUMNS;
    with_weight(call.weight, call.n_out, [&](const auto& weight) {
        for (int64_t row = int64_t{blockIdx.y} * ROWS; row < call.rows; row += int64_t{gridDim.y} * ROWS) {
            float sum = products<ROWS>(call.x, row, call.rows, weight, column, dynamic_shared<float>());
            int64_t r = row + lane / WARP_COLUMNS, c = column + lane % WARP_COLUMNS;
            if (lane < ROWS * WARP_COLUMNS && r < call.rows && c < call.n_out) {
                bool good = true;
                sum += update.parts == 0 ? 0 : updated(update, r, c, call.n_out, good);
                if (good) {
                    call.y.row(r)[c] = fmaf(call.scale, sum, call.residual ? call.residual.row(r)[c] : 0);
                }
            }
        }
    });
}

constexpr int EDGE = 16;

// A square of dw, rows EDGE at a time.
__global__ void weight_gradient_block(WeightGradient call) {
    float* dy = dynamic_shared<float>();
    float* x = dy + EDGE * EDGE;
    int64_t o = int64_t{blockIdx.y} * EDGE + threadIdx.y, i = int64_t{blockIdx.x} * EDGE + threadIdx.x;
    int64_t loaded = int64_t{blockIdx.y} * EDGE + threadIdx.x;
    float sum = 0;
    for (int64_t from = 0; from < call.rows; from += EDGE) {
        int64_t r = from + threadIdx.y;
        bool real = r < call.rows;
        dy[threadIdx.y * EDGE + threadIdx.x] = real && loaded < call.n_out ? call.dy.row(r)[loaded] : 0;
        x[threadIdx.y * EDGE + threadIdx.x] = real && i < call.n_in ? call.x.row(r)[i] : 0;
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

template <int ROWS>
int linear_of(const Linear& call) {
    int64_t tiles = (call.rows + ROWS - 1) / ROWS;
    dim3 grid((call.n_out + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS, tiles < 65535 ? tiles : 65535);
    return launch("dl_linear", linear_block<ROWS>, grid, PRODUCT_WARPS * WARP, PRODUCT_ROOM * sizeof(float), call);
}

}  // namespace

int pack(const Weight& weight, float* panels) {
    if (weight.pairs) {
        int64_t ld = (weight.n_in + 1) / 2 * 2;
        return launch("dl_pack_weight", pack_number<bfloat16>, blocks(weight.n_out * ld, THREADS), THREADS, 0, weight,
                      reinterpret_cast<bfloat16*>(panels), ld);
    }
    return launch("dl_pack_weight", pack_number<float>, blocks(weight.n_out * weight.n_in, THREADS), THREADS, 0, weight, panels, weight.n_in);
}

int linear(const Linear& call) {
    return call.rows == 1   ? linear_of<1>(call)
           : call.rows == 2 ? linear_of<2>(call)
           : call.rows <= 4 ? linear_of<4>(call)
                            : linear_of<MOST_ROWS>(call);
}

int weight_gradient(const WeightGradient& call) {
    dim3 grid((call.n_in + EDGE - 1) / EDGE, (call.n_out + EDGE - 1) / EDGE);
    return launch("dl_weight_gradient", weight_gradient_block, grid, dim3(EDGE, EDGE), 2 * EDGE * EDGE * sizeof(float), call);
}

}  // namespace drllava::cuda
