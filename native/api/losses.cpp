#include <initializer_list>

#include "drllava_kernels.h"
#include "kernels.h"
#include "status.h"

using namespace drllava;

namespace {

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
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_policy_loss");
    check_loss(check, loss, {{"dlogprobs", dlogprobs}, {"logprobs", logprobs}, {"old_logprobs", old_logprobs}, {"advantages", advantages}}, clip, total, n);
    if (check.failed()) {
        return check.status();
    }
    return table->policy_loss({loss, dlogprobs, logprobs, old_logprobs, advantages, clip, total, n});
}

int dl_value_loss(double* loss, float* dvalues, const float* values, const float* old_values, const float* returns, double clip,
                  double total, int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_value_loss");
    check_loss(check, loss, {{"dvalues", dvalues}, {"values", values}, {"old_values", old_values}, {"returns", returns}}, clip, total, n);
    if (check.failed()) {
        return check.status();
    }
    return table->value_loss({loss, dvalues, values, old_values, returns, clip, total, n});
}

int dl_advantages(float* advantages, float* returns, const float* rewards, const float* values, const double* discounts,
                  double lambda, const int64_t* offsets, int64_t conversations) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_advantages");
    check.size("conversations", conversations).real("lambda", lambda, 0, 1);
    if (!check.failed()) {
        check.offsets("offsets", offsets, conversations);
    }
    if (check.failed()) {
        return check.status();
    }
    bool used = counted(offsets, conversations) > 0;
    check.memory("advantages", advantages, used)
        .memory("returns", returns, used)
        .memory("rewards", rewards, used)
        .memory("values", values, used)
        .memory("discounts", discounts, used);
    if (check.failed()) {
        return check.status();
    }
    return table->advantages({advantages, returns, rewards, values, discounts, lambda, offsets, conversations});
}

int dl_whiten(float* x, int shift_mean, int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_whiten");
    if (check.size("n", n).memory("x", x, n > 0).failed() || n == 0) {
        return check.status();
    }
    return table->whiten(x, shift_mean != 0, n);
}
