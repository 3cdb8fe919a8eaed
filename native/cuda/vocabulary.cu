// Log-probabilities straight from hidden states: a block takes MOST_ROWS rows through the whole vocabulary, BLOCK_COLUMNS
// tokens at a time, and for gradients a second time, when the log-sum-exps are known. It needs the head once, not transposed.
#include "vocabulary.h"

#include "distribution.h"
#include "faults.h"
#include "products.h"

namespace drllava::cuda {
namespace {

static_assert(BLOCK_COLUMNS == SLOTS, "a lane's tokens are a slot's, so that sampling from logits gives the same bits");

constexpr int SLOPES = 4 * BLOCK_COLUMNS;  // tokens whose share of the gradient is added at once

struct VocabularyMemory {
    float* products;
    Distribution* slots;  // [MOST_ROWS, SLOTS]
    float* targets;       // [MOST_ROWS]
    float* logsumexps;    // [MOST_ROWS]
    float* slopes;        // [MOST_ROWS, SLOPES]

    static constexpr size_t BYTES = sizeof(float) * (PRODUCT_ROOM + MOST_ROWS * (2 + SLOPES)) + sizeof(Distribution) * MOST_ROWS * SLOTS;

    __device__ VocabularyMemory()
        : products(dynamic_shared<float>()), slots(reinterpret_cast<Distribution*>(products + PRODUCT_ROOM)),
          targets(reinterpret_cast<float*>(slots + MOST_ROWS * SLOTS)), logsumexps(targets + MOST_ROWS), slopes(logsumexps + MOST_ROWS) {}
};

// The lane's place: a row of the block, and the first of its tokens.
struct Place {
    int row, slot;

