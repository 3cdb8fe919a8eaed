/*
 * Fused kernels of Dr-LLaVA: plain C, no libtorch. All arrays are the caller's and row-major; a row's elements lie side by
 * side, and ld* is the distance between rows, in elements. No function keeps a pointer after it returns.
 *
 * Every function returns DL_OK or a fault, whose text dl_last_error gives to the thread that called. A fault found in the
 * arguments leaves all outputs untouched. Sizes are 0 to 2^31 - 1; an array that the sizes make empty may be NULL.
 *
 * The functions may be called from several threads at once, each on outputs of its own, and work on the calling thread
 * alone unless it asks for help (dl_set_threads). What they compute for one row (token) does not depend on the other rows of the call, nor on the row's place among
 * them: the order of every sum is fixed, so the same row gives the same bits in a batch of 1 and of 1,000.
 *
 * A kernel exists once for each instruction set; the best that the processor has is taken, or the one that the environment
 * variable DRLLAVA_KERNELS names (scalar, avx2, avx512, avx512bf16, amx). Bits may differ between instruction sets.
 *
 * Two libraries have these functions, with the same names. libdrllava_kernels is for the CPU and what is said above.
 * libdrllava_kernels_cuda is for NVIDIA GPUs (compute capability 8.0 and 9.0, and newer), and differs in this:
 *
 * - Arrays lie in memory of the current GPU, also those that a struct points to. Structs themselves, single results (loss,
 *   sum, floats, …) and the name and error texts are the host's.
 * - A call puts its work on the stream that the calling thread set with dl_set_stream, and returns. Only what gives the host a
 *   single result (dl_policy_loss, dl_value_loss, dl_squared_norm) waits. The rest may be captured into a CUDA graph.
 * - Wrong numbers in arrays (positions out of range, offsets that fall, a weight packed for other sizes, a row without a token)
 *   are found by the kernels, which leave undone what such a number is about; dl_synchronize then gives the fault. An array
 *   whose size only offsets tell may be NULL only where there are no sequences. A pointer into other memory than the GPU's is
 *   not found: CUDA then ends the process's use of the GPU with DL_DEVICE_FAILED.
 * - The linear layers are for few rows, as in decoding: they read the weight once and little else. For many rows use cuBLAS,
 *   on the same packed weight: 64 bytes behind its beginning lies [n_out, n_in] in row order, of floats, or of bfloat16 with
 *   rows of an even length. dl_token_logprobs likewise is right for any number of rows and fast for few; it does not read
 *   packed_transposed, for which the packed head will do.
 * - dl_sample_tokens draws the token that the CPU's does from the same logits.
 */
#ifndef DRLLAVA_KERNELS_H
#define DRLLAVA_KERNELS_H

#include <stdint.h>

#define DL_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

enum {
    DL_OK = 0,
    DL_BAD_ARGUMENT = 1,
    DL_OUT_OF_MEMORY = 2,
    DL_UNSUPPORTED = 3, /* the instruction set asked for, or no GPU */
    DL_DEVICE_FAILED = 4 /* CUDA refused; the text is its own */
};

/* Changes whenever a signature does; a binding made for another number must not call. */
#define DL_ABI_VERSION 3
DL_API int dl_abi_version(void);

/* Why the calling thread's last call failed, one sentence; empty when none has. */
DL_API const char* dl_last_error(void);

/* *name becomes scalar, avx2, avx512, avx512bf16 or amx; cuda in the library for GPUs. */
DL_API int dl_instruction_set(const char** name);

/* Where the calling thread's further calls put their work: a cudaStream_t, NULL for the default one. On the CPU NULL alone. */
DL_API int dl_set_stream(void* stream);

/*
 * The calling thread's further calls are shared among this many threads, 1 to 1024, itself among them; at first 1. On the CPU, where
 * linear layers, attention over a cache and sampling gain by it; bits do not depend on it. The library for GPUs takes 1 alone.
 * The others sleep while there is nothing to do, and end with the calling thread.
 */
DL_API int dl_set_threads(int64_t threads);

/* Waits for the calling thread's stream and gives the first fault that a kernel has found since the last time. */
DL_API int dl_synchronize(void);

/* ---- Linear layers -------------------------------------------------------------------------------------------------- */

enum {
    DL_NT = 0, /* y = x Wᵀ: a forward pass; W is [n_out, n_in] */
    DL_NN = 1  /* y = x W: a gradient with respect to inputs; W is [n_in, n_out] */
};

