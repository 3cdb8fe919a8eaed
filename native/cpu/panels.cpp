// k-steps are cut into pieces that stay in the nearest caches while all tiles of the block of rows use them.
#include "panels.h"

#include "amx.h"
#include "bfloat16.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t PIECE = 32 * 1024 / PANEL;  // k-steps: 128 KiB of a panel

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

template <int ROWS, int VECS>
DL_INLINE void put_finished(const Finish& finish, const Vec (&sums)[ROWS][VECS]) {
    Vec scale = broadcast(finish.scale);
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            Vec added = finish.residual == nullptr ? Vec{} : load(finish.residual + r * finish.ldr + v * LANES);
            store(finish.y + r * finish.ldy + v * LANES, fma(scale, sums[r][v], added));
        }
    }
}

template <class Factors, int ROWS, int VECS>
void tile(const Share& share, bool first, const Finish* finish) {
    Vec sums[ROWS][VECS];
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < VECS; v++) {
            sums[r][v] = first ? Vec{} : load(share.sums + r * share.ld_sums + v * LANES);
        }
    }
    multiply_add<ROWS, VECS, TILE_VECS, Factors>(sums, share.x, share.ldx, 1, share.columns, share.count, share.ahead);
    if (finish != nullptr && finish->low != nullptr) {
        Columns update = {finish->update.weights, PANEL, finish->update.jump};
        multiply_add<ROWS, VECS, TILE_VECS>(sums, finish->low, finish->ld_low, 1, update, finish->update.count);
    }
    if (finish == nullptr) {
#pragma GCC unroll 16
        for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 16
            for (int v = 0; v < VECS; v++) {
                store(share.sums + r * share.ld_sums + v * LANES, sums[r][v]);
            }
        }
    } else {
        put_finished(*finish, sums);
    }
}

using Tile = void (*)(const Share&, bool, const Finish*);

// By height: half a panel, a whole one, and several at once.
template <class F>
struct Tiles {
#if DL_LANES == 16
#define DL_HEIGHTS(VECS)                                                                                                    \
    {nullptr,          tile<F, 1, VECS>, tile<F, 2, VECS>, tile<F, 3, VECS>,  tile<F, 4, VECS>,  tile<F, 5, VECS>, tile<F, 6, VECS>, \
     tile<F, 7, VECS>, tile<F, 8, VECS>, tile<F, 9, VECS>, tile<F, 10, VECS>, tile<F, 11, VECS>, tile<F, 12, VECS>}
#else
#define DL_HEIGHTS(VECS) \
    {nullptr, tile<F, 1, VECS>, tile<F, 2, VECS>, tile<F, 3, VECS>, tile<F, 4, VECS>, tile<F, 5, VECS>, tile<F, 6, VECS>}
#endif
    static constexpr Tile HALVES[] = DL_HEIGHTS(1);
    static constexpr Tile ONES[] = DL_HEIGHTS(TILE_VECS);
    static constexpr Tile SEVERALS[] = {nullptr, tile<F, 1, 4 * TILE_VECS>, tile<F, 2, 2 * TILE_VECS>, tile<F, 3, 2 * TILE_VECS>};
#undef DL_HEIGHTS

    static const Tile* of(const Steps& steps) { return steps.panels > 1 ? SEVERALS : steps.narrow ? HALVES : ONES; }
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
        std::memset(row + n * sizeof(uint16_t), 0, (2 * whole((n + 1) / 2) - n) * sizeof(uint16_t));
    }
}

void finish_sums(const Finish& finish, const float* sums, int64_t ld_sums, int64_t rows, int64_t columns) {
    Vec scale = broadcast(finish.scale);
    for (int64_t r = 0; r < rows; r++) {
        Finish row = finish.row(r);
        for (int64_t c = 0; c < columns; c += LANES) {
            Vec added = row.residual == nullptr ? Vec{} : load_first(row.residual + c, columns - c);
            store_first(row.y + c, fma(scale, load(sums + r * ld_sums + c), added), columns - c);
        }
    }
}

void panel_product(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, const Steps& steps, bool first,
                   const Finish* finish) {
    if constexpr (MATRIX > 1) {
        if (steps.pairs) {
            matrix_product(sums, ld_sums, x, ldx, rows, steps, first);
            if (finish != nullptr) {
                finish_sums(*finish, sums, ld_sums, rows, steps.panels * PANEL);
            }
            return;
        }
    }
    const Tile* run = steps.pairs ? Tiles<Pairs>::of(steps) : Tiles<Singles>::of(steps);
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
            Share share = {sums + row * ld_sums, ld_sums, x + row * ldx + start, ldx, columns, count, ahead};
            if (finish != nullptr && start + count == steps.count) {
                Finish rest = finish->row(row);
                run[tile_rows](share, first, &rest);
            } else {
                run[tile_rows](share, first, nullptr);
            }
            row += tile_rows;
        }
        first = false;
        start += count;
    } while (start < steps.count);
}

}  // namespace drllava::DL_ISA
