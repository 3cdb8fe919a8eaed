// What the functions of the C header call once their arguments are checked: one table of kernels for each instruction set.
#pragma once

#include <cstdint>

#include "inline.h"

namespace drllava {

// Rows of floats, ld apart.
struct Rows {
    const float* data;
    int64_t ld;

    DL_INLINE const float* row(int64_t r) const { return data + r * ld; }
    DL_INLINE explicit operator bool() const { return data != nullptr; }
};

struct MutableRows {
    float* data;
    int64_t ld;

    DL_INLINE float* row(int64_t r) const { return data + r * ld; }
    DL_INLINE explicit operator bool() const { return data != nullptr; }
};

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

struct RmsNorm {
    MutableRows y;
    Rows x;
    const float* weight;
    float eps;
    float* inverse;  // or null
    int64_t rows, n;
};

struct RmsNormBackward {
    MutableRows dx;
    Rows dy, x;
    const float* weight;
    const float* inverse;
    Rows residual;  // or null
    int64_t rows, n;
};

struct Rotary {
    MutableRows x;
    const float* cosines;
    const float* sines;
    const int64_t* positions;
    bool backward;
    int64_t rows, heads, head;
};

struct SwiGlu {
    MutableRows y;
    Rows gate, up;
    int64_t rows, n;
};

struct SwiGluBackward {
    MutableRows dgate, dup;
    MutableRows y;  // or null
    Rows dy, gate, up;
    int64_t rows, n;
};

struct CachedAttention {
    MutableRows out;
    Rows q;
    float* cache;
    int64_t capacity, kv_heads, head;
    const int64_t* sequences;
    const int64_t* positions;
    int64_t rows, heads;
    float scale;
};

struct Attention {
    MutableRows out;
    MutableRows logsumexp;  // or null
    Rows q, keys, values;
    int64_t sequences;
    const int64_t* key_offsets;
    const int64_t* query_offsets;
    const int64_t* positions;  // or null: every token is a query
    int64_t heads, kv_heads, head;
    float scale;
};

struct AttentionBackward {
    MutableRows dq, dkeys, dvalues;
    Rows dout, out, logsumexp;
    Attention forward;  // its inputs; outputs unused
};

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

struct Kernels {
    const char* name;
    int panel;       // output columns that a packed weight keeps together
    bool fast_bf16;  // has instructions for products of pairs

    void (*pack)(const Weight& weight, float* panels);
    // False when there is no memory to work in.
    bool (*linear)(const Linear& call);

    void (*rms_norm)(const RmsNorm& call);
    void (*rms_norm_backward)(const RmsNormBackward& call);
    void (*rotary)(const Rotary& call);
    void (*swiglu)(const SwiGlu& call);
    void (*swiglu_backward)(const SwiGluBackward& call);

    // These too.
    bool (*attention_cached)(const CachedAttention& call);
    bool (*attention)(const Attention& call);
    bool (*attention_backward)(const AttentionBackward& call);
    bool (*weight_gradient)(const WeightGradient& call);
    bool (*token_logprobs)(const TokenLogprobs& call);

    void (*row_distribution)(const float* logits, int64_t vocabulary, float inverse_temperature, float* logsumexp, float* entropy);
    void (*row_probabilities)(float* p, const float* logits, int64_t vocabulary, float inverse_temperature, float logsumexp);
    void (*adamw)(const AdamW& call);
};

// Null where this build or this processor lacks the instruction set.
const Kernels* scalar_kernels();
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();
const Kernels* avx512bf16_kernels();
const Kernels* wide_kernels();  // 16 lanes on AVX2, for tests

// The table in use, or null with the reason kept for dl_last_error.
const Kernels* kernels();

}  // namespace drllava
