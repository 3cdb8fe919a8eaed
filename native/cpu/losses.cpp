#include "losses.h"

#include <cmath>

#include "ppo.h"

namespace drllava {

int policy_loss(const PolicyLoss& call) {
    double sum = 0;
    for (int64_t i = 0; i < call.n; i++) {
        double ratio = std::exp(static_cast<double>(call.logprobs[i]) - call.old_logprobs[i]);
        TokenLoss term = policy_term(ratio, call.advantages[i], call.clip);
        sum += term.loss;
        call.dlogprobs[i] = static_cast<float>(term.slope / call.total);
    }
    *call.loss = sum / call.total;
    return DL_OK;
}

int value_loss(const ValueLoss& call) {
    double sum = 0;
    for (int64_t i = 0; i < call.n; i++) {
        TokenLoss term = value_term(call.values[i], call.old_values[i], call.returns[i], call.clip);
        sum += term.loss;
        call.dvalues[i] = static_cast<float>(term.slope / call.total);
    }
    *call.loss = sum / 2 / call.total;
    return DL_OK;
}

int advantages(const Advantages& call) {
    for (int64_t c = 0; c < call.conversations; c++) {
        double next = 0, next_value = 0;
        for (int64_t t = call.offsets[c + 1] - 1; t >= call.offsets[c]; t--) {
            double value = call.values[t];
            double delta = call.rewards[t] + call.discounts[t] * next_value - value;
            next = delta + call.discounts[t] * call.lambda * next;
            next_value = value;
            call.advantages[t] = static_cast<float>(next);
            call.returns[t] = static_cast<float>(next + value);
        }
    }
    return DL_OK;
}

int whiten(float* x, bool shift_mean, int64_t n) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += x[i];
    }
    double mean = sum / n;
    for (int64_t i = 0; i < n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
    }
    double inverse = 1 / (std::sqrt(squares / n) + 1e-8), shift = shift_mean ? 0 : mean;
    for (int64_t i = 0; i < n; i++) {
        x[i] = static_cast<float>((x[i] - mean) * inverse + shift);
    }
    return DL_OK;
}

}  // namespace drllava
