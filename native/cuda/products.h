// Products with the rows of a weight that lies [n_out, n_in]: a warp takes WARP_COLUMNS of its rows and up to ROWS rows of
// x, its lanes every 32nd element. The order of a sum depends on nothing but n_in.
#pragma once

#include "numbers.h"

namespace drllava::cuda {

constexpr int PRODUCT_WARPS = 8;
constexpr int WARP_COLUMNS = 4;
constexpr int BLOCK_COLUMNS = PRODUCT_WARPS * WARP_COLUMNS;
constexpr int MOST_ROWS = WARP / WARP_COLUMNS;

// Shared memory for the sums of a block's warps.
constexpr int LANE_ROOM = WARP + 1;
constexpr size_t PRODUCT_BYTES = sizeof(float) * PRODUCT_WARPS * WARP * LANE_ROOM;

template <int ROWS>
using Sums = float[ROWS][WARP_COLUMNS];

// Each lane's share of x [ROWS, n] · weightᵀ is added to `sums`. Rows and columns behind the last are computed as the last.
template <int ROWS, class T>
__device__ void add_products(Sums<ROWS>& sums, const RowsOf<const T>& x, int64_t row, int64_t rows, const T* weight, int64_t column,
                             int64_t columns, int64_t n) {
    const T* from[ROWS];
    const T* weights[WARP_COLUMNS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        from[r] = x.row(row + r < rows ? row + r : rows - 1);
    }
#pragma unroll
    for (int c = 0; c < WARP_COLUMNS; c++) {
        weights[c] = weight + (column + c < columns ? column + c : columns - 1) * n;
    }
    for (int64_t k = threadIdx.x % WARP; k < n; k += WARP) {
        float w[WARP_COLUMNS];
#pragma unroll
        for (int c = 0; c < WARP_COLUMNS; c++) {
            w[c] = number(weights[c][k]);
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            float value = number(from[r][k]);
#pragma unroll
            for (int c = 0; c < WARP_COLUMNS; c++) {
                sums[r][c] = fmaf(value, w[c], sums[r][c]);
            }
        }
    }
}

// The lanes' shares together: lane l gets the sum of row l / WARP_COLUMNS and column l % WARP_COLUMNS.
template <int ROWS>
__device__ float gathered(const Sums<ROWS>& sums) {
    float* room = dynamic_shared<float>() + threadIdx.x / WARP * WARP * LANE_ROOM;
    int lane = threadIdx.x % WARP;
    __syncwarp();
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
#pragma unroll
        for (int c = 0; c < WARP_COLUMNS; c++) {
            room[(r * WARP_COLUMNS + c) * LANE_ROOM + lane] = sums[r][c];
        }
    }
    __syncwarp();
    float sum = 0;
    for (int other = 0; other < WARP && lane < ROWS * WARP_COLUMNS; other++) {
        sum += room[lane * LANE_ROOM + other];
    }
    return sum;
}

}  // namespace drllava::cuda
