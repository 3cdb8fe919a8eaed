// Log-probabilities straight from hidden states: a block of rows meets the head's panels one after the other, and what a
// panel gives is summed up at once. Only where gradients are wanted too does a block keep its logits until then.
#include "vocabulary.h"

#include "amx.h"
#include "distribution.h"
#include "mass.h"
#include "panels.h"
#include "sampling.h"
#include "scratch.h"
#include "status.h"

namespace drllava::DL_ISA {
namespace {

constexpr int64_t LARGEST_BLOCK = 96;  // rows
constexpr int64_t SLOPES = 256;  // tokens whose share of the gradient is added at once
static_assert(SLOPES % PANEL == 0 && SLOPES % (2 * MATRIX) == 0);

// Room to work on a block of rows.
struct Room {
    float* hidden;     // as the head takes it
    float* logits;     // of the whole vocabulary, to differentiate; or null
    float* chunk;      // of their slopes, as the transposed head takes them
    float* gradients;  // sums, padded to whole panels
    int64_t ld_logits, ld_gradients;
};

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

// In place: SLOPES logits from `first` on become the slopes (1[target] - p) / temperature.
void differentiate(const TokenLogprobs& call, const float* logsumexps, float* logits, int64_t ld, int64_t from, int64_t rows, int64_t first,
                   int64_t tokens) {
    float factor = call.head.inverse_temperature;
    Vec scale = broadcast(factor), minus = broadcast(-factor);
    for (int64_t r = 0; r < rows; r++) {
        float* row = logits + r * ld + first;
        Vec shift = broadcast(logsumexps[r]);
        for (int64_t c = 0; c < tokens; c += LANES) {
            store(row + c, exp(load(row + c) * scale - shift) * minus);
        }
        int64_t column = call.targets[from + r] - first;
        if (column >= 0 && column < tokens) {
            row[column] += factor;
        }
    }
}

void gradients_of_block(const TokenLogprobs& call, const float* logsumexps, Room room, int64_t from, int64_t rows) {
    const Panels& weight = call.transposed;
    int64_t steps = weight.steps();
    for (int64_t first = 0; first < call.head.vocabulary; first += SLOPES) {
        int64_t tokens = least(SLOPES, call.head.vocabulary - first);
        differentiate(call, logsumexps, room.logits, room.ld_logits, from, rows, first, tokens);
        Rows slopes = {room.logits + first, room.ld_logits};
        if (weight.pairs) {
            to_pairs(room.chunk, pair_row(SLOPES / 2), slopes, rows, tokens);
            slopes = {room.chunk, pair_row(SLOPES / 2)};
        }
        int64_t step = weight.pairs ? first / 2 : first, count = weight.pairs ? (tokens + 1) / 2 : tokens;
        for (int64_t column = 0; column < room.ld_gradients; column += PANEL) {
            const float* weights = weight.data + column * steps + step * PANEL;
            panel_product(room.gradients + column, room.ld_gradients, slopes.data, slopes.ld, rows, {weights, count, 0, 1, weight.pairs, false},
                          first == 0);
        }
    }
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t c = 0; c < call.head.weight.n; c += LANES) {
            store_first(call.gradients.row(from + r) + c, load(room.gradients + r * room.ld_gradients + c), call.head.weight.n - c);
        }
    }
}