enum {
    DL_F32 = 0,
    DL_BF16 = 1 /* the weight is rounded when it is packed, and what meets it in a product too; sums are float32 */
};

/* *floats becomes the size of the packed copy of a weight [rows, columns]. */
DL_API int dl_packed_size(int64_t rows, int64_t columns, int layout, int precision, int64_t* floats);

/*
 * Lays a weight [rows, columns] out for dl_linear_packed, zeros at the end included. The copy remembers its sizes and is
 * good for the process that made it. 64-byte alignment makes its use faster.
 */
DL_API int dl_pack_weight(const float* weight, int64_t ldw, int64_t rows, int64_t columns, int layout, int precision, float* packed,
                   int64_t floats);

/* *fast becomes 1 where this processor multiplies bfloat16 faster than float32, else 0: products of DL_BF16 then only save memory. */
DL_API int dl_fast_bf16(int* fast);

/*
 * y = scale · x W' + residual, W' being Wᵀ or W as packed.
 *
 * y        [rows, n_out]; not overlapping x
 * x        [rows, n_in]
 * packed   of dl_pack_weight for these n_in and n_out
 * residual [rows, n_out] or NULL; may be y itself
 */
DL_API int dl_linear_packed(float* y, int64_t ldy, const float* x, int64_t ldx, const float* packed, const float* residual,
                     int64_t ldr, float scale, int64_t rows, int64_t n_in, int64_t n_out);

/*
 * y = x W' + low B' + residual: a frozen layer with its low-rank update (LoRA, arXiv 2106.09685) in one pass over y. Make
 * low = scale · x Aᵀ with dl_linear_packed. Layers that are joined to one have an update each: outputs part_ends[i - 1] to
 * part_ends[i] - 1 read low's columns i · rank to (i + 1) · rank - 1.
 *
 * low       [rows, parts · rank]
 * packed_b  of dl_pack_weight for rank inputs and n_out outputs, in float32; amx, beside a weight in bfloat16, takes low and
 *           packed_b as sums of two bfloat16 each, which are exact to 2^-17
 * part_ends [parts], never falling, the last n_out
 */
DL_API int dl_linear_lora(float* y, int64_t ldy, const float* x, int64_t ldx, const float* packed, const float* low, int64_t ldl,
                   const float* packed_b, const int64_t* part_ends, int64_t parts, const float* residual, int64_t ldr, int64_t rows,
                   int64_t n_in, int64_t n_out, int64_t rank);

/*
 * The gradient of a weight in y = x Wᵀ: dw = scale · dyᵀ x, or dw += with `add`. For the small matrices of low-rank updates:
 * with low = scale · x Aᵀ and y += low Bᵀ it is dB += dyᵀ low, and with dlow = dy B (dl_linear_packed, DL_NN) dA += scale ·
 * dlowᵀ x and dx += scale · dlow A.
 *
 * dw [n_out, n_in]
 * dy [rows, n_out]
 * x  [rows, n_in]
 */
DL_API int dl_weight_gradient(float* dw, int64_t lddw, const float* dy, int64_t lddy, const float* x, int64_t ldx, float scale, int add,
                       int64_t rows, int64_t n_out, int64_t n_in);

/* ---- Rows ------------------------------------------------------------------------------------------------------------ */

/*
 * y[r] = table[ids[r]].
 *
 * y     [rows, n]
 * table [count, n], floats (DL_F32) or bfloat16 numbers (DL_BF16)
 * ids   [rows], each below count
 */
DL_API int dl_embedding(float* y, int64_t ldy, const void* table, int64_t ldt, int precision, int64_t count, const int64_t* ids, int64_t rows,
                 int64_t n);

/*
 * y = x as bfloat16, to the nearest, ties to even: what meets a weight of bfloat16 in another library's product.
 *
 * y [rows, n], 16 bits each; not overlapping x
 * x [rows, n]
 */
DL_API int dl_round_bfloat16(uint16_t* y, int64_t ldy, const float* x, int64_t ldx, int64_t rows, int64_t n);

/* ---- Normalisation, positions, feed-forward -------------------------------------------------------------------------- */

