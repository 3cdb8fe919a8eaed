// The table behind the header's functions where there is a GPU.
#include "attention.h"
#include "kv_cache.h"
#include "layers.h"
#include "linear.h"
#include "rows.h"
#include "sampling.h"
#include "training.h"
#include "vocabulary.h"

namespace drllava {
namespace cuda {
namespace {

constexpr Kernels TABLE = {
#ifdef __CUDACC__
    .name = "cuda",
#else
    .name = "fibers",
#endif
    .panel = 1,
    .fast_bf16 = true,
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
}  // namespace cuda

const Kernels* kernels() {
    static const cudaError_t error = [] {
        int devices = 0;
        return cudaGetDeviceCount(&devices);
    }();
    if (error != cudaSuccess) {
        fail(DL_UNSUPPORTED, "there is no GPU to use: %s", cudaGetErrorString(error));
    }
    return error == cudaSuccess ? &cuda::TABLE : nullptr;
}

}  // namespace drllava
