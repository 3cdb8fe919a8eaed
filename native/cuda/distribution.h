// Log-sum-exp and entropy of a row of logits that SLOTS lanes look through: slot s takes the tokens s, s + SLOTS, … in turn.
#pragma once

#include "numbers.h"

namespace drllava::cuda {

constexpr int SLOTS = WARP;

// The largest logit m, Σ e^(l - m) and Σ e^(l - m) (l - m). Logits of minus infinity count for nothing; a NaN spoils the row.
struct Distribution {
    float most = -FLT_MAX, total = 0, weighted = 0;

    __device__ void add(float logit) {
        if (logit > most) {
            float shift = most - logit, shrink = exponential(shift);
            weighted = fmaf(shift, total, weighted) * shrink;
            total *= shrink;
            most = logit;
        }
        if (!(logit <= -FLT_MAX)) {
            float below = logit - most, e = exponential(below);
            total += e;
            weighted = fmaf(e, below, weighted);
        }
    }
};

struct Outcome {
    float logsumexp, entropy;
};

__device__ inline Outcome outcome_of(const Distribution* slots) {
    float most = -FLT_MAX, total = 0, weighted = 0;
    for (int s = 0; s < SLOTS; s++) {
        most = larger_of(slots[s].most, most);
    }
    for (int s = 0; s < SLOTS; s++) {
        float shift = slots[s].most - most, shrink = exponential(shift);
        total = fmaf(slots[s].total, shrink, total);
        weighted = fmaf(fmaf(shift, slots[s].total, slots[s].weighted), shrink, weighted);
    }
    float log_total = logf(total);
    return {most + log_total, log_total - weighted / total};
}

// Of a row of logits, for the whole block of threads; `slots` is shared.
__device__ inline Outcome outcome_of_logits(const float* logits, int64_t vocabulary, float inverse_temperature, Distribution* slots) {
    if (threadIdx.x < SLOTS) {
        Distribution mine;
        for (int64_t token = threadIdx.x; token < vocabulary; token += SLOTS) {
            mine.add(logits[token] * inverse_temperature);
        }
        slots[threadIdx.x] = mine;
    }
    __syncthreads();
    return outcome_of(slots);
}

// Whether the token is among the suppressed ones, which rise.
__device__ inline bool listed(const int64_t* suppressed, int64_t count, int64_t token) {
    int64_t from = 0;
    while (count > 0) {
        int64_t half = count / 2;
        bool behind = suppressed[from + half] < token;
        from = behind ? from + half + 1 : from;
        count = behind ? count - half - 1 : half;
        if (!behind && suppressed[from + half] == token) {
            return true;
        }
    }
    return false;
}

}  // namespace drllava::cuda
