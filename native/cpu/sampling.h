#pragma once

#include "kernels.h"

namespace drllava {

constexpr int64_t MASS_BLOCK = 1024;

// What sampling needs of an instruction set.
struct RowKernels {
    void (*distribution)(const float* logits, int64_t vocabulary, float inverse_temperature, float* logsumexp, float* entropy);

    // p = e^(logits · inverse_temperature - shift)
    void (*exponentials)(float* p, const float* logits, int64_t vocabulary, float inverse_temperature, float shift);

    // The first of the largest; any where there is a NaN.
    int64_t (*likeliest)(const float* logits, int64_t vocabulary);

    // sums[b] = Σ mass_of(p, unit) over the b-th MASS_BLOCK of p, of those that are at least `least`.
    void (*masses)(uint64_t* sums, const float* p, int64_t vocabulary, float unit, float least);
};

int sample_tokens(const SampleTokens& call, const RowKernels& rows);
int logit_logprobs(const LogitLogprobs& call, const RowKernels& rows);

}  // namespace drllava