void logprobs_of_block(const TokenLogprobs& call, Room room, int64_t from, int64_t rows) {
    const VocabularyHead& head = call.head;
    alignas(64) float passing[LARGEST_BLOCK * PANEL];
    Distribution distributions[LARGEST_BLOCK];
    float targets[LARGEST_BLOCK], logsumexps[LARGEST_BLOCK];
    Rows hidden = {call.hidden.row(from), call.hidden.ld};
    if (head.weight.pairs) {
        int64_t ld = pair_row(head.weight.steps());
        to_pairs(room.hidden, ld, hidden, rows, head.weight.n);
        hidden = {room.hidden, ld};
    }
    Vec scale = broadcast(head.inverse_temperature);
    int64_t panels = (head.vocabulary + PANEL - 1) / PANEL, together = panels_together(rows, head.weight.pairs), step;
    for (int64_t panel = 0; panel < panels; panel += step) {
        step = panel + together <= panels ? together : 1;
        float* logits = room.logits == nullptr ? passing : room.logits + panel * PANEL;
        int64_t ld = room.logits == nullptr ? step * PANEL : room.ld_logits;
        panel_product(logits, ld, hidden.data, hidden.ld, rows, steps_of(head.weight, panel, step), true);
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
        float entropy;
        distributions[r].result(&logsumexps[r], &entropy);
        call.logprobs[from + r] = targets[r] - logsumexps[r];
        if (call.entropies != nullptr) {
            call.entropies[from + r] = entropy;
        }
    }
    if (room.logits != nullptr) {
        gradients_of_block(call, logsumexps, room, from, rows);
    }
}

}  // namespace

int token_logprobs(const TokenLogprobs& call) {
    const VocabularyHead& head = call.head;
    int64_t blocks = (call.rows + LARGEST_BLOCK - 1) / LARGEST_BLOCK;
    int64_t most = most_rows(call.rows, blocks);
    auto padded = [](int64_t n) { return (n + PANEL - 1) / PANEL * PANEL; };
    int64_t hidden_floats = head.weight.pairs ? padded(most * pair_row(head.weight.steps())) : 0;
    Room room = {nullptr, nullptr, nullptr, nullptr, padded(head.vocabulary), padded(head.weight.n)};
    float* memory = scratch(hidden_floats + (call.gradients ? most * (room.ld_logits + pair_row(SLOPES / 2) + room.ld_gradients) : 0));
    if (memory == nullptr) {
        return no_memory("dl_token_logprobs");
    }
    room.hidden = memory;
    if (call.gradients) {
        room.logits = memory + hidden_floats;
        room.chunk = room.logits + most * room.ld_logits;
        room.gradients = room.chunk + most * pair_row(SLOPES / 2);
    }
    MatrixRegisters matrix(head.weight.pairs || call.transposed.pairs, call.rows);
    for (int64_t b = 0; b < blocks; b++) {
        int64_t from = first_row(call.rows, blocks, b), to = first_row(call.rows, blocks, b + 1);
        logprobs_of_block(call, room, from, to - from);
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

int64_t row_likeliest(const float* logits, int64_t vocabulary) {
    Vec most = broadcast(-__builtin_inff());
    for (int64_t v = 0; v < vocabulary; v += LANES) {
        most = maximum(first_lanes(load_first(logits + v, vocabulary - v), vocabulary - v, most), most);
    }
    float best = largest(most);
    int64_t token = 0;
    while (token + 1 < vocabulary && logits[token] < best) {
        token++;
    }
    return token;
}

// In doubles, which hold the sum of a block exactly: no mass is above 2^40.
void row_masses(uint64_t* sums, const float* p, int64_t vocabulary, float unit, float least_p) {
    constexpr int HALF = LANES / 2;
    using Floats = float __attribute__((vector_size(HALF * sizeof(float))));
    using Doubles = double __attribute__((vector_size(HALF * sizeof(double))));
    const Doubles whole = 0x1p52 - Doubles{};  // adding it rounds to an integer
    for (int64_t from = 0; from < vocabulary; from += MASS_BLOCK) {
        int64_t to = least(from + MASS_BLOCK, vocabulary), i = from;
        Doubles total{};
        for (; i + HALF <= to; i += HALF) {
            Floats few;
            std::memcpy(&few, p + i, sizeof few);
            few = few >= least_p ? few * unit : Floats{};
            Doubles mass = __builtin_convertvector(few, Doubles), nearest = (mass + whole) - whole;
            total += nearest > mass ? nearest - 1 : nearest;
        }
        uint64_t sum = 0;
        for (int lane = 0; lane < HALF; lane++) {
            sum += static_cast<uint64_t>(total[lane]);
        }
        for (; i < to; i++) {
            sum += p[i] >= least_p ? mass_of(p[i], unit) : 0;
        }
        sums[from / MASS_BLOCK] = sum;
    }
}

}  // namespace drllava::DL_ISA
