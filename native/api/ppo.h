// One token's share of the losses, and the one step of the advantages.
#pragma once

#include "inline.h"

namespace drllava {

// As libtorch's maximum and clamp: a NaN stays one.
static DL_INLINE double larger(double a, double b) { return a != a || a > b ? a : b; }
static DL_INLINE double clamp(double x, double low, double high) { return low != low ? low : x < low ? low : high < x ? high : x; }

struct TokenLoss {
    double loss, slope;
};

// `ratio` is e^(logprob - old_logprob). Where the clipped term is the larger one, the ratio has left its range and the loss
// is flat.
static DL_INLINE TokenLoss policy_term(double ratio, double advantage, double clip) {
    double plain = -advantage * ratio, clipped = -advantage * clamp(ratio, 1 - clip, 1 + clip);
    return {larger(clipped, plain), clipped > plain ? 0 : plain};
}

// Twice the loss.
static DL_INLINE TokenLoss value_term(double value, double old_value, double result, double clip) {
    double error = value - result, clipped = clamp(value, old_value - clip, old_value + clip) - result;
    return {larger(clipped * clipped, error * error), clipped * clipped > error * error ? 0 : error};
}

}  // namespace drllava
