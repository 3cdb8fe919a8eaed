#include "drllava_kernels.h"
#include "kernels.h"
#include "philox.h"
#include "status.h"

namespace drllava {
namespace {

void check_sampling(Check& check, const dl_sampling* sampling, int64_t vocabulary) {
    check.memory("sampling", sampling);
    if (check.failed()) {
        return;
    }
    check.real("temperature", sampling->temperature, 0, 1e6)
        .size("top_k", sampling->top_k)
        .that(sampling->top_p > 0 && sampling->top_p <= 1, "top_p is %g, not above 0 and at most 1", sampling->top_p)
        .size("suppressed_count", sampling->suppressed_count);
    if (!check.failed()) {
        check.rising_indices("suppressed", sampling->suppressed, sampling->suppressed_count, vocabulary);
    }
}

}  // namespace
}  // namespace drllava

using namespace drllava;

int dl_uniform(double* result, int64_t seed, int64_t step, int64_t conversation, int64_t position) {
    Check check("dl_uniform");
    if (check.memory("uniform", result).failed()) {
        return check.status();
    }
    *result = random_word(seed, step, conversation, position) * 0x1p-32;
    return DL_OK;
}

int dl_sample_tokens(int64_t* tokens, float* logprobs, float* entropies, const float* logits, int64_t ldl,
                     const dl_sampling* sampling, const int64_t* conversations, const int64_t* positions, int64_t rows,
                     int64_t vocabulary) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_sample_tokens");
    check.size("rows", rows)
        .size("vocabulary", vocabulary)
        .rows("logits", logits, ldl, rows, vocabulary)
        .memory("tokens", tokens, rows > 0)
        .memory("logprobs", logprobs, rows > 0)
        .memory("conversations", conversations, rows > 0)
        .memory("positions", positions, rows > 0);
    check_sampling(check, sampling, vocabulary);
    if (check.failed()) {
        return check.status();
    }
    bool greedy = sampling->temperature == 0;
    float inverse_temperature = 1 / (greedy ? 1.0f : static_cast<float>(sampling->temperature));
    return table->sample_tokens({tokens, logprobs, entropies, {logits, ldl}, conversations, positions, rows, vocabulary, greedy,
                                 inverse_temperature, sampling->top_k, sampling->top_p, sampling->suppressed, sampling->suppressed_count,
                                 sampling->seed, sampling->step});
}
