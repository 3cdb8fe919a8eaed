// What the functions of the C header call once their arguments are checked: one table of kernels for each instruction set.
#pragma once

#include <cstdint>

#include "drllava_kernels.h"
#include "inline.h"

namespace drllava {

// Rows of numbers, ld apart.
template <class T>
struct RowsOf {
    T* data;
    int64_t ld;

    DL_INLINE T* row(int64_t r) const { return data + r * ld; }
    DL_INLINE explicit operator bool() const { return data != nullptr; }
};

using Rows = RowsOf<const float>;
using MutableRows = RowsOf<float>;

// A packed weight with n inputs.
struct Panels {
    const float* data;
    int64_t n;
    bool pairs;  // bfloat16, two elements in a float's place

    DL_INLINE int64_t steps() const { return pairs ? (n + 1) / 2 : n; }
};

// A low-rank update: outputs part_ends[i - 1] to part_ends[i] - 1 read columns i · rank to (i + 1) · rank - 1 of x.
struct Update {
    Rows x;
    Panels weight;
    const int64_t* part_ends;
    int64_t parts;  // 0 for no update
};

// y = scale · (x · weight + update) + residual
struct Linear {
    MutableRows y;
    Rows x;
    Panels weight;
    Update update;
    Rows residual;  // or null
    float scale;
    int64_t rows;
    int64_t n_out;
};

struct Weight {
    Rows data;
    int64_t n_in;
    int64_t n_out;
    bool transposed;  // [n_out, n_in], else [n_in, n_out]
    bool pairs;
};

struct Embedding {
    MutableRows y;
    const void* table;
    int64_t ldt;
    bool pairs;  // bfloat16
    int64_t count;
    const int64_t* ids;
    int64_t rows, n;
};

struct RoundBfloat16 {
    RowsOf<uint16_t> y;
    Rows x;
    int64_t rows, n;
};

template <class T>
struct RmsNormOf {
    RowsOf<T> y;
    RowsOf<const T> x;
    const T* weight;
    float eps;
    float* inverse;  // or null
    int64_t rows, n;
};

using RmsNorm = RmsNormOf<float>;

template <class T>
struct RmsNormBackwardOf {
    RowsOf<T> dx;
    RowsOf<const T> dy, x;
    const T* weight;
    const float* inverse;
    RowsOf<const T> residual;  // or null
    int64_t rows, n;
};

using RmsNormBackward = RmsNormBackwardOf<float>;

template <class T>
struct RotaryOf {
    RowsOf<T> x;
    const float* cosines;
    const float* sines;
    int64_t table_rows;
    const int64_t* positions;
    bool backward;
    int64_t rows, heads, head;
};

using Rotary = RotaryOf<float>;

// x becomes what bfloat16 keeps of it.
struct Round {
    MutableRows x;
    int64_t rows, n;
};

template <class T>
struct SwiGluOf {
    RowsOf<T> y;
    RowsOf<const T> gate, up;
    int64_t rows, n;
};

using SwiGlu = SwiGluOf<float>;

template <class T>
struct SwiGluBackwardOf {
    RowsOf<T> dgate, dup;
    RowsOf<T> y;  // or null
    RowsOf<const T> dy, gate, up;
    int64_t rows, n;
};

using SwiGluBackward = SwiGluBackwardOf<float>;

struct KvCache {
    void* data;
    bool halves;  // elements are bfloat16, else float
    int64_t batch, capacity, kv_heads, head;
};

template <class T>
struct KvAppendOf {
    KvCache cache;
    RowsOf<const T> keys, values;
    const int64_t* sequences;
    const int64_t* positions;
    int64_t rows;
};

using KvAppend = KvAppendOf<float>;

struct KvCopy {
    KvCache cache;
    int64_t from, to, length;
};

template <class T>
struct CachedAttentionOf {
    RowsOf<T> out;
    RowsOf<const T> q;
    KvCache cache;
    const int64_t* sequences;
    const int64_t* positions;
    int64_t rows, heads;
    float scale;
};

using CachedAttention = CachedAttentionOf<float>;

template <class T>
struct AttentionOf {
    RowsOf<T> out;
    RowsOf<float> logsumexp;  // or null
    RowsOf<const T> q, keys, values;
    int64_t sequences;
    const int64_t* key_offsets;
    const int64_t* query_offsets;
    const int64_t* positions;  // or null: every token is a query
    int64_t heads, kv_heads, head;
    float scale;
};

using Attention = AttentionOf<float>;

template <class T>
struct AttentionBackwardOf {
    RowsOf<T> dq, dkeys, dvalues;
    RowsOf<const T> dout, out;
    RowsOf<const float> logsumexp;
    AttentionOf<T> forward;  // its inputs; outputs unused
};

using AttentionBackward = AttentionBackwardOf<float>;

struct WeightGradient {
    MutableRows dw;
    Rows dy, x;
    float scale;
    bool add;
    int64_t rows, n_out, n_in;
};

struct VocabularyHead {
    Panels weight;
    int64_t vocabulary;
    const int64_t* suppressed;
    int64_t suppressed_count;
    float inverse_temperature;
};

struct TokenLogprobs {
    float* logprobs;
    float* entropies;       // or null
    MutableRows gradients;  // or null
    Rows hidden;
    const int64_t* targets;
    int64_t rows;
    VocabularyHead head;
    Panels transposed;  // of the head, for gradients
};

struct LogitLogprobs {
    float* logprobs;
    float* entropies;  // or null
    MutableRows logits;
    const int64_t* targets;
    float inverse_temperature;
    bool differentiate;
    int64_t rows, vocabulary;
};

// The step's constants, with the bias corrections in them.
struct AdamW {
    float* parameters;
    const float* gradient;
    float* first;
    float* second;
    float scale;         // of the gradient
    float keep;          // 1 - lr λ
    float mix1;          // 1 - β₁
    float decay2;        // β₂
    float mix2;          // 1 - β₂
    float rate;          // lr / (1 - β₁^step)
    float inverse_root;  // 1 / √(1 - β₂^step)
    float epsilon;
    int64_t n;
};

struct SampleTokens {
    int64_t* tokens;
    float* logprobs;
    float* entropies;  // or null
    Rows logits;
    const int64_t* conversations;
    const int64_t* positions;
    int64_t rows, vocabulary;
    bool greedy;
    float inverse_temperature;
    int64_t top_k;  // 0 for all
    double top_p;
    const int64_t* suppressed;
    int64_t suppressed_count;
    int64_t seed, step;
};

struct PolicyLoss {
    double* loss;
    float* dlogprobs;
    const float* logprobs;
    const float* old_logprobs;
    const float* advantages;
    double clip, total;
    int64_t n;
};

struct ValueLoss {
    double* loss;
    float* dvalues;
    const float* values;
    const float* old_values;
    const float* returns;
    double clip, total;
    int64_t n;
};

struct Advantages {
    float* advantages;
    float* returns;
    const float* rewards;
    const float* values;
    const double* discounts;
    double lambda;
    const int64_t* offsets;
    int64_t conversations;
};

struct Kernels {
    const char* name;
    int panel;       // output columns that a packed weight keeps together
    bool fast_bf16;  // has instructions for products of pairs
    int64_t (*kv_cache_elements)(const KvCache& cache);

