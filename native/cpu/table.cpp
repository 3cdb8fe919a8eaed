#include "attention.h"
#include "kernels.h"
#include "kv_cache.h"
#include "linear.h"
#include "losses.h"
#include "norm.h"
#include "optimizer.h"
#include "rotary.h"
#include "round.h"
#include "rows.h"
#include "sampling.h"
#include "swiglu.h"
#include "vocabulary.h"
#include "weight_gradient.h"

namespace drllava {
namespace DL_ISA {
namespace {

constexpr RowKernels ROW_KERNELS = {row_distribution, row_probabilities, row_likeliest, row_masses};

int sample_tokens(const SampleTokens& call) { return drllava::sample_tokens(call, ROW_KERNELS); }
int logit_logprobs(const LogitLogprobs& call) { return drllava::logit_logprobs(call, ROW_KERNELS); }

constexpr Kernels TABLE = {
    .name = DL_NAME,
    .panel = 2 * DL_LANES,
#if defined(__AVX512BF16__) || defined(DL_AMX)
    .fast_bf16 = true,
#else
    .fast_bf16 = false,
#endif
    .kv_cache_elements = kv_cache_elements,
    .pack = pack,
    .linear = linear,
    .weight_gradient = weight_gradient,
    .embedding = embedding,
    .round_bfloat16 = round_bfloat16,
    .rms_norm = rms_norm,
    .rms_norm_backward = rms_norm_backward,
    .rotary = rotary,
    .round = round,
    .swiglu = swiglu,
    .swiglu_backward = swiglu_backward,
    .kv_append = kv_append,
    .kv_copy = kv_copy,
    .attention_cached = attention_cached,
    .attention = attention,
    .attention_backward = attention_backward,
    .token_logprobs = token_logprobs,
    .logit_logprobs = logit_logprobs,
    .sample_tokens = sample_tokens,
    .policy_loss = policy_loss,
    .value_loss = value_loss,
    .advantages = advantages,
    .whiten = whiten,
    .squared_norms = squared_norms,
    .adamw = adamw,
};

}  // namespace

const Kernels* table() { return &TABLE; }

}  // namespace DL_ISA
}  // namespace drllava