/*
 * RMSNorm (arXiv 1910.07467): y = x · inverse · weight with inverse = 1 / √(mean(x²) + eps), for each row.
 *
 * y       [rows, n]; may be x
 * x       [rows, n]
 * weight  [n]
 * inverse [rows] or NULL; what dl_rms_norm_backward needs
 */
DL_API int dl_rms_norm(float* y, int64_t ldy, const float* x, int64_t ldx, const float* weight, float eps, float* inverse, int64_t rows,
                int64_t n);

/*
 * dx = residual + d loss / d x, given dy = d loss / d y; the weight is frozen:
 * inverse · (dy · weight - x · inverse² · mean(dy · weight · x)).
 *
 * dx       [rows, n]; may be dy or residual
 * residual [rows, n] or NULL: the gradient that goes round the layer
 * inverse  [rows] of dl_rms_norm
 */
DL_API int dl_rms_norm_backward(float* dx, int64_t lddx, const float* dy, int64_t lddy, const float* x, int64_t ldx, const float* weight,
                         const float* inverse, const float* residual, int64_t ldr, int64_t rows, int64_t n);

/*
 * Rotary positions (arXiv 2104.09864), in place; element i of a head is paired with element i + head / 2:
 * y[i] = x[i] cos[i] + x[i ± head/2] sin[i]. Backward turns a gradient the other way round.
 *
 * x         [rows, heads · head], heads side by side; more columns may follow up to ldx
 * cosines   [table_rows, head]
 * sines     [table_rows, head], negative in the first half
 * positions [rows], each below table_rows
 */
DL_API int dl_rotary(float* x, int64_t ldx, const float* cosines, const float* sines, int64_t table_rows, const int64_t* positions,
              int backward, int64_t rows, int64_t heads, int64_t head);

/*
 * SwiGLU (arXiv 2002.05202): y = silu(gate) · up, silu(g) = g / (1 + e^-g).
 *
 * y, gate, up [rows, n]; y may be gate or up
 */
DL_API int dl_swiglu(float* y, int64_t ldy, const float* gate, int64_t ldg, const float* up, int64_t ldu, int64_t rows, int64_t n);

/*
 * dgate = dy · up · σ(gate) · (1 + gate · (1 - σ(gate))); dup = dy · silu(gate).
 *
 * dgate, dup [rows, n]; may be dy, gate or up
 * y          [rows, n] or NULL: silu(gate) · up once more, for the gradient of a low-rank update of the layer behind; may
 *            be dy, gate or up as well
 */
DL_API int dl_swiglu_backward(float* dgate, int64_t lddg, float* dup, int64_t lddu, float* y, int64_t ldy, const float* dy, int64_t lddy,
                       const float* gate, int64_t ldg, const float* up, int64_t ldu, int64_t rows, int64_t n);

/* Rounds x [rows, n] to bfloat16 in place, ties to even. */
DL_API int dl_round(float* x, int64_t ldx, int64_t rows, int64_t n);

/* ---- Attention ------------------------------------------------------------------------------------------------------- */

/*
 * Causal attention with grouped queries (arXiv 1706.03762, 2305.13245): query head h looks at key head h / (heads / kv_heads);
 * out = Σ_j softmax_j(scale · q · k_j) v_j over the keys j up to the query's own position. A head has 1 to 256 elements.
 *
 * The cached and the packed form give a row the same bits; with a cache of DL_BF16 if the packed one's keys and values have gone
 * through dl_round.
 */

/*
 * Keys and values of one layer for `batch` sequences that grow up to `capacity` tokens each. The layout is the kernels'
 * own; the memory is the caller's and begins with zeros.
 */
typedef struct {
    float* data;
    int64_t floats; /* of data; see dl_kv_cache_size */
    int64_t batch;
    int64_t capacity;
    int64_t kv_heads;
    int64_t head;
    int64_t precision; /* DL_F32, or DL_BF16 to round keys and values and to need half the memory */
} dl_kv_cache;

/* *floats becomes the size of a cache with these sizes; data and floats of `cache` are not looked at. */
DL_API int dl_kv_cache_size(const dl_kv_cache* cache, int64_t* floats);

/*
 * Writes tokens to their places.
 *
 * keys, values [rows, kv_heads · head]
 * sequences    [rows], each below batch
 * positions    [rows], each below capacity
 */
DL_API int dl_kv_append(const dl_kv_cache* cache, const float* keys, int64_t ldk, const float* values, int64_t ldv,
                 const int64_t* sequences, const int64_t* positions, int64_t rows);

