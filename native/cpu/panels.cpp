// k-steps are cut into pieces that stay in the nearest caches while all tiles of the block of rows use them.
#include "panels.h"

#include "bfloat16.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t PIECE = 8192 / PANEL;  // k-steps: 32 KiB of a panel

// One tile's share of one piece: sums [tile rows, panels · PANEL] += x [tile rows, count] · columns.
struct Share {
    float* sums;
    int64_t ld_sums;
    const float* x;
    int64_t ldx;
    Columns columns;
    int64_t count;
    Ahead ahead;
};

template <class Factors, int ROWS, int PANELS>
void tile(const Share& share, bool first) {
    constexpr int VECS = PANELS * TILE_VECS;
    Vec sums[ROWS][VECS];
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            sums[r][v] = first ? Vec{} : load(share.sums + r * share.ld_sums + v * LANES);
        }
    }
    multiply_add<ROWS, VECS, TILE_VECS, Factors>(sums, share.x, share.ldx, 1, share.columns, share.count, share.ahead);
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            store(share.sums + r * share.ld_sums + v * LANES, sums[r][v]);
        }
    }
}

using Tile = void (*)(const Share&, bool);

template <class F>
struct Tiles {
    static constexpr Tile ONE_PANEL[] = {nullptr,     tile<F, 1, 1>, tile<F, 2, 1>,  tile<F, 3, 1>,  tile<F, 4, 1>, tile<F, 5, 1>, tile<F, 6, 1>,
#if DL_LANES == 16
                                         tile<F, 7, 1>, tile<F, 8, 1>, tile<F, 9, 1>, tile<F, 10, 1>, tile<F, 11, 1>, tile<F, 12, 1>
#endif
    };
    static constexpr Tile SEVERAL[] = {nullptr, tile<F, 1, 4>, tile<F, 2, 2>, tile<F, 3, 2>};
};

}  // namespace

void to_pairs(float* pairs, int64_t ld, Rows x, int64_t rows, int64_t n) {
    for (int64_t r = 0; r < rows; r++) {
        char* row = reinterpret_cast<char*>(pairs + r * ld);
        const float* source = x.row(r);
        int64_t k = 0;
#if DL_LANES == 16 && defined(__AVX512BF16__)
        for (; k + 2 * LANES <= n; k += 2 * LANES) {
            __m512bh both = _mm512_cvtne2ps_pbh((__m512)load(source + k + LANES), (__m512)load(source + k));
            std::memcpy(row + k * sizeof(uint16_t), &both, sizeof both);
        }
#endif
        for (; k < n; k++) {
            bfloat16 element = to_bfloat16(source[k]);
            std::memcpy(row + k * sizeof element, &element, sizeof element);
        }
        if (n % 2 != 0) {
            std::memset(row + n * sizeof(uint16_t), 0, sizeof(uint16_t));
        }
    }
}

void panel_product(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, const Steps& steps, bool first) {
    const Tile* tiles_of_one = steps.pairs ? Tiles<Pairs>::ONE_PANEL : Tiles<Singles>::ONE_PANEL;
    const Tile* tiles_of_several = steps.pairs ? Tiles<Pairs>::SEVERAL : Tiles<Singles>::SEVERAL;
    // Tiles of nearly the same height, so that the last one is not left with a single row.
    int64_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
    int64_t height = rows / tiles, taller = rows % tiles;
    int64_t start = 0;
    do {
        // A single tile reads the panel once, so nothing would be gained by cutting it.
        int64_t count = tiles == 1 ? steps.count : least(PIECE, steps.count - start);
        Columns columns = {steps.weights + start * PANEL, PANEL, steps.jump};
        const float* next = columns.data + count * PANEL * steps.panels;
        int64_t row = 0;
        for (int64_t i = 0; i < tiles; i++) {
            int64_t tile_rows = height + (i < taller);
            // Together the tiles fetch the piece that comes next.
            Ahead ahead = {reinterpret_cast<const char*>(next + i * count * PANEL / tiles),
                           static_cast<int64_t>(PANEL * sizeof(float)) / tiles};
            Tile run = steps.panels > 1 ? tiles_of_several[tile_rows] : tiles_of_one[tile_rows];
            run({sums + row * ld_sums, ld_sums, x + row * ldx + start, ldx, columns, count, ahead}, first);
            row += tile_rows;
        }
        first = false;
        start += count;
    } while (start < steps.count);
}

}  // namespace drllava::DL_ISA
