#pragma once

#include "kernels.h"

namespace drllava::DL_ISA {

int token_logprobs(const TokenLogprobs& call);
void row_distribution(const float* logits, int64_t vocabulary, float inverse_temperature, float* logsumexp, float* entropy);
void row_probabilities(float* p, const float* logits, int64_t vocabulary, float inverse_temperature, float logsumexp);
int64_t row_likeliest(const float* logits, int64_t vocabulary);
void row_masses(uint64_t* sums, const float* p, int64_t vocabulary, float unit, float least_p);

}  // namespace drllava::DL_ISA
