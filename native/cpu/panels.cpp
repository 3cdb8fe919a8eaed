// k-steps are cut into pieces that stay in the nearest caches while all tiles of the block of rows use them.
#include "panels.h"

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

template <int ROWS, int PANELS>
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
    multiply_add<ROWS, VECS, TILE_VECS>(sums, share.x, share.ldx, 1, share.columns, share.count, share.ahead);
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            store(share.sums + r * share.ld_sums + v * LANES, sums[r][v]);
        }
    }
}

using Tile = void (*)(const Share&, bool);

#if DL_LANES == 16
constexpr Tile TILES[TILE_ROWS + 1] = {nullptr, tile<1, 1>, tile<2, 1>, tile<3, 1>, tile<4, 1>, tile<5, 1>, tile<6, 1>,
                                       tile<7, 1>, tile<8, 1>, tile<9, 1>, tile<10, 1>, tile<11, 1>, tile<12, 1>};
#else
constexpr Tile TILES[TILE_ROWS + 1] = {nullptr, tile<1, 1>, tile<2, 1>, tile<3, 1>, tile<4, 1>, tile<5, 1>, tile<6, 1>};
#endif

constexpr Tile WIDE_TILES[WIDE_ROWS + 1] = {nullptr, tile<1, 4>, tile<2, 2>, tile<3, 2>};

}  // namespace

void panel_product(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, Steps steps, bool first) {
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
            Tile run = steps.panels > 1 ? WIDE_TILES[tile_rows] : TILES[tile_rows];
            run({sums + row * ld_sums, ld_sums, x + row * ldx + start, ldx, columns, count, ahead}, first);
            row += tile_rows;
        }
        first = false;
        start += count;
    } while (start < steps.count);
}

}  // namespace drllava::DL_ISA
