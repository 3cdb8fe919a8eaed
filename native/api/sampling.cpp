#include <algorithm>
#include <cmath>
#include <functional>

#include "drllava_kernels.h"
#include "kernels.h"
#include "scratch.h"
#include "status.h"

namespace drllava {
namespace {

// Philox4x32-10's first word.
uint32_t philox(uint64_t key, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3) {
    uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = uint64_t{0xD2511F53} * c0, p1 = uint64_t{0xCD9E8D57} * c2;
        c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0;
        c1 = static_cast<uint32_t>(p1);
        c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
        c3 = static_cast<uint32_t>(p0);
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return c0;
}

double uniform(int64_t seed, int64_t step, int64_t conversation, int64_t position) {
    uint64_t s = static_cast<uint64_t>(step), c = static_cast<uint64_t>(conversation);
    uint32_t high = static_cast<uint32_t>(s >> 32) ^ static_cast<uint32_t>(c >> 32);
    uint32_t word = philox(static_cast<uint64_t>(seed), static_cast<uint32_t>(position), static_cast<uint32_t>(c),
                           static_cast<uint32_t>(s), high);
    return word * 0x1p-32;
}

constexpr int64_t NONE = -1;

// Probabilities of one row, those of suppressed tokens set to -1.
struct Row {
    float* p;
    int64_t vocabulary;
};

int64_t likeliest(const float* logits, const dl_sampling& sampling, int64_t vocabulary) {
    int64_t best = NONE, next = 0;
    for (int64_t token = 0; token < vocabulary; token++) {
        if (next < sampling.suppressed_count && sampling.suppressed[next] == token) {
            next++;
        } else if (best == NONE || logits[token] > logits[best]) {
            best = token;
        }
    }
    return best == NONE || std::isnan(logits[best]) ? NONE : best;
}

// The smallest probability that top-k and top-p let through. `sorted` has room for the vocabulary.
float threshold(const Row& row, const dl_sampling& sampling, float* sorted) {
    int64_t count = 0;
    for (int64_t token = 0; token < row.vocabulary; token++) {
        if (row.p[token] >= 0) {
            sorted[count++] = row.p[token];
        }
    }
    if (count == 0) {
        return 0;
    }
    int64_t kept = sampling.top_k == 0 ? count : std::min(sampling.top_k, count);
    std::partial_sort(sorted, sorted + kept, sorted + count, std::greater<float>());
    if (sampling.top_p < 1) {
        double total = 0, mass = 0;
        for (int64_t i = 0; i < kept; i++) {
            total += sorted[i];
        }
        int64_t needed = 0;
        while (needed < kept && mass < sampling.top_p * total) {
            mass += sorted[needed++];
        }
        kept = std::max<int64_t>(1, needed);
    }
    return sorted[kept - 1];
}

int64_t choose(const Row& row, float least, double uniform) {
    double mass = 0;
    for (int64_t token = 0; token < row.vocabulary; token++) {
        mass += row.p[token] >= least ? row.p[token] : 0;
    }
    double left = uniform * mass;
    int64_t last = NONE;
    for (int64_t token = 0; token < row.vocabulary; token++) {
        if (row.p[token] >= least) {
            last = token;
            left -= row.p[token];
            if (left < 0) {
                return token;
            }
        }
    }
    return last;  // rounding left a crumb of mass
}

void check_sampling(Check& check, const dl_sampling* sampling, int64_t vocabulary) {
    check.memory("sampling", sampling);
    if (check.failed()) {
        return;
    }
    check.real("temperature", sampling->temperature, 0, 1e6)
        .size("top_k", sampling->top_k)
        .that(sampling->top_p > 0 && sampling->top_p <= 1, "top_p is %g, not above 0 and at most 1", sampling->top_p)
        .size("suppressed_count", sampling->suppressed_count);
    if (!check.failed()) {
        check.rising_indices("suppressed", sampling->suppressed, sampling->suppressed_count, vocabulary);
    }
}

}  // namespace
}  // namespace drllava

using namespace drllava;

int dl_uniform(double* result, int64_t seed, int64_t step, int64_t conversation, int64_t position) {
    Check check("dl_uniform");
    if (check.memory("uniform", result).failed()) {
        return check.status();
    }
    *result = uniform(seed, step, conversation, position);
    return DL_OK;
}

int dl_sample_tokens(int64_t* tokens, float* logprobs, float* entropies, const float* logits, int64_t ldl,
                     const dl_sampling* sampling, const int64_t* conversations, const int64_t* positions, int64_t rows,
                     int64_t vocabulary) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_sample_tokens");
    check.size("rows", rows)
        .size("vocabulary", vocabulary)
        .rows("logits", logits, ldl, rows, vocabulary)
        .memory("tokens", tokens, rows > 0)
        .memory("logprobs", logprobs, rows > 0)
        .memory("conversations", conversations, rows > 0)
        .memory("positions", positions, rows > 0);
    check_sampling(check, sampling, vocabulary);
    if (check.failed()) {
        return check.status();
    }
    bool greedy = sampling->temperature == 0;
    float inverse_temperature = 1 / (greedy ? 1.0f : static_cast<float>(sampling->temperature));
    float* p = scratch(2 * vocabulary);
    if (p == nullptr) {
        return no_memory("dl_sample_tokens");
    }
    for (int64_t r = 0; r < rows; r++) {
        const float* row = logits + r * ldl;
        float logsumexp, entropy;
        table->row_distribution(row, vocabulary, inverse_temperature, &logsumexp, &entropy);
        int64_t token;
        if (greedy) {
            token = likeliest(row, *sampling, vocabulary);
        } else {
            table->row_probabilities(p, row, vocabulary, inverse_temperature, logsumexp);
            for (int64_t i = 0; i < sampling->suppressed_count; i++) {
                p[sampling->suppressed[i]] = -1;
            }
            Row probabilities{p, vocabulary};
            bool all = sampling->top_k == 0 && sampling->top_p == 1;
            float least = all ? 0 : threshold(probabilities, *sampling, p + vocabulary);
            token = choose(probabilities, least, uniform(sampling->seed, sampling->step, conversations[r], positions[r]));
        }
        if (token == NONE) {
            return fail(DL_BAD_ARGUMENT, "dl_sample_tokens: row %lld has no token to sample: all are suppressed or its logits are not numbers",
                        static_cast<long long>(r));
        }
        tokens[r] = token;
        logprobs[r] = row[token] * inverse_temperature - logsumexp;
        if (entropies != nullptr) {
            entropies[r] = entropy;
        }
    }
    return DL_OK;
}