/* Gives sequence `to` the first `length` tokens of sequence `from`. */
DL_API int dl_kv_copy(const dl_kv_cache* cache, int64_t from, int64_t to, int64_t length);

/*
 * Rows of any sequences over what the cache holds of them. Rows of one sequence are fastest when they follow each other.
 *
 * out, q    [rows, heads · head]; out may be q
 * sequences [rows]
 * positions [rows]; a row sees the cache's places 0 to its position, which must have been written
 */
DL_API int dl_attention_cached(float* out, int64_t ldo, const float* q, int64_t ldq, const dl_kv_cache* cache, const int64_t* sequences,
                        const int64_t* positions, int64_t rows, int64_t heads, float scale);

/*
 * Which rows belong together: keys (and values) of sequence s are rows key_offsets[s] to key_offsets[s + 1] - 1, its queries
 * rows query_offsets[s] to query_offsets[s + 1] - 1 at the given positions in the sequence. Offsets begin with 0.
 */
typedef struct {
    int64_t sequences;
    const int64_t* key_offsets;   /* [sequences + 1] */
    const int64_t* query_offsets; /* [sequences + 1], or NULL: as key_offsets, every token is a query */
    const int64_t* positions;     /* [queries]; NULL if and only if query_offsets is */
    int64_t heads;
    int64_t kv_heads;
    int64_t head;
    float scale;
} dl_attention_shape;

/*
 * Packed sequences, without a cache.
 *
 * out, q       [queries, heads · head]; out may be q
 * keys, values [keys, kv_heads · head]
 * logsumexp    [queries, heads] or NULL; what dl_attention_backward needs
 */
DL_API int dl_attention(float* out, int64_t ldo, float* logsumexp, const float* q, int64_t ldq, const float* keys, int64_t ldk,
                 const float* values, int64_t ldv, const dl_attention_shape* shape);

/*
 * Gradients with respect to q, keys and values, given dout. Scores are computed again, tile by tile.
 *
 * dq, dkeys, dvalues as q, keys, values; overwritten; must not overlap the inputs
 * out, logsumexp     of dl_attention
 */
DL_API int dl_attention_backward(float* dq, int64_t lddq, float* dkeys, int64_t lddk, float* dvalues, int64_t lddv, const float* dout,
                          int64_t lddo, const float* out, int64_t ldo, const float* logsumexp, const float* q, int64_t ldq,
                          const float* keys, int64_t ldk, const float* values, int64_t ldv, const dl_attention_shape* shape);

/* ---- The vocabulary -------------------------------------------------------------------------------------------------- */

/*
 * What a model thinks of given tokens: with l = hidden · headᵀ / temperature, logprob = l[target] - logsumexp(l), entropy =
 * -Σ p log p. Tile by tile; logits of more than a block of rows never exist.
 *
 * logprobs, entropies [rows]; entropies may be NULL
 * gradients           [rows, n_in] or NULL: d logprob / d hidden = Σ over the vocabulary of (1[target] - p) / temperature · head.
 *                     A loss's gradient is this times d loss / d logprob, a factor a row
 * hidden              [rows, n_in]
 * packed              the head [vocabulary, n_in] of dl_pack_weight, DL_NT
 * packed_transposed   the head of dl_pack_weight, DL_NN; NULL without gradients
 * targets             [rows], each below vocabulary
 * suppressed          [suppressed_count], tokens that the distribution leaves out, in rising order
 */
DL_API int dl_token_logprobs(float* logprobs, float* entropies, float* gradients, int64_t ldg, const float* hidden, int64_t ldh,
                      const float* packed, const float* packed_transposed, const int64_t* targets, const int64_t* suppressed,
                      int64_t suppressed_count, float temperature, int64_t rows, int64_t n_in, int64_t vocabulary);

/*
 * The same from logits that another library's product has made, for whole blocks of rows: dl_sample_tokens says the same bits of them.
 *
 * logprobs, entropies [rows]; entropies may be NULL
 * logits              [rows, vocabulary], not yet divided by the temperature; with `differentiate` they are overwritten by
 *                     d logprob / d logit = (1[target] - p) / temperature
 * targets             [rows], each below vocabulary
 */
DL_API int dl_logit_logprobs(float* logprobs, float* entropies, float* logits, int64_t ldl, const int64_t* targets, float temperature,
                      int differentiate, int64_t rows, int64_t vocabulary);

