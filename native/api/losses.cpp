#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "drllava_kernels.h"
#include "status.h"

using namespace drllava;

namespace {

// As libtorch's maximum and clamp: a NaN stays one.
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }
double clamp(double x, double low, double high) { return std::isnan(low) ? low : std::clamp(x, low, high); }

// An argument with a number a token.
struct Column {
    const char* name;
    const float* numbers;
};

void check_loss(Check& check, const double* loss, std::initializer_list<Column> columns, double clip, double total, int64_t n) {
    check.size("n", n).memory("loss", loss);
    for (const Column& column : columns) {
        check.memory(column.name, column.numbers, n > 0);
    }
    check.real("clip", clip, 0, 1e6).that(total > 0, "total is %g, not positive", total);
}

}  // namespace

int dl_policy_loss(double* loss, float* dlogprobs, const float* logprobs, const float* old_logprobs, const float* advantages,
                   double clip, double total, int64_t n) {
    Check check("dl_policy_loss");
    check_loss(check, loss, {{"dlogprobs", dlogprobs}, {"logprobs", logprobs}, {"old_logprobs", old_logprobs}, {"advantages", advantages}}, clip, total, n);
    if (check.failed()) {
        return check.status();
    }
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double advantage = advantages[i];
        double ratio = std::exp(static_cast<double>(logprobs[i]) - old_logprobs[i]);
        double plain = -advantage * ratio;
        double clipped = -advantage * clamp(ratio, 1 - clip, 1 + clip);
        // Where the clipped term is the larger one, the ratio has left its range and the loss is flat.
        sum += larger(clipped, plain);
        dlogprobs[i] = static_cast<float>(clipped > plain ? 0 : plain / total);
    }
    *loss = sum / total;
    return DL_OK;
}

int dl_value_loss(double* loss, float* dvalues, const float* values, const float* old_values, const float* returns, double clip,
                  double total, int64_t n) {
    Check check("dl_value_loss");
    check_loss(check, loss, {{"dvalues", dvalues}, {"values", values}, {"old_values", old_values}, {"returns", returns}}, clip, total, n);
    if (check.failed()) {
        return check.status();
    }
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double error = static_cast<double>(values[i]) - returns[i];
        double clipped = clamp(values[i], old_values[i] - clip, old_values[i] + clip) - returns[i];
        sum += larger(clipped * clipped, error * error);
        dvalues[i] = static_cast<float>(clipped * clipped > error * error ? 0 : error / total);
    }
    *loss = sum / 2 / total;
    return DL_OK;
}

int dl_advantages(float* advantages, float* returns, const float* rewards, const float* values, const double* discounts,
                  double lambda, const int64_t* offsets, int64_t conversations) {
    Check check("dl_advantages");
    check.size("conversations", conversations).real("lambda", lambda, 0, 1);
    if (!check.failed()) {
        check.offsets("offsets", offsets, conversations);
    }
    if (check.failed()) {
        return check.status();
    }
    bool used = offsets[conversations] > 0;
    check.memory("advantages", advantages, used)
        .memory("returns", returns, used)
        .memory("rewards", rewards, used)
        .memory("values", values, used)
        .memory("discounts", discounts, used);
    if (check.failed()) {
        return check.status();
    }
    for (int64_t c = 0; c < conversations; c++) {
        double next = 0, next_value = 0;
        for (int64_t t = offsets[c + 1] - 1; t >= offsets[c]; t--) {
            double value = values[t];
            double delta = rewards[t] + discounts[t] * next_value - value;
            next = delta + discounts[t] * lambda * next;
            next_value = value;
            advantages[t] = static_cast<float>(next);
            returns[t] = static_cast<float>(next + value);
        }
    }
    return DL_OK;
}

int dl_whiten(float* x, int shift_mean, int64_t n) {
    Check check("dl_whiten");
    if (check.size("n", n).memory("x", x, n > 0).failed() || n == 0) {
        return check.status();
    }
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += x[i];
    }
    double mean = sum / n;
    for (int64_t i = 0; i < n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
    }
    double inverse = 1 / (std::sqrt(squares / n) + 1e-8), shift = shift_mean != 0 ? 0 : mean;
    for (int64_t i = 0; i < n; i++) {
        x[i] = static_cast<float>((x[i] - mean) * inverse + shift);
    }
    return DL_OK;
}
