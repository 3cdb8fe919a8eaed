#include "product.h"

namespace drllava::DL_ISA {
namespace {

template <int ROWS, int VECS>
void product_tile(float* c, int64_t ldc, Left a, const float* b, int64_t ldb, int64_t count, bool add) {
    Vec sums[ROWS][VECS];
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            sums[r][v] = add ? load(c + r * ldc + v * LANES) : Vec{};
        }
    }
    multiply_add<ROWS, VECS, VECS>(sums, a.data, a.row, a.next, {b, ldb, 0}, count);
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            store(c + r * ldc + v * LANES, sums[r][v]);
        }
    }
}

using ProductTile = void (*)(float*, int64_t, Left, const float*, int64_t, int64_t, bool);

#if DL_LANES == 16
#define DL_TILES(VECS)                                                                                                     \
    {nullptr,                product_tile<1, VECS>, product_tile<2, VECS>,  product_tile<3, VECS>, product_tile<4, VECS>,  \
     product_tile<5, VECS>,  product_tile<6, VECS>, product_tile<7, VECS>,  product_tile<8, VECS>, product_tile<9, VECS>,  \
     product_tile<10, VECS>, product_tile<11, VECS>, product_tile<12, VECS>}
#else
#define DL_TILES(VECS)                                                                                                      \
    {nullptr, product_tile<1, VECS>, product_tile<2, VECS>, product_tile<3, VECS>, product_tile<4, VECS>, product_tile<5, VECS>, \
     product_tile<6, VECS>}
#endif
constexpr ProductTile ONE_WIDE[TILE_ROWS + 1] = DL_TILES(1);
constexpr ProductTile TWO_WIDE[TILE_ROWS + 1] = DL_TILES(2);

// One or two rows need more columns for as many sums as the multipliers want.
constexpr int64_t FEW = 2;
constexpr ProductTile FEW_WIDE[FEW + 1] = {nullptr, product_tile<1, 8>, product_tile<2, 4>};
constexpr int64_t FEW_VECS[FEW + 1] = {0, 8, 4};

void columns(float* c, int64_t ldc, Left a, const float* b, int64_t ldb, int64_t rows, const ProductTile* run, int64_t count, bool add) {
    int64_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    for (int64_t t = 0; t < tiles; t++) {
        int64_t from = rows * t / tiles, height = rows * (t + 1) / tiles - from;
        run[height](c + from * ldc, ldc, {a.data + from * a.row, a.row, a.next}, b, ldb, count, add);
    }
}

}  // namespace

void product(float* c, int64_t ldc, Left a, const float* b, int64_t ldb, int64_t rows, int64_t width, int64_t count, bool add) {
    int64_t column = 0;
    if (rows > 0 && rows <= FEW) {
        int64_t step = FEW_VECS[rows] * LANES;
        for (; column + step <= width; column += step) {
            FEW_WIDE[rows](c + column, ldc, a, b + column, ldb, count, add);
        }
    }
    for (; column + 2 * LANES <= width; column += 2 * LANES) {
        columns(c + column, ldc, a, b + column, ldb, rows, TWO_WIDE, count, add);
    }
    if (column < width) {
        columns(c + column, ldc, a, b + column, ldb, rows, ONE_WIDE, count, add);
    }
}

}  // namespace drllava::DL_ISA
