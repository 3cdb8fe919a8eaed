// Linear layers. Rows are taken in blocks that stay in the second-level cache; for each block the weight's panels go by.
#include "linear.h"

#include "amx.h"
#include "bfloat16.h"
#include "panels.h"
#include "scratch.h"
#include "status.h"
#include "team.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t BLOCK_FLOATS = 48 * 1024;  // of x: 192 KiB
constexpr int64_t MOST_ROWS = 192;
constexpr int64_t FEWEST_ROWS = MATRIX == 1 ? 48 : 64;
constexpr int64_t ROWS_UNIT = MATRIX == 1 ? 1 : 2 * MATRIX;
static_assert(MOST_ROWS % ROWS_UNIT == 0 && FEWEST_ROWS % ROWS_UNIT == 0);

// The update's part to which all the columns belong, or -1.
int64_t only_part(const Update& update, int64_t column, int64_t columns) {
    for (int64_t part = 0, begin = 0; part < update.parts; begin = update.part_ends[part++]) {
        if (begin <= column && column + columns <= update.part_ends[part]) {
            return part;
        }
    }
    return -1;
}

// A block's rows as the products take them.
struct Operands {
    Rows x;
    Rows low;  // of the update, split for matrix registers, a part beside the other; or null
};

// sums += the update's share of one panel. Where two parts meet in it, each adds to its own columns.
void add_update(const Linear& call, Rows low, float* sums, int64_t ld_sums, int64_t from, int64_t count, int64_t panel) {
    const Update& update = call.update;
    int64_t rank = update.weight.n;
    int64_t first = panel * PANEL, end = least(first + PANEL, call.n_out), begin = 0;
    Steps steps = steps_of(update.weight, panel, 1);
    steps.narrow = end - first <= LANES;
    for (int64_t part = 0; part < update.parts; part++) {
        int64_t from_column = greatest(begin, first), to_column = least(update.part_ends[part], end);
        begin = update.part_ends[part];
        if (from_column >= to_column) {
            continue;
        }
        const float* x = update.x.row(from) + part * rank;
        if (from_column == first && to_column == end) {
            if constexpr (MATRIX > 1) {
                if (low) {
                    matrix_update(sums, ld_sums, low.data + part * split_steps(rank), low.ld, count, steps);
                    continue;
                }
            }
            panel_product(sums, ld_sums, x, update.x.ld, count, steps, false);
            continue;
        }
        alignas(64) float whole[MOST_ROWS * PANEL];
        panel_product(whole, PANEL, x, update.x.ld, count, steps, true);
        for (int64_t r = 0; r < count; r++) {
            for (int64_t c = from_column - first; c < to_column - first; c++) {
                sums[r * ld_sums + c] += whole[r * PANEL + c];
            }
        }
    }
}

// Rows [from, from + count) of the columns of some panels.
void block(const Linear& call, Operands operands, int64_t from, int64_t count, int64_t panel, int64_t panels) {
    alignas(64) float sums[MOST_ROWS * PANEL];
    int64_t ld_sums = panels * PANEL, column = panel * PANEL, columns = least(panels * PANEL, call.n_out - column);
    const float* residual = call.residual ? call.residual.row(from) + column : nullptr;
    Rows x = operands.x;
    Finish finish = {call.y.row(from) + column, call.y.ld, residual, call.residual.ld, call.scale, nullptr, 0, {}};
    Steps steps = steps_of(call.weight, panel, panels);
    steps.narrow = columns <= LANES;
    int64_t part = only_part(call.update, column, columns);
    bool fused = part >= 0 && !operands.low;
    if (fused) {
        finish.low = call.update.x.row(from) + part * call.update.weight.n;
        finish.ld_low = call.update.x.ld;
        finish.update = steps_of(call.update.weight, panel, panels);
    }
    if (columns == panels * PANEL && (fused || call.update.parts == 0)) {
        panel_product(sums, ld_sums, x.data, x.ld, count, steps, true, &finish);
        return;
    }
    panel_product(sums, ld_sums, x.data, x.ld, count, steps, true);
    for (int64_t p = 0; p < panels && call.update.parts > 0; p++) {
        add_update(call, operands.low, sums + p * PANEL, ld_sums, from, count, panel + p);
    }
    finish_sums(finish, sums, ld_sums, count, columns);
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
    int64_t rows = beyond - to;
    for (int64_t r = to + rows * panel / panels; r < to + rows * (panel + 1) / panels; r++) {
        for (int64_t k = 0; k < call.weight.n; k += LINE) {
            prefetch(call.x.row(r) + k);
        }
    }
}

