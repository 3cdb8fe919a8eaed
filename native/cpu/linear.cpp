// Linear layers. Rows are taken in blocks that stay in the second-level cache; for each block the weight's panels go by.
#include "linear.h"

#include "panels.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t BLOCK_FLOATS = 48 * 1024;  // of x: 192 KiB
constexpr int64_t SMALLEST_BLOCK = 48;

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
    int64_t ld_sums = panels * PANEL;
    for (int t = 0; t < call.term_count; t++) {
        const Term& term = call.terms[t];
        Steps steps = {term.panels + panel * PANEL * term.n, term.n, PANEL * term.n, panels};
        panel_product(sums, ld_sums, term.x.row(from), term.x.ld, count, steps, t == 0);
    }
    finish(call, sums, ld_sums, from, count, panel * PANEL, least(panels * PANEL, call.n_out - panel * PANEL));
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

int linear(const Linear& call) {
    int64_t panels = (call.n_out + PANEL - 1) / PANEL;
    int64_t most = least(LARGEST_BLOCK, greatest(SMALLEST_BLOCK, BLOCK_FLOATS / greatest(1, call.terms[0].n)));
    int64_t blocks = (call.rows + most - 1) / most;
    for (int64_t b = 0; b < blocks; b++) {
        int64_t from = call.rows * b / blocks, to = call.rows * (b + 1) / blocks;
        int64_t beyond = call.rows * least(b + 2, blocks) / blocks;
        int64_t together = panels_together(to - from);
        int64_t panel = 0;
        for (; panel + together <= panels; panel += together) {
            fetch_ahead(call, from, to, beyond, panel, panels);
            block(call, from, to - from, panel, together);
        }
        for (; panel < panels; panel++) {
            block(call, from, to - from, panel, 1);
        }
    }
    return DL_OK;
}

int pack(const Weight& weight, float* panels) {
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
    return DL_OK;
}

}  // namespace drllava::DL_ISA