    // A status, with its text kept for dl_last_error where it is not DL_OK. `pack` fills all of a packed weight but its header.
    int (*pack)(const Weight& weight, float* panels);
    int (*linear)(const Linear& call);
    int (*weight_gradient)(const WeightGradient& call);
    int (*embedding)(const Embedding& call);
    int (*round_bfloat16)(const RoundBfloat16& call);
    int (*rms_norm)(const RmsNorm& call);
    int (*rms_norm_backward)(const RmsNormBackward& call);
    int (*rotary)(const Rotary& call);
    int (*round)(const Round& call);
    int (*swiglu)(const SwiGlu& call);
    int (*swiglu_backward)(const SwiGluBackward& call);
    int (*kv_append)(const KvAppend& call);
    int (*kv_copy)(const KvCopy& call);
    int (*attention_cached)(const CachedAttention& call);
    int (*attention)(const Attention& call);
    int (*attention_backward)(const AttentionBackward& call);
    int (*token_logprobs)(const TokenLogprobs& call);
    int (*logit_logprobs)(const LogitLogprobs& call);
    int (*sample_tokens)(const SampleTokens& call);
    int (*policy_loss)(const PolicyLoss& call);
    int (*value_loss)(const ValueLoss& call);
    int (*advantages)(const Advantages& call);
    int (*whiten)(float* x, bool shift_mean, int64_t n);
    int (*squared_norms)(double* sums, const float* x, int64_t block, int64_t n);
    int (*adamw)(const AdamW& call);
};

// Null where this build or this processor lacks the instruction set.
const Kernels* scalar_kernels();
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();
const Kernels* avx512bf16_kernels();
const Kernels* amx_kernels();
const Kernels* wide_kernels();  // 16 lanes on AVX2, for tests
const Kernels* amx_model_kernels();  // on AVX2, for tests

// The table in use, or null with the reason kept for dl_last_error.
const Kernels* kernels();

}  // namespace drllava
