// Log-probabilities straight from hidden states: a block of rows meets the head's panels one after the other, and what a
// panel gives is summed up at once.
#include "vocabulary.h"

#include "distribution.h"
#include "panels.h"
#include "scratch.h"
#include "status.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t BACK_ROWS = 48;
constexpr int64_t BACK_TOKENS = 256;
static_assert(BACK_TOKENS % PANEL == 0);

Steps head_panel(const VocabularyHead& head, int64_t panel, int64_t panels) {
    return {head.panels + panel * PANEL * head.n_in, head.n_in, PANEL * head.n_in, panels};
}

// Minus infinity in the columns of one panel that no token of the distribution has.
void mask(const VocabularyHead& head, int64_t panel, float* logits, int64_t ld, int64_t rows) {
    int64_t from = panel * PANEL, to = from + PANEL;
    auto blank = [&](int64_t column) {
        for (int64_t r = 0; r < rows; r++) {
            logits[r * ld + column] = -__builtin_inff();
        }
    };
    for (int64_t i = 0; i < head.suppressed_count; i++) {
        if (head.suppressed[i] >= from && head.suppressed[i] < to) {
            blank(head.suppressed[i] - from);
        }
    }
    for (int64_t token = greatest(head.vocabulary, from); token < to; token++) {
        blank(token - from);
    }
}

void logprobs_of_block(const TokenLogprobs& call, int64_t from, int64_t rows) {
    const VocabularyHead& head = call.head;
    alignas(64) float logits[LARGEST_BLOCK * PANEL];
    Distribution distributions[LARGEST_BLOCK];
    float targets[LARGEST_BLOCK];
    Vec scale = broadcast(head.inverse_temperature);
    int64_t panels = (head.vocabulary + PANEL - 1) / PANEL, together = panels_together(rows), step;
    for (int64_t panel = 0; panel < panels; panel += step) {
        step = panel + together <= panels ? together : 1;
        int64_t ld = step * PANEL;
        panel_product(logits, ld, call.hidden.row(from), call.hidden.ld, rows, head_panel(head, panel, step), true);
        for (int64_t p = 0; p < step; p++) {
            mask(head, panel + p, logits + p * PANEL, ld, rows);
            for (int64_t r = 0; r < rows; r++) {
                float* row = logits + r * ld + p * PANEL;
                distributions[r].add(load(row) * scale, load(row + LANES) * scale);
                int64_t column = call.targets[from + r] - (panel + p) * PANEL;
                if (column >= 0 && column < PANEL) {
                    targets[r] = row[column] * head.inverse_temperature;
                }
            }
        }
    }
    for (int64_t r = 0; r < rows; r++) {
        float logsumexp, entropy;
        distributions[r].result(&logsumexp, &entropy);
        call.logprobs[from + r] = targets[r] - logsumexp;
        if (call.entropies != nullptr) {
            call.entropies[from + r] = entropy;
        }
        if (call.logsumexps != nullptr) {
            call.logsumexps[from + r] = logsumexp;
        }
    }
}

// In place: logits of BACK_TOKENS tokens from `first` on become dlogprob (1[target] - p) / temperature.
void differentiate_logits(const TokenLogprobsBackward& call, float* logits, int64_t from, int64_t rows, int64_t first, int64_t tokens) {
    Vec scale = broadcast(call.head.inverse_temperature);
    for (int64_t r = 0; r < rows; r++) {
        float* row = logits + r * BACK_TOKENS;
        float factor = call.dlogprobs[from + r] * call.head.inverse_temperature;
        Vec shift = broadcast(call.logsumexps[from + r]), minus = broadcast(-factor);
        for (int64_t c = 0; c < tokens; c += LANES) {
            store(row + c, exp(load(row + c) * scale - shift) * minus);
        }
        int64_t column = call.targets[from + r] - first;
        if (column >= 0 && column < tokens) {
            row[column] += factor;
        }
    }
}

}  // namespace

int token_logprobs(const TokenLogprobs& call) {
    int64_t blocks = (call.rows + LARGEST_BLOCK - 1) / LARGEST_BLOCK;
    for (int64_t b = 0; b < blocks; b++) {
        int64_t from = call.rows * b / blocks, to = call.rows * (b + 1) / blocks;
        logprobs_of_block(call, from, to - from);
    }
    return DL_OK;
}

int token_logprobs_backward(const TokenLogprobsBackward& call) {
    const VocabularyHead& head = call.head;
    int64_t width = (head.n_in + PANEL - 1) / PANEL * PANEL;
    float* logits = scratch(BACK_ROWS * (BACK_TOKENS + width));
    if (logits == nullptr) {
        return no_memory("dl_token_logprobs_backward");
    }
    float* sums = logits + BACK_ROWS * BACK_TOKENS;
    int64_t blocks = (call.rows + BACK_ROWS - 1) / BACK_ROWS;
    for (int64_t b = 0; b < blocks; b++) {
        int64_t from = call.rows * b / blocks, rows = call.rows * (b + 1) / blocks - from;
        for (int64_t first = 0; first < head.vocabulary; first += BACK_TOKENS) {
            int64_t tokens = least(BACK_TOKENS, head.vocabulary - first);
            for (int64_t c = 0; c < tokens; c += PANEL) {
                int64_t panel = (first + c) / PANEL;
                panel_product(logits + c, BACK_TOKENS, call.hidden.row(from), call.hidden.ld, rows, head_panel(head, panel, 1), true);
                mask(head, panel, logits + c, BACK_TOKENS, rows);
            }
            differentiate_logits(call, logits, from, rows, first, tokens);
            for (int64_t column = 0; column < width; column += PANEL) {
                const float* weights = call.transposed_panels + column * head.vocabulary + first * PANEL;
                panel_product(sums + column, width, logits, BACK_TOKENS, rows, {weights, tokens, 0, 1}, first == 0);
            }
        }
        for (int64_t r = 0; r < rows; r++) {
            for (int64_t c = 0; c < head.n_in; c += LANES) {
                store_first(call.dhidden.row(from + r) + c, load(sums + r * width + c), head.n_in - c);
            }
        }
    }
    return DL_OK;
}

void row_distribution(const float* logits, int64_t vocabulary, float inverse_temperature, float* logsumexp, float* entropy) {
    Distribution distribution;
    const Vec nothing = broadcast(-__builtin_inff()), scale = broadcast(inverse_temperature);
    for (int64_t v = 0; v < vocabulary; v += PANEL) {
        int64_t left = vocabulary - v;
        Vec a = first_lanes(load_first(logits + v, left), left, nothing);
        Vec b = left <= LANES ? nothing : first_lanes(load_first(logits + v + LANES, left - LANES), left - LANES, nothing);
        distribution.add(a * scale, b * scale);
    }
    distribution.result(logsumexp, entropy);
}

void row_probabilities(float* p, const float* logits, int64_t vocabulary, float inverse_temperature, float logsumexp) {
    Vec scale = broadcast(inverse_temperature), shift = broadcast(logsumexp);
    for (int64_t v = 0; v < vocabulary; v += LANES) {
        store_first(p + v, exp(load_first(logits + v, vocabulary - v) * scale - shift), vocabulary - v);
    }
}

}  // namespace drllava::DL_ISA