/* ---- Sampling -------------------------------------------------------------------------------------------------------- */

/*
 * Uniform in [0, 1), a multiple of 2^-32: the first word of Philox4x32-10 (Salmon et al., SC 2011) with the seed as key and
 * the rest as counter. Takes no memory of earlier calls.
 */
DL_API int dl_uniform(double* uniform, int64_t seed, int64_t step, int64_t conversation, int64_t position);

typedef struct {
    double temperature;        /* logits are divided by it; 0 takes the likeliest token, scored at 1 */
    int64_t top_k;             /* only the k likeliest, 0 for all */
    double top_p;              /* only the likeliest that together have this share, 1 for all */
    const int64_t* suppressed; /* [suppressed_count], never chosen, but counted in log-probabilities; in rising order */
    int64_t suppressed_count;
    int64_t seed;
    int64_t step;
} dl_sampling;

/*
 * Chooses a token for each row by dl_uniform(seed, step, conversation, position).
 *
 * tokens        [rows]
 * logprobs      [rows] of the chosen tokens over the whole vocabulary: dl_token_logprobs gives the same bits
 * entropies     [rows] or NULL
 * logits        [rows, vocabulary], not yet divided by the temperature
 * conversations [rows]
 * positions     [rows], the place that the token will have in its conversation
 */
DL_API int dl_sample_tokens(int64_t* tokens, float* logprobs, float* entropies, const float* logits, int64_t ldl,
                     const dl_sampling* sampling, const int64_t* conversations, const int64_t* positions, int64_t rows,
                     int64_t vocabulary);

/* ---- Proximal policy optimisation (arXiv 1707.06347) ----------------------------------------------------------------- */

/*
 * *loss = Σ max(-A ρ, -A clip(ρ, 1 ± clip)) / total, ρ = exp(logprob - old_logprob), and its gradient.
 *
 * dlogprobs, logprobs, old_logprobs, advantages [n]
 */
DL_API int dl_policy_loss(double* loss, float* dlogprobs, const float* logprobs, const float* old_logprobs, const float* advantages,
                   double clip, double total, int64_t n);

/*
 * *loss = ½ Σ max((V - R)², (clip(V, V_old ± clip) - R)²) / total, and its gradient.
 *
 * dvalues, values, old_values, returns [n]
 */
DL_API int dl_value_loss(double* loss, float* dvalues, const float* values, const float* old_values, const float* returns, double clip,
                  double total, int64_t n);

/*
 * Generalised advantage estimation (arXiv 1506.02438) of conversations one after the other: with V = A = 0 behind the end,
 * δ_t = r_t + γ_t V_{t+1} - V_t, A_t = δ_t + γ_t λ A_{t+1}, return_t = A_t + V_t; in double.
 *
 * advantages, returns, rewards, values [n]
 * discounts                            [n], γ_t from token t to the next
 * offsets                              [conversations + 1]
 */
DL_API int dl_advantages(float* advantages, float* returns, const float* rewards, const float* values, const double* discounts,
                  double lambda, const int64_t* offsets, int64_t conversations);

/* x = (x - mean) / (std + 1e-8) in place, the population's standard deviation; the mean is added again unless shift_mean. */
DL_API int dl_whiten(float* x, int shift_mean, int64_t n);

/* ---- The optimiser --------------------------------------------------------------------------------------------------- */

/* *sum becomes Σ x²: of a few thousand in float, which is right to 2 in a million, and of those sums in double. */
DL_API int dl_squared_norm(double* sum, const float* x, int64_t n);

typedef struct {
    double learning_rate;
    double beta1;
    double beta2;
    double epsilon;      /* added to √v̂ */
    double weight_decay; /* decoupled: p -= learning_rate · weight_decay · p */
    double scale;        /* of the gradient, before anything else: clipping */
    int64_t step;        /* from 1 */
} dl_adamw_settings;

/*
 * AdamW (arXiv 1711.05101) over a flat buffer: m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², p -= lr (λ p + m̂ / (√v̂ + ε)).
 *
 * parameters, gradient, first_moment, second_moment [n]; all but the gradient are updated
 */
DL_API int dl_adamw(float* parameters, const float* gradient, float* first_moment, float* second_moment, const dl_adamw_settings* settings,
             int64_t n);

#ifdef __cplusplus
}
#endif

#endif
