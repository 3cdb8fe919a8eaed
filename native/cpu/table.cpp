#include "attention.h"
#include "kernels.h"
#include "linear.h"
#include "norm.h"
#include "optimizer.h"
#include "rotary.h"
#include "swiglu.h"
#include "vocabulary.h"
#include "weight_gradient.h"

namespace drllava {
namespace DL_ISA {
namespace {

constexpr Kernels TABLE = {
    .name = DL_NAME,
    .panel = 2 * DL_LANES,
#ifdef __AVX512BF16__
    .fast_bf16 = true,
#else
    .fast_bf16 = false,
#endif
    .pack = pack,
    .linear = linear,
    .rms_norm = rms_norm,
    .rms_norm_backward = rms_norm_backward,
    .rotary = rotary,
    .swiglu = swiglu,
    .swiglu_backward = swiglu_backward,
    .attention_cached = attention_cached,
    .attention = attention,
    .attention_backward = attention_backward,
    .weight_gradient = weight_gradient,
    .token_logprobs = token_logprobs,
    .row_distribution = row_distribution,
    .row_probabilities = row_probabilities,
    .adamw = adamw,
};

}  // namespace

const Kernels* table() { return &TABLE; }

}  // namespace DL_ISA
}  // namespace drllava
