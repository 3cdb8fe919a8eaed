// Products with a packed weight. Rows are taken in blocks that stay in the second-level cache; for each block the weight's
// panels go by, cut along k into pieces that stay in the nearest caches while all tiles of the block use them.
#include "linear.h"

#include "tile.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t PANEL = TILE_COLUMNS;
constexpr int64_t PIECE = 8192 / PANEL;        // k-steps: 32 KiB of a panel
constexpr int64_t BLOCK_FLOATS = 48 * 1024;    // of x: 192 KiB
constexpr int64_t SMALLEST_BLOCK = 48;
constexpr int64_t LARGEST_BLOCK = 96;

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

// A few rows have too few sums to keep the multipliers busy on one panel, so they take several at once.
constexpr int WIDE_ROWS = 3;
constexpr int WIDE_PANELS[WIDE_ROWS + 1] = {1, 4, 2, 2};
constexpr Tile WIDE_TILES[WIDE_ROWS + 1] = {nullptr, tile<1, 4>, tile<2, 2>, tile<3, 2>};

// y = scale · sums + residual for `columns` columns from `column` on.
void finish(const Linear& call, const float* sums, int64_t ld_sums, int64_t from, int64_t count, int64_t column, int64_t columns) {
    Vec scale = broadcast(call.scale);
    for (int64_t r = 0; r < count; r++) {
        float* y = call.y.row(from + r) + column;
        const float* residual = call.residual ? call.residual.row(from + r) + column : nullptr;
        for (int64_t c = 0; c < columns; c += LANES) {
            Vec added = residual == nullptr ? Vec{} : load_first(residual + c, columns - c);
            store_first(y + c, fma(scale, load(sums + r * ld_sums + c), added), columns - c);
        }
    }
}

// Rows [from, from + count) of the columns of some panels.
void block(const Linear& call, int64_t from, int64_t count, int64_t panel, int64_t panels) {
    alignas(64) float sums[LARGEST_BLOCK * PANEL];
    // Tiles of nearly the same height, so that the last one is not left with a single row.
    int64_t tiles = (count + TILE_ROWS - 1) / TILE_ROWS;
    int64_t height = count / tiles, taller = count % tiles;
    Share share;
    share.ld_sums = panels * PANEL;
    bool first = true;
    for (int t = 0; t < call.term_count; t++) {
        const Term& term = call.terms[t];
        const float* weights = term.panels + panel * PANEL * term.n;
        share.ldx = term.x.ld;
        int64_t start = 0;
        do {
            // A single tile reads the panel once, so nothing would be gained by cutting it.
            share.count = tiles == 1 ? term.n : least(PIECE, term.n - start);
            share.columns = {weights + start * PANEL, PANEL, PANEL * term.n};
            const float* next = share.columns.data + share.count * PANEL * panels;
            int64_t row = 0;
            for (int64_t i = 0; i < tiles; i++) {
                int64_t rows = height + (i < taller);
                share.sums = sums + row * share.ld_sums;
                share.x = term.x.row(from + row) + start;
                // Together the tiles fetch the piece that comes next.
                share.ahead = {reinterpret_cast<const char*>(next + i * share.count * PANEL / tiles),
                               static_cast<int64_t>(PANEL * sizeof(float)) / tiles};
                Tile run = panels > 1 ? WIDE_TILES[rows] : TILES[rows];
                run(share, first);
                row += rows;
            }
            first = false;
            start += share.count;
        } while (start < term.n);
    }
    finish(call, sums, share.ld_sums, from, count, panel * PANEL, least(panels * PANEL, call.n_out - panel * PANEL));
}

// Asks for what lies in no order that the processor foresees: y's (and the residual's) columns of the next panel, and a
// share of the next block's x.
void fetch_ahead(const Linear& call, int64_t from, int64_t to, int64_t beyond, int64_t panel, int64_t panels) {
    constexpr int64_t LINE = 64 / sizeof(float);
    int64_t column = (panel + 1) * PANEL;
    for (int64_t r = from; r < to && column < call.n_out; r++) {
        for (int64_t c = column; c < least(column + PANEL, call.n_out); c += LINE) {
            __builtin_prefetch(call.y.row(r) + c, 1, 2);
            if (call.residual) {
                prefetch(call.residual.row(r) + c);
            }
        }
    }
    const Term& term = call.terms[0];
    int64_t rows = beyond - to;
    for (int64_t r = to + rows * panel / panels; r < to + rows * (panel + 1) / panels; r++) {
        for (int64_t k = 0; k < term.n; k += LINE) {
            prefetch(term.x.row(r) + k);
        }
    }
}

}  // namespace

void linear(const Linear& call) {
    int64_t panels = (call.n_out + PANEL - 1) / PANEL;
    int64_t most = least(LARGEST_BLOCK, greatest(SMALLEST_BLOCK, BLOCK_FLOATS / greatest(1, call.terms[0].n)));
    int64_t blocks = (call.rows + most - 1) / most;
    for (int64_t b = 0; b < blocks; b++) {
        int64_t from = call.rows * b / blocks, to = call.rows * (b + 1) / blocks;
        int64_t beyond = call.rows * least(b + 2, blocks) / blocks;
        int64_t together = to - from <= WIDE_ROWS ? WIDE_PANELS[to - from] : 1;
        int64_t panel = 0;
        for (; panel + together <= panels; panel += together) {
            fetch_ahead(call, from, to, beyond, panel, panels);
            block(call, from, to - from, panel, together);
        }
        for (; panel < panels; panel++) {
            block(call, from, to - from, panel, 1);
        }
    }
}

void pack(const Weight& weight, float* panels) {
    constexpr int64_t RUN = 16;
    for (int64_t column = 0; column < weight.n_out; column += PANEL) {
        int64_t width = least(PANEL, weight.n_out - column);
        if (width < PANEL) {
            std::memset(panels, 0, sizeof(float) * PANEL * weight.n_in);
        }
        for (int64_t k = 0; k < weight.n_in; k += RUN) {
            int64_t depth = least(RUN, weight.n_in - k);
            if (weight.transposed) {
                for (int64_t j = 0; j < width; j++) {
                    const float* row = weight.data.row(column + j) + k;
                    for (int64_t i = 0; i < depth; i++) {
                        panels[(k + i) * PANEL + j] = row[i];
                    }
                }
            } else {
                for (int64_t i = 0; i < depth; i++) {
                    std::memcpy(panels + (k + i) * PANEL, weight.data.row(k + i) + column, sizeof(float) * width);
                }
            }
        }
        panels += PANEL * weight.n_in;
    }
}

}  // namespace drllava::DL_ISA
