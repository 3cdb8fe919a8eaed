// Losses over an iteration's tokens, a few thousand: one block. AdamW and the norm over all parameters.
#include "training.h"

#include "faults.h"
#include "numbers.h"
#include "ppo.h"

namespace drllava::cuda {
namespace {

constexpr size_t ROOM = THREADS / WARP * sizeof(double);

__global__ void policy_loss_block(PolicyLoss call, double* loss) {
    double sum = 0;
    for (int64_t i = threadIdx.x; i < call.n; i += blockDim.x) {
        double ratio = exp(static_cast<double>(call.logprobs[i]) - call.old_logprobs[i]);
        TokenLoss term = policy_term(ratio, call.advantages[i], call.clip);
        sum += term.loss;
        call.dlogprobs[i] = static_cast<float>(term.slope / call.total);
    }
    sum = block_sum(sum, dynamic_shared<double>());
    if (threadIdx.x == 0) {
        *loss = sum / call.total;
    }
}

__global__ void value_loss_block(ValueLoss call, double* loss) {
    double sum = 0;
    for (int64_t i = threadIdx.x; i < call.n; i += blockDim.x) {
        TokenLoss term = value_term(call.values[i], call.old_values[i], call.returns[i], call.clip);
        sum += term.loss;
        call.dvalues[i] = static_cast<float>(term.slope / call.total);
    }
    sum = block_sum(sum, dynamic_shared<double>());
    if (threadIdx.x == 0) {
        *loss = sum / 2 / call.total;
    }
}

__global__ void advantages_of_conversation(Advantages call) {
    int64_t c = thread_of_grid();
    if (c >= call.conversations) {
        return;
    }
    Range tokens = range_of(Array::OFFSETS, call.offsets, c, call.conversations);
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

// A block of threads for a block of numbers.
__global__ void add_squares(double* sums, const float* x, int64_t block, int64_t n) {
    int64_t begin = blockIdx.x * block, end = begin + block < n ? begin + block : n;
    double sum = 0;
    for (int64_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
        sum += static_cast<double>(x[i]) * x[i];
    }
    sum = block_sum(sum, dynamic_shared<double>());
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
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

// Gives the host the first of the doubles that `work` puts into memory for `count` of them, and waits for it.
template <class Work>
int with_doubles(const char* function, int64_t count, double* result, Work work) {
    StreamMemory memory(count * sizeof(double));
    int status = checked(memory.error(), function);
    status = status != DL_OK ? status : work(memory.as<double>());
    if (status == DL_OK) {
        status = checked(cudaMemcpyAsync(result, memory.as<double>(), sizeof(double), cudaMemcpyDeviceToHost, stream()), function);
    }
    return status != DL_OK ? status : checked(cudaStreamSynchronize(stream()), function);
}

}  // namespace

int policy_loss(const PolicyLoss& call) {
    return with_doubles("dl_policy_loss", 1, call.loss,
                        [&](double* loss) { return launch("dl_policy_loss", policy_loss_block, 1, THREADS, ROOM, call, loss); });
}

int value_loss(const ValueLoss& call) {
    return with_doubles("dl_value_loss", 1, call.loss,
                        [&](double* loss) { return launch("dl_value_loss", value_loss_block, 1, THREADS, ROOM, call, loss); });
}

int advantages(const Advantages& call) {
    return launch("dl_advantages", advantages_of_conversation, blocks(call.conversations, WARP), WARP, 0, call);
}

int whiten(float* x, bool shift_mean, int64_t n) { return launch("dl_whiten", whiten_block, 1, THREADS, ROOM, x, shift_mean, n); }

int squared_norms(double* sums, const float* x, int64_t block, int64_t n) {
    return launch("dl_squared_norms", add_squares, blocks(n, block), THREADS, ROOM, sums, x, block, n);
}

int adamw(const AdamW& call) { return launch("dl_adamw", adamw_number, blocks(call.n, THREADS), THREADS, 0, call); }

}  // namespace drllava::cuda
