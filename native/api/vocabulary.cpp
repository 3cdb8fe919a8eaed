#include "drllava_kernels.h"
#include "packed.h"

namespace drllava {
namespace {

constexpr float LARGEST_TEMPERATURE = 1e6f;

void check_head(Check& check, const Kernels& table, const float* packed, const int64_t* targets, const int64_t* suppressed,
                int64_t suppressed_count, float temperature, int64_t rows, int64_t n_in, int64_t vocabulary) {
    check.size("rows", rows).size("n_in", n_in).size("vocabulary", vocabulary).size("suppressed_count", suppressed_count);
    check_packed(check, table, "packed", packed, n_in, vocabulary)
        .real("temperature", temperature, 1 / LARGEST_TEMPERATURE, LARGEST_TEMPERATURE)
        .indices("targets", targets, rows, vocabulary)
        .rising_indices("suppressed", suppressed, suppressed_count, vocabulary);
}

}  // namespace
}  // namespace drllava

using namespace drllava;

int dl_token_logprobs(float* logprobs, float* entropies, float* gradients, int64_t ldg, const float* hidden, int64_t ldh,
                      const float* packed, const float* packed_transposed, const int64_t* targets, const int64_t* suppressed,
                      int64_t suppressed_count, float temperature, int64_t rows, int64_t n_in, int64_t vocabulary) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_token_logprobs");
    check_head(check, *table, packed, targets, suppressed, suppressed_count, temperature, rows, n_in, vocabulary);
    check.rows("hidden", hidden, ldh, rows, n_in).memory("logprobs", logprobs, rows > 0);
    if (gradients != nullptr) {
        check.rows("gradients", gradients, ldg, rows, n_in);
        check_packed(check, *table, "packed_transposed", packed_transposed, vocabulary, n_in);
    }
    if (check.failed()) {
        return check.status();
    }
    return table->token_logprobs({logprobs, entropies, {gradients, ldg}, {hidden, ldh}, targets, rows,
                                  {panels_of(packed, n_in), vocabulary, suppressed, suppressed_count, 1 / temperature},
                                  gradients == nullptr ? Panels{} : panels_of(packed_transposed, vocabulary)});
}

int dl_logit_logprobs(float* logprobs, float* entropies, float* logits, int64_t ldl, const int64_t* targets, float temperature,
                      int differentiate, int64_t rows, int64_t vocabulary) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_logit_logprobs");
    check.size("rows", rows)
        .size("vocabulary", vocabulary)
        .rows("logits", logits, ldl, rows, vocabulary)
        .memory("logprobs", logprobs, rows > 0)
        .real("temperature", temperature, 1 / LARGEST_TEMPERATURE, LARGEST_TEMPERATURE)
        .indices("targets", targets, rows, vocabulary);
    if (check.failed()) {
        return check.status();
    }
    return table->logit_logprobs({logprobs, entropies, {logits, ldl}, targets, 1 / temperature, differentiate != 0, rows, vocabulary});
}