void split_update(const Update& update, float* low, int64_t ld, int64_t from, int64_t count) {
    int64_t rank = update.weight.n;
    for (int64_t part = 0; part < update.parts; part++) {
        split_rows(low + part * split_steps(rank), ld, {update.x.row(from) + part * rank, update.x.ld}, count, rank);
    }
}

}  // namespace

int linear(const Linear& call) {
    int64_t panels = (call.n_out + PANEL - 1) / PANEL, steps = call.weight.steps(), rank = call.update.weight.n;
    int64_t most = least(MOST_ROWS, greatest(FEWEST_ROWS, BLOCK_FLOATS / greatest(1, steps))) / ROWS_UNIT * ROWS_UNIT;
    int64_t blocks = (call.rows + most - 1) / most;
    int64_t ld = pair_row(steps), ld_low = MATRIX > 1 ? call.update.parts * split_steps(rank) : 0;
    float* pairs = nullptr;
    if (call.weight.pairs && (pairs = scratch(most * (ld + ld_low))) == nullptr) {
        return no_memory("dl_linear_packed");
    }
    for (int64_t b = 0; b < blocks; b++) {
        int64_t from = first_row(call.rows, blocks, b), to = first_row(call.rows, blocks, b + 1);
        int64_t beyond = first_row(call.rows, blocks, least(b + 2, blocks));
        Operands operands = {{call.x.row(from), call.x.ld}, {}};
        if (call.weight.pairs) {
            Rows x = operands.x;
            share_rows(to - from, call.weight.n,
                       [&](Run rows) { to_pairs(pairs + rows.from * ld, ld, {x.row(rows.from), x.ld}, rows.to - rows.from, call.weight.n); });
            operands.x = {pairs, ld};
        }
        if constexpr (MATRIX > 1) {
            if (call.weight.pairs && ld_low > 0) {
                operands.low = {pairs + most * ld, ld_low};
                split_update(call.update, pairs + most * ld, ld_low, from, to - from);
            }
        }
        int64_t together = panels_together(to - from, call.weight.pairs), whole = panels / together, parts = runs(whole);
        share(parts, [&](int64_t part) {
            MatrixRegisters matrix(call.weight.pairs, call.rows);
            Run run(whole, part, parts);
            for (int64_t panel = run.from * together; panel < run.to * together; panel += together) {
                fetch_ahead(call, from, to, beyond, panel, panels);
                block(call, operands, from, to - from, panel, together);
            }
        });
        MatrixRegisters matrix(call.weight.pairs, call.rows);
        for (int64_t panel = whole * together; panel < panels; panel++) {
            block(call, operands, from, to - from, panel, 1);
        }
    }
    return DL_OK;
}

namespace {

// Panels of floats. Both ways take RUN steps at a time, so that what they read stays in the nearest cache.
void pack_singles(const Weight& weight, float* panels) {
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

void pack_pairs(const Weight& weight, float* panels) {
    int64_t steps = (weight.n_in + 1) / 2;
    for (int64_t column = 0; column < weight.n_out; column += PANEL) {
        int64_t width = least(PANEL, weight.n_out - column);
        std::memset(panels, 0, sizeof(float) * PANEL * steps);
        for (int64_t j = 0; j < width; j++) {
            for (int64_t s = 0; s < steps; s++) {
                bfloat16 two[2] = {};
                for (int64_t k = 2 * s; k < least(2 * s + 2, weight.n_in); k++) {
                    two[k % 2] = to_bfloat16(weight.transposed ? weight.data.row(column + j)[k] : weight.data.row(k)[column + j]);
                }
                std::memcpy(panels + s * PANEL + j, two, sizeof two);
            }
        }
        panels += PANEL * steps;
    }
}

}  // namespace

int pack(const Weight& weight, float* panels) {
    if (weight.pairs) {
        pack_pairs(weight, panels);
    } else {
        pack_singles(weight, panels);
    }
    return DL_OK;
}

}  // namespace drllava::DL_ISA
