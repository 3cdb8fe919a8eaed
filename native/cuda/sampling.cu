// Sampling, a block a row, without working memory: the k-th largest probability, the edge of top-p and the token drawn are
// each found bit by bit, a sum over the vocabulary for each bit. The sums are of whole numbers (mass.h), so that their order
// is of no matter and the CPU kernels draw the same token from the same logits.
#include "sampling.h"

#include "distribution.h"
#include "faults.h"
#include "mass.h"
#include "philox.h"

namespace drllava::cuda {
namespace {

struct Row {
    const float* logits;
    int64_t vocabulary;
    const int64_t* suppressed;
    int64_t suppressed_count;
    float inverse_temperature, likeliest, unit;
    uint64_t* room;

    __device__ bool allowed(int64_t token) const { return !listed(suppressed, suppressed_count, token); }

    // As a multiple of the likeliest token's; bits of such numbers are in the numbers' order.
    __device__ float p(int64_t token) const { return exponential(fmaf(logits[token], inverse_temperature, -likeliest)); }

    // The sum of value(p) over the tokens in [from, to) that may be chosen.
    template <class Value>
    __device__ uint64_t sum(int64_t from, int64_t to, Value value) const {
        uint64_t mine = 0;
        for (int64_t token = from + threadIdx.x; token < to; token += blockDim.x) {
            mine += allowed(token) ? value(p(token)) : 0;
        }
        return block_sum(mine, room);
    }

    __device__ uint64_t mass_from(unsigned least) const {
        float edge = __uint_as_float(least);
        return sum(0, vocabulary, [&](float p) { return p >= edge ? mass_of(p, unit) : 0; });
    }

    __device__ uint64_t count_from(unsigned least) const {
        float edge = __uint_as_float(least);
        return sum(0, vocabulary, [&](float p) { return uint64_t{p >= edge}; });
    }
};

// The largest bits of a float up to 2 for which `holds`, which does hold for 0 and is false from some number on.
template <class Holds>
__device__ unsigned largest_bits(Holds holds) {
    unsigned bits = 0;
    for (unsigned bit = 1u << 30; bit > 0; bit /= 2) {
        bits |= holds(bits | bit) ? bit : 0;
    }
    return bits;
}

// The bits of the smallest p that top-k and top-p let through.
__device__ unsigned threshold(const Row& row, int64_t top_k, double top_p) {
    uint64_t count = row.count_from(0);
    uint64_t kept = top_k == 0 || static_cast<uint64_t>(top_k) > count ? count : top_k;
    unsigned edge = kept == count ? 0 : largest_bits([&](unsigned bits) { return row.count_from(bits) >= kept; });
    if (top_p < 1) {
        // Of those that share the k-th place no more than k together.
        uint64_t above = row.count_from(edge + 1);
        uint64_t total = row.mass_from(edge + 1) + (kept - above) * mass_of(__uint_as_float(edge), row.unit);
        double wanted = top_p * static_cast<double>(total);
        unsigned nucleus = largest_bits([&](unsigned bits) { return static_cast<double>(row.mass_from(bits)) >= wanted; });
        edge = nucleus > edge ? nucleus : edge;
    }
    return edge;
}

// The first token up to and with which the mass exceeds what was drawn.
__device__ int64_t draw(const Row& row, unsigned least, uint32_t word) {
    float edge = __uint_as_float(least);
    auto mass = [&](float p) { return p >= edge ? mass_of(p, row.unit) : 0; };
    uint64_t drawn = mass_drawn(row.sum(0, row.vocabulary, mass), word), before = 0;
    int64_t token = 0, step = 1;
    while (2 * step < row.vocabulary) {
        step *= 2;
    }
    for (; step > 0; step /= 2) {
        if (token + step < row.vocabulary) {
            uint64_t here = row.sum(token, token + step, mass);
            token += before + here <= drawn ? step : 0;
            before += before + here <= drawn ? here : 0;
        }
    }
    return token;
}

// Of numbers, so that a larger key is the larger logit, and of equals the first.
__device__ uint64_t key_of(float logit, int64_t token) {
    unsigned bits = __float_as_uint(logit + 0.0f);  // one zero for both
    return uint64_t{bits >> 31 != 0 ? ~bits : bits | 0x80000000u} << 32 | (0xffffffffu - static_cast<uint32_t>(token));
}

__global__ void sample_row(SampleTokens call) {
    uint64_t* room = dynamic_shared<uint64_t>();
    Distribution* slots = reinterpret_cast<Distribution*>(room + blockDim.x / WARP);
    int64_t r = blockIdx.x;
    if (!rising(Array::SUPPRESSED, call.suppressed, call.suppressed_count, call.vocabulary)) {
        return;
    }
    const float* logits = call.logits.row(r);
    Outcome outcome = outcome_of_logits(logits, call.vocabulary, call.inverse_temperature, slots);
    Row row{logits, call.vocabulary, call.suppressed, call.suppressed_count, call.inverse_temperature, 0, mass_unit(call.vocabulary), room};
    uint64_t key = 0;
    for (int64_t token = threadIdx.x; token < call.vocabulary; token += blockDim.x) {
        if (row.allowed(token) && key_of(logits[token], token) > key) {
            key = key_of(logits[token], token);
        }
    }
    key = over_block(key, room, [](uint64_t a, uint64_t b) { return a > b ? a : b; });
    int64_t token = 0xffffffffu - static_cast<uint32_t>(key);
    if (key == 0 || !finite(outcome.logsumexp) || !finite(logits[token])) {
        if (threadIdx.x == 0) {
            report({1, FaultKind::NO_TOKEN, Array::LOGITS, r, 0, 0, 0});
        }
        return;
    }
    if (!call.greedy) {
        row.likeliest = logits[token] * call.inverse_temperature;
        unsigned least = call.top_k == 0 && call.top_p == 1 ? 0 : threshold(row, call.top_k, call.top_p);
        token = draw(row, least, random_word(call.seed, call.step, call.conversations[r], call.positions[r]));
    }
    if (threadIdx.x == 0) {
        call.tokens[r] = token;
        call.logprobs[r] = logits[token] * call.inverse_temperature - outcome.logsumexp;
        if (call.entropies != nullptr) {
            call.entropies[r] = outcome.entropy;
        }
    }
}

}  // namespace

int sample_tokens(const SampleTokens& call) {
    int threads = threads_for(call.vocabulary);
    return launch("dl_sample_tokens", sample_row, dim3(call.rows), threads, threads / WARP * sizeof(uint64_t) + SLOTS * sizeof(Distribution), call);
}

}  // namespace drllava::cuda
