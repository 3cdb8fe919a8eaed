// Losses over an iteration's tokens, a few thousand: one block. AdamW and the norm over all parameters.
#include "training.h"

#include "faults.h"
#include "numbers.h"
#include "ppo.h"

namespace drllava::cuda {
namespace {

constexpr size_t ROOM = THREADS / WARP * sizeof(double);
constexpr int64_t MOST_BLOCKS = 1024;

__global__ void policy_loss_block(PolicyLoss call) {
    double sum = 0;
    for (int64_t i = threadIdx.x; i < call.n; i += blockDim.x) {
        double ratio = exp(static_cast<double>(call.logprobs[i]) - call.old_logprobs[i]);
        TokenLoss term = policy_term(ratio, call.advantages[i], call.clip);
        sum += term.loss;
        call.dlogprobs[i] = static_cast<float>(term.slope / call.total);
    }
    sum = block_sum(sum, dynamic_shared<double>());
    if (threadIdx.x == 0) {
        *call.loss = sum / call.total;
    }
}

__global__ void value_loss_block(ValueLoss call) {
    double sum = 0;
    for (int64_t i = threadIdx.x; i < call.n; i += blockDim.x) {
        TokenLoss term = value_term(call.values[i], call.old_values[i], call.returns[i], call.clip);
        sum += term.loss;
        call.dvalues[i] = static_cast<float>(term.slope / call.total);
    }
    sum = block_sum(sum, dynamic_shared<double>());
    if (threadIdx.x == 0) {
        *call.loss = sum / 2 / call.total;
    }
}

__global__ void advantages_of_conversation(Advantages call) {
    int64_t c = thread_of_grid();
    if (c >= call.conversations) {
        return;
    }
    Range tokens = range_of(Array::OFFSETS, call.offsets, c);
    double next = 0, next_value = 0;
    for (int64_t t = tokens.to - 1; t >= tokens.from; t--) {
        double value = call.values[t];
        double delta = call.rewards[t] + call.discounts[t] * next_value - value;
        next = delta + call.discounts[t] * call.lambda * next;
        next_value = value;
        call.advantages[t] = static_cast<float>(next);
        call.returns[t] = static_cast<float>(next + value);
    }
}

__global__ void whiten_block(float* x, bool shift_mean, int64_t n) {
    double* room = dynamic_shared<double>();
    double sum = 0, squares = 0;
    for (int64_t i = threadIdx.x; i < n; i += blockDim.x) {
        sum += x[i];
    }
    double mean = block_sum(sum, room) / n;
    for (int64_t i = threadIdx.x; i < n; i += blockDim.x) {
        squares += (x[i] - mean) * (x[i] - mean);
    }
    double inverse = 1 / (sqrt(block_sum(squares, room) / n) + 1e-8), shift = shift_mean ? 0 : mean;
    for (int64_t i = threadIdx.x; i < n; i += blockDim.x) {
        x[i] = static_cast<float>((x[i] - mean) * inverse + shift);
    }
}

__global__ void add_squares(double* sums, const float* x, int64_t n) {
    double sum = 0;
    for (int64_t i = thread_of_grid(); i < n; i += int64_t{gridDim.x} * blockDim.x) {
        sum += static_cast<double>(x[i]) * x[i];
    }
    sum = block_sum(sum, dynamic_shared<double>());
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}

__global__ void add_sums(double* sum, const double* sums, int64_t n) {
    double mine = 0;
    for (int64_t i = threadIdx.x; i < n; i += blockDim.x) {
        mine += sums[i];
    }
    mine = block_sum(mine, dynamic_shared<double>());
    if (threadIdx.x == 0) {
        *sum = mine;
    }
}

__global__ void adamw_number(AdamW call) {
    int64_t i = thread_of_grid();
    if (i < call.n) {
        float g = call.gradient[i] * call.scale;
        float m = fmaf(g - call.first[i], call.mix1, call.first[i]);
        float v = fmaf(g * g, call.mix2, call.second[i] * call.decay2);
        call.first[i] = m;
        call.second[i] = v;
        call.parameters[i] = call.parameters[i] * call.keep - call.rate * m / fmaf(sqrtf(v), call.inverse_root, call.epsilon);
    }
}

}  // namespace

int policy_loss(const PolicyLoss& call) { return launch("dl_policy_loss", policy_loss_block, 1, THREADS, ROOM, call); }

int value_loss(const ValueLoss& call) { return launch("dl_value_loss", value_loss_block, 1, THREADS, ROOM, call); }

int advantages(const Advantages& call) {
    return launch("dl_advantages", advantages_of_conversation, blocks(call.conversations, WARP), WARP, 0, call);
}

int whiten(float* x, bool shift_mean, int64_t n) { return launch("dl_whiten", whiten_block, 1, THREADS, ROOM, x, shift_mean, n); }

int squared_norm(double* sum, const float* x, int64_t n) {
    int64_t parts = (n + 16 * THREADS - 1) / (16 * THREADS);
    parts = parts < MOST_BLOCKS ? parts : MOST_BLOCKS;
    StreamMemory sums(parts * sizeof(double) + 1);
    int status = checked(sums.error(), "dl_squared_norm");
    status = status != DL_OK ? status : launch("dl_squared_norm", add_squares, dim3(parts), THREADS, ROOM, sums.as<double>(), x, n);
    return status != DL_OK ? status : launch("dl_squared_norm", add_sums, 1, THREADS, ROOM, sum, static_cast<const double*>(sums.as<double>()), parts);
}

int adamw(const AdamW& call) { return launch("dl_adamw", adamw_number, blocks(call.n, THREADS), THREADS, 0, call); }

}  // namespace drllava::cuda
