// Products with the rows of a packed weight, which lies [n_out, n_in] here: a warp takes WARP_COLUMNS of its rows and up to
// ROWS rows of x, its lanes every 32nd element. The order of a sum depends on nothing but n_in.
#pragma once

#include "faults.h"
#include "numbers.h"

namespace drllava::cuda {

constexpr int PRODUCT_WARPS = 8;
constexpr int WARP_COLUMNS = 4;
constexpr int BLOCK_COLUMNS = PRODUCT_WARPS * WARP_COLUMNS;
constexpr int MOST_ROWS = WARP / WARP_COLUMNS;

// Shared memory for the sums of a block's warps.
constexpr int LANE_ROOM = WARP + 1;
constexpr int PRODUCT_ROOM = PRODUCT_WARPS * WARP * LANE_ROOM;

// A weight's rows of floats or bfloat16.
template <class W>
struct WeightRows {
    const W* data;
    int64_t ld, n, count;

    __device__ explicit WeightRows(const Panels& panels, int64_t n_out)
        : data(reinterpret_cast<const W*>(panels.data)), ld(Panels{nullptr, panels.n, sizeof(W) == 2}.steps() * (sizeof(float) / sizeof(W))),
          n(panels.n), count(n_out) {}

    __device__ const W* row(int64_t o) const { return data + (o < count ? o : count - 1) * ld; }
};

// Calls work(WeightRows) with the element type that the weight was packed with.
template <class Work>
__device__ void with_weight(const Panels& panels, int64_t n_out, Work work) {
    if (header_of(panels.data).pairs) {
        work(WeightRows<bfloat16>(panels, n_out));
    } else {
        work(WeightRows<float>(panels, n_out));
    }
}

// What meets a weight of bfloat16 is rounded to it too.
__device__ inline float met_by(float, float x) { return x; }
__device__ inline float met_by(bfloat16, float x) { return number(rounded<bfloat16>(x)); }

template <int ROWS>
using Sums = float[ROWS][WARP_COLUMNS];

// Each lane's share of x [ROWS, n] · weightᵀ. Rows and columns behind the last are computed as the last.
template <int ROWS, class W>
__device__ void add_products(Sums<ROWS>& sums, const Rows& x, int64_t row, int64_t rows, const WeightRows<W>& weight, int64_t column) {
    const float* from[ROWS];
    const W* weights[WARP_COLUMNS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        from[r] = x.row(row + r < rows ? row + r : rows - 1);
    }
#pragma unroll
    for (int c = 0; c < WARP_COLUMNS; c++) {
        weights[c] = weight.row(column + c);
    }
    for (int64_t k = threadIdx.x % WARP; k < weight.n; k += WARP) {
        float w[WARP_COLUMNS];
#pragma unroll
        for (int c = 0; c < WARP_COLUMNS; c++) {
            w[c] = number(weights[c][k]);
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            float value = met_by(W{}, from[r][k]);
#pragma unroll
            for (int c = 0; c < WARP_COLUMNS; c++) {
                sums[r][c] = fmaf(value, w[c], sums[r][c]);
            }
        }
    }
}

// The lanes' shares together: lane l gets the sum of row l / WARP_COLUMNS and column l % WARP_COLUMNS. `room` has
// PRODUCT_ROOM floats.
template <int ROWS>
__device__ float gathered(const Sums<ROWS>& sums, float* room) {
    float* mine = room + threadIdx.x / WARP * WARP * LANE_ROOM;
    int lane = threadIdx.x % WARP;
    __syncwarp();
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
#pragma unroll
        for (int c = 0; c < WARP_COLUMNS; c++) {
            mine[(r * WARP_COLUMNS + c) * LANE_ROOM + lane] = sums[r][c];
        }
    }
    __syncwarp();
    float sum = 0;
    for (int other = 0; other < WARP && lane < ROWS * WARP_COLUMNS; other++) {
        sum += mine[lane * LANE_ROOM + other];
    }
    return sum;
}

// Both: the products of ROWS rows with the columns of the warp.
template <int ROWS, class W>
__device__ float products(const Rows& x, int64_t row, int64_t rows, const WeightRows<W>& weight, int64_t column, float* room) {
    Sums<ROWS> sums = {};
    add_products<ROWS>(sums, x, row, rows, weight, column);
    return gathered<ROWS>(sums, room);
}

}  // namespace drllava::cuda
