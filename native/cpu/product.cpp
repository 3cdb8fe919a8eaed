#include "product.h"

namespace drllava::DL_ISA {
namespace {

template <int ROWS, int VECS, class Fetch = Nothing, class T>
DL_INLINE void product_tile_ahead(float* c, int64_t ldc, Left a, const T* b, int64_t ldb, int64_t count, bool add, Fetch ahead) {
    Vec sums[ROWS][VECS];
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            sums[r][v] = add ? load(c + r * ldc + v * LANES) : Vec{};
        }
    }
    multiply_add<ROWS, VECS, VECS>(sums, a.data, a.row, a.next, ColumnsOf<T>{b, ldb, 0}, count, ahead);
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            store(c + r * ldc + v * LANES, sums[r][v]);
        }
    }
}

template <int ROWS, int VECS, class T>
void product_tile(float* c, int64_t ldc, Left a, const T* b, int64_t ldb, int64_t count, bool add) {
    product_tile_ahead<ROWS, VECS>(c, ldc, a, b, ldb, count, add, Nothing{});
}

// One or two rows need more columns for as many sums as the multipliers want.
constexpr int64_t FEW = 2;
constexpr int64_t FEW_VECS = 4;

template <int ROWS, class T>
void few_rows_tile(float* c, int64_t ldc, Left a, const T* b, int64_t ldb, int64_t count, bool add, const T* ahead) {
    AheadRow<FEW_VECS * LANES * sizeof(T)> fetch{reinterpret_cast<const char*>(ahead)};
    product_tile_ahead<ROWS, FEW_VECS>(c, ldc, a, b, ldb, count, add, fetch);
}

template <class T>
using ProductTile = void (*)(float*, int64_t, Left, const T*, int64_t, int64_t, bool);

#define DL_TILES_6(V) nullptr, product_tile<1, V, T>, product_tile<2, V, T>, product_tile<3, V, T>, product_tile<4, V, T>, product_tile<5, V, T>, \
                      product_tile<6, V, T>
#if DL_LANES == 16
#define DL_TILES(V) {DL_TILES_6(V), product_tile<7, V, T>, product_tile<8, V, T>, product_tile<9, V, T>, product_tile<10, V, T>, \
                     product_tile<11, V, T>, product_tile<12, V, T>}
#else
#define DL_TILES(V) {DL_TILES_6(V)}
#endif
template <class T>
struct ProductTiles {
    static constexpr ProductTile<T> ONE_WIDE[TILE_ROWS + 1] = DL_TILES(1);
    static constexpr ProductTile<T> TWO_WIDE[TILE_ROWS + 1] = DL_TILES(2);
    static constexpr decltype(&few_rows_tile<1, T>) FEW_WIDE[FEW + 1] = {nullptr, few_rows_tile<1, T>, few_rows_tile<2, T>};
};

template <class T>
void columns(float* c, int64_t ldc, Left a, const T* b, int64_t ldb, int64_t rows, const ProductTile<T>* run, int64_t count, bool add) {
    int64_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    for (int64_t t = 0; t < tiles; t++) {
        int64_t from = rows * t / tiles, height = rows * (t + 1) / tiles - from;
        run[height](c + from * ldc, ldc, {a.data + from * a.row, a.row, a.next}, b, ldb, count, add);
    }
}

template <class T>
void product_of(float* c, int64_t ldc, Left a, const T* b, int64_t ldb, int64_t rows, int64_t width, int64_t count, bool add, const T* ahead) {
    using Tiles = ProductTiles<T>;
    int64_t column = 0;
    if (rows > 0 && rows <= FEW) {
        for (; column + FEW_VECS * LANES <= width; column += FEW_VECS * LANES) {
            Tiles::FEW_WIDE[rows](c + column, ldc, a, b + column, ldb, count, add, ahead == nullptr ? b + column : ahead + column);
        }
    }
    for (; column + 2 * LANES <= width; column += 2 * LANES) {
        columns(c + column, ldc, a, b + column, ldb, rows, Tiles::TWO_WIDE, count, add);
    }
    if (column < width) {
        columns(c + column, ldc, a, b + column, ldb, rows, Tiles::ONE_WIDE, count, add);
    }
}

}  // namespace

void product(float* c, int64_t ldc, Left a, const float* b, int64_t ldb, int64_t rows, int64_t width, int64_t count, bool add, const float* ahead) {
    product_of(c, ldc, a, b, ldb, rows, width, count, add, ahead);
}

void product(float* c, int64_t ldc, Left a, const bfloat16* b, int64_t ldb, int64_t rows, int64_t width, int64_t count, bool add,
             const bfloat16* ahead) {
    product_of(c, ldc, a, b, ldb, rows, width, count, add, ahead);
}

}  // namespace drllava::DL_ISA