    __device__ Place() : row(threadIdx.x % WARP / WARP_COLUMNS), slot(threadIdx.x / WARP * WARP_COLUMNS + threadIdx.x % WARP_COLUMNS) {}
};

// Minus infinity for a token that the distribution leaves out.
__device__ float logit_of(const VocabularyHead& head, float product, int64_t token) {
    bool out = token >= head.vocabulary || listed(head.suppressed, head.suppressed_count, token);
    return out ? -INFINITY : product * head.inverse_temperature;
}

template <class W>
__device__ void score(const TokenLogprobs& call, const WeightRows<W>& weight, const VocabularyMemory& memory, int64_t from) {
    Place place;
    int64_t r = from + place.row < call.rows ? from + place.row : call.rows - 1;
    Distribution mine;
    for (int64_t first = 0; first < call.head.vocabulary; first += BLOCK_COLUMNS) {
        float product = products<MOST_ROWS>(call.hidden, from, call.rows, weight, first + threadIdx.x / WARP * WARP_COLUMNS, memory.products);
        float logit = logit_of(call.head, product, first + place.slot);
        mine.add(logit);
        if (first + place.slot == call.targets[r]) {
            memory.targets[place.row] = logit;
        }
    }
    memory.slots[place.row * SLOTS + place.slot] = mine;
    __syncthreads();
    r = from + threadIdx.x;
    if (threadIdx.x < MOST_ROWS && r < call.rows) {
        Outcome outcome = outcome_of(memory.slots + threadIdx.x * SLOTS);
        memory.logsumexps[threadIdx.x] = outcome.logsumexp;
        if (inside(Array::TARGETS, r, call.targets[r], call.head.vocabulary)) {
            call.logprobs[r] = memory.targets[threadIdx.x] - outcome.logsumexp;
            if (call.entropies != nullptr) {
                call.entropies[r] = outcome.entropy;
            }
        }
    }
    __syncthreads();
}

// (1[target] - p) / temperature for SLOPES tokens from `first` on.
template <class W>
__device__ void differentiate(const TokenLogprobs& call, const WeightRows<W>& weight, const VocabularyMemory& memory, int64_t from,
                              int64_t first) {
    Place place;
    int64_t r = from + place.row < call.rows ? from + place.row : call.rows - 1;
    for (int part = 0; part < SLOPES; part += BLOCK_COLUMNS) {
        int64_t begin = first + part, token = begin + place.slot;
        float product = products<MOST_ROWS>(call.hidden, from, call.rows, weight, begin + threadIdx.x / WARP * WARP_COLUMNS, memory.products);
        float p = exponential(logit_of(call.head, product, token) - memory.logsumexps[r - from]);
        memory.slopes[place.row * SLOPES + part + place.slot] = ((token == call.targets[r] ? 1 : 0) - p) * call.head.inverse_temperature;
    }
}

template <class W>
__device__ void add_gradients(const TokenLogprobs& call, const WeightRows<W>& weight, const VocabularyMemory& memory, int64_t from) {
    int rows = static_cast<int>(call.rows - from < MOST_ROWS ? call.rows - from : MOST_ROWS);
    for (int64_t first = 0; first < call.head.vocabulary; first += SLOPES) {
        differentiate(call, weight, memory, from, first);
        __syncthreads();
        int64_t left = call.head.vocabulary - first;
        int tokens = static_cast<int>(left < SLOPES ? left : SLOPES);
        for (int64_t k = threadIdx.x; k < weight.n; k += blockDim.x) {
            float sums[MOST_ROWS];
#pragma unroll
            for (int r = 0; r < MOST_ROWS; r++) {
                sums[r] = first > 0 && r < rows ? call.gradients.row(from + r)[k] : 0;
            }
            for (int token = 0; token < tokens; token++) {
                float w = number(weight.row(first + token)[k]);
#pragma unroll
                for (int r = 0; r < MOST_ROWS; r++) {
                    sums[r] = fmaf(memory.slopes[r * SLOPES + token], w, sums[r]);
                }
            }
#pragma unroll
            for (int r = 0; r < MOST_ROWS; r++) {
                if (r < rows) {
                    call.gradients.row(from + r)[k] = sums[r];
                }
            }
        }
        __syncthreads();
    }
}

__global__ void token_logprobs_block(TokenLogprobs call) {
    const VocabularyHead& head = call.head;
    if (!packed_for(Array::PACKED, head.weight.data, head.weight.n, head.vocabulary) ||
        !rising(Array::SUPPRESSED, head.suppressed, head.suppressed_count, head.vocabulary)) {
        return;
    }
    VocabularyMemory memory;
    with_weight(head.weight, head.vocabulary, [&](const auto& weight) {
        int64_t from = int64_t{blockIdx.x} * MOST_ROWS;
        score(call, weight, memory, from);
        if (call.gradients) {
            add_gradients(call, weight, memory, from);
        }
    });
}

// A block a row: its SLOTS first lanes look at the logits as sampling does, then all differentiate.
__global__ void logit_logprobs_row(LogitLogprobs call) {
    Distribution* slots = dynamic_shared<Distribution>();
    int64_t r = blockIdx.x, target = call.targets[r];
    float* logits = call.logits.row(r);
    if (!inside(Array::TARGETS, r, target, call.vocabulary)) {
        return;
    }
    Outcome outcome = outcome_of_logits(logits, call.vocabulary, call.inverse_temperature, slots);
    if (threadIdx.x == 0) {
        call.logprobs[r] = logits[target] * call.inverse_temperature - outcome.logsumexp;
        if (call.entropies != nullptr) {
            call.entropies[r] = outcome.entropy;
        }
    }
    __syncthreads();
    for (int64_t token = threadIdx.x; token < call.vocabulary && call.differentiate; token += blockDim.x) {
        float p = exponential(logits[token] * call.inverse_temperature - outcome.logsumexp);
        logits[token] = ((token == target ? 1 : 0) - p) * call.inverse_temperature;
    }
}

}  // namespace

int token_logprobs(const TokenLogprobs& call) {
    return launch("dl_token_logprobs", token_logprobs_block, blocks(call.rows, MOST_ROWS), PRODUCT_WARPS * WARP, VocabularyMemory::BYTES, call);
}

int logit_logprobs(const LogitLogprobs& call) {
    int threads = threads_for(call.vocabulary);
    return launch("dl_logit_logprobs", logit_logprobs_row, dim3(call.rows), threads, SLOTS * sizeof(Distribution), call);
}

}  // namespace drllava::cuda
