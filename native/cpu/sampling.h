#pragma once

#include "kernels.h"

namespace drllava {

// What sampling needs of an instruction set.
struct RowKernels {
    void (*distribution)(const float* logits, int64_t vocabulary, float inverse_temperature, float* logsumexp, float* entropy);

    // p = e^(logits · inverse_temperature - shift)
    void (*exponentials)(float* p, const float* logits, int64_t vocabulary, float inverse_temperature, float shift);
};

int sample_tokens(const SampleTokens& call, const RowKernels& rows);
int logit_logprobs(const LogitLogprobs& call, const RowKernels& rows);

}  // namespace drllava
