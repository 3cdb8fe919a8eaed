#include "sampling.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>

#include "mass.h"
#include "philox.h"
#include "scratch.h"
#include "status.h"
#include "team.h"

namespace drllava {
namespace {

constexpr int64_t NONE = -1;

// The likeliest token that may be chosen.
int64_t likeliest(const float* logits, const SampleTokens& call, const RowKernels& rows) {
    int64_t best = rows.likeliest(logits, call.vocabulary), next = 0;
    if (!std::binary_search(call.suppressed, call.suppressed + call.suppressed_count, best)) {
        return best;
    }
    best = NONE;
    for (int64_t token = 0; token < call.vocabulary; token++) {
        if (next < call.suppressed_count && call.suppressed[next] == token) {
            next++;
        } else if (best == NONE || logits[token] > logits[best]) {
            best = token;
        }
    }
    return best;
}

// Probabilities of one row as multiples of the likeliest one's; those of suppressed tokens are -1.
struct Row {
    float* p;
    int64_t vocabulary;
    float unit;
};

// The smallest probability that top-k and top-p let through. `sorted` has room for the vocabulary.
float threshold(const Row& row, const SampleTokens& call, float* sorted) {
    int64_t count = 0;
    for (int64_t token = 0; token < row.vocabulary; token++) {
        if (row.p[token] >= 0) {
            sorted[count++] = row.p[token];
        }
    }
    int64_t kept = call.top_k == 0 ? count : std::min(call.top_k, count);
    std::partial_sort(sorted, sorted + kept, sorted + count, std::greater<float>());
    if (call.top_p < 1) {
        uint64_t total = 0, mass = 0;
        for (int64_t i = 0; i < kept; i++) {
            total += mass_of(sorted[i], row.unit);
        }
        int64_t needed = 0;
        while (needed < kept && static_cast<double>(mass) < call.top_p * static_cast<double>(total)) {
            mass += mass_of(sorted[needed++], row.unit);
        }
        kept = std::max<int64_t>(1, needed);
    }
    return sorted[kept - 1];
}

// @param sums room for a number for each MASS_BLOCK
int64_t draw(const Row& row, const RowKernels& rows, float least, uint32_t word, uint64_t* sums) {
    rows.masses(sums, row.p, row.vocabulary, row.unit, least);
    uint64_t total = 0, mass = 0;
    for (int64_t block = 0; block * MASS_BLOCK < row.vocabulary; block++) {
        total += sums[block];
    }
    uint64_t drawn = mass_drawn(total, word);
    int64_t block = 0;
    while (mass + sums[block] <= drawn) {
        mass += sums[block++];
    }
    int64_t token = block * MASS_BLOCK;
    while ((mass += row.p[token] >= least ? mass_of(row.p[token], row.unit) : 0) <= drawn) {
        token++;
    }
    return token;
}

// False where the row has no token to choose. @param p room for twice the vocabulary and 3 more
bool sample(const SampleTokens& call, const RowKernels& rows, int64_t r, float unit, float* p) {
    const float* logits = call.logits.row(r);
    float logsumexp, entropy;
    rows.distribution(logits, call.vocabulary, call.inverse_temperature, &logsumexp, &entropy);
    int64_t token = likeliest(logits, call, rows);
    if (token == NONE || !std::isfinite(logsumexp) || !std::isfinite(logits[token])) {
        return false;
    }
    if (!call.greedy) {
        rows.exponentials(p, logits, call.vocabulary, call.inverse_temperature, logits[token] * call.inverse_temperature);
        for (int64_t i = 0; i < call.suppressed_count; i++) {
            p[call.suppressed[i]] = -1;
        }
        Row row{p, call.vocabulary, unit};
        bool all = call.top_k == 0 && call.top_p == 1;
        float* room = p + (call.vocabulary + 1) / 2 * 2;  // whole 64-bit numbers
        float least = all ? 0 : threshold(row, call, room);
        token = draw(row, rows, least, random_word(call.seed, call.step, call.conversations[r], call.positions[r]), reinterpret_cast<uint64_t*>(room));
    }
    call.tokens[r] = token;
    call.logprobs[r] = logits[token] * call.inverse_temperature - logsumexp;
    if (call.entropies != nullptr) {
        call.entropies[r] = entropy;
    }
    return true;
}

}  // namespace

int sample_tokens(const SampleTokens& call, const RowKernels& rows) {
    float unit = mass_unit(call.vocabulary);
    std::atomic<bool> lacks_memory{false};
    std::atomic<int64_t> first_without{call.rows};
    int64_t parts = runs(call.rows);
    share(parts, [&](int64_t part) {
        float* p = scratch(2 * call.vocabulary + 3);
        if (p == nullptr) {
            lacks_memory = true;
            return;
        }
        Run run(call.rows, part, parts);
        for (int64_t r = run.from; r < run.to; r++) {
            if (!sample(call, rows, r, unit, p)) {
                int64_t first = first_without;
                while (r < first && !first_without.compare_exchange_weak(first, r)) {
                }
                return;
            }
        }
    });
    if (lacks_memory) {
        return no_memory("dl_sample_tokens");
    }
    if (first_without < call.rows) {
        return fail(DL_BAD_ARGUMENT, "dl_sample_tokens: row %lld has no token to sample: all are suppressed or its logits are not numbers",
                    static_cast<long long>(first_without));
    }
    return DL_OK;
}

int logit_logprobs(const LogitLogprobs& call, const RowKernels& rows) {
    for (int64_t r = 0; r < call.rows; r++) {
        float* logits = call.logits.row(r);
        float logsumexp, entropy;
        rows.distribution(logits, call.vocabulary, call.inverse_temperature, &logsumexp, &entropy);
        call.logprobs[r] = logits[call.targets[r]] * call.inverse_temperature - logsumexp;
        if (call.entropies != nullptr) {
            call.entropies[r] = entropy;
        }
        if (call.differentiate) {
            rows.exponentials(logits, logits, call.vocabulary, call.inverse_temperature, logsumexp);
            for (int64_t token = 0; token < call.vocabulary; token++) {
                logits[token] = ((token == call.targets[r] ? 1 : 0) - logits[token]) * call.inverse_temperature;
            }
        }
    }
    return DL_OK;
}

}  // namespace drllava
