// Log-sum-exp and entropy of a row of logits that comes by in pieces.
#pragma once

#include "softmax.h"

namespace drllava::DL_ISA {

// Each lane keeps its own largest logit m, Σ e^(l - m) and Σ e^(l - m) (l - m) until the end. Logits of minus infinity, which
// also stand for what does not belong, count for nothing; a NaN spoils the row.
class Distribution {
public:
    // Logits at the same lanes of two neighbouring vectors.
    DL_INLINE void add(Vec a, Vec b) {
        Vec most = maximum(maximum(a, b), most_);
        Vec shift = most_ - most;
        Vec shrink = exp(shift);
        weighted_ = fma(shift, total_, weighted_) * shrink;
        total_ = total_ * shrink;
        most_ = most;
        count(a);
        count(b);
    }

    DL_INLINE void result(float* logsumexp, float* entropy) const {
        Vec most = broadcast(largest(most_));
        Vec shift = most_ - most, shrink = exp(shift);
        float total = sum(total_ * shrink);
        float weighted = sum(fma(shift, total_, weighted_) * shrink);
        float log_total = __builtin_logf(total);
        *logsumexp = most[0] + log_total;
        *entropy = log_total - weighted / total;
    }

private:
    DL_INLINE void count(Vec logit) {
        Vec below = logit <= broadcast(-__FLT_MAX__) ? Vec{} : logit - most_;
        Vec e = logit <= broadcast(-__FLT_MAX__) ? Vec{} : exp(below);
        total_ += e;
        weighted_ = fma(e, below, weighted_);
    }

    Vec most_ = broadcast(-__FLT_MAX__), total_{}, weighted_{};
};

}  // namespace drllava::DL_ISA
