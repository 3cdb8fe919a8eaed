// The stand-in for a GPU: what it computes, and that it notices a kernel's faults.
#include "cuda_on_cpu.h"
#include "testing.h"

using namespace testing;

namespace {

// out[block] = the sum of the block's numbers, by shuffles and shared memory; a barrier may be forgotten.
template <bool BARRIER>
__global__ void sum(float* out, const float* in) {
    __shared__ float partial[32];
    float value = in[blockIdx.x * blockDim.x + threadIdx.x];
    for (int bits = 16; bits > 0; bits /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, bits);
    }
    if (threadIdx.x % 32 == 0) {
        partial[threadIdx.x / 32] = value;
    }
    if (BARRIER) {
        __syncthreads();
    }
    if (threadIdx.x < 32) {
        value = threadIdx.x < blockDim.x / 32 ? partial[threadIdx.x] : 0;
        for (int delta = 16; delta > 0; delta /= 2) {
            value += __shfl_down_sync(0xffffffffu, value, delta);
        }
        if (threadIdx.x == 0) {
            out[blockIdx.x] = value;
        }
    }
}

bool sums_are_right(void (*kernel)(float*, const float*), unsigned threads) {
    std::vector<float> in(5 * threads), out(5, NAN);
    std::vector<double> expected(5);
    for (size_t i = 0; i < in.size(); i++) {
        in[i] = float(i % 97);
        expected[i / threads] += in[i];
    }
    cuda_on_cpu::launch(5, threads, 0, [&] { kernel(out.data(), in.data()); });
    return std::equal(out.begin(), out.end(), expected.begin());
}

void a_missing_barrier_is_caught_in_one_of_the_orders() {
    int wrong = 0;
    for (const char* order : {"ascending", "descending", "7", "8"}) {
        cuda_on_cpu::order(order);
        for (unsigned threads : {32, 96, 256, 1024}) {
            EXPECT(sums_are_right(sum<true>, threads));
            wrong += !sums_are_right(sum<false>, threads);
        }
    }
    EXPECT(wrong > 0);
    cuda_on_cpu::order("ascending");
}

void warp_functions() {
    std::vector<unsigned> ballots(64), up(64), pairs(64), broadcast(64);
    std::vector<int> votes(64), some(64);
    int total = 0, most = 0;
    cuda_on_cpu::launch(1, dim3(8, 4, 2), 0, [&] {
        unsigned thread = threadIdx.x + 8 * (threadIdx.y + 4 * threadIdx.z);
        ballots[thread] = __ballot_sync(0xffffffffu, thread % 3 == 0);
        up[thread] = __shfl_up_sync(0xffffffffu, thread, 2);
        broadcast[thread] = __shfl_sync(0xffffffffu, thread, 5);
        if (thread % 2 == 1) {
            pairs[thread] = __shfl_xor_sync(0xaaaaaaaau, thread, 2);  // the odd lanes alone
        }
        __syncwarp();
        votes[thread] = __syncthreads_count(thread < 40);
        some[thread] = __syncthreads_or(thread == 63) + __any_sync(0xffffffffu, thread == 5) + 2 * __all_sync(0xffffffffu, thread < 32);
        atomicAdd(&total, int(thread));
        atomicMax(&most, int(thread));
    });
    for (unsigned thread = 0; thread < 64; thread++) {
        unsigned warp = thread / 32 * 32, expected = 0;
        for (unsigned lane = 0; lane < 32; lane++) {
            expected |= (warp + lane) % 3 == 0 ? 1u << lane : 0;
        }
        EXPECT(ballots[thread] == expected && votes[thread] == 40);
        EXPECT(up[thread] == (thread % 32 < 2 ? thread : thread - 2) && broadcast[thread] == warp + 5);
        EXPECT(pairs[thread] == (thread % 2 == 1 ? thread ^ 2 : 0));
        EXPECT(some[thread] == (thread < 32 ? 4 : 1));
    }
    EXPECT(total == 63 * 64 / 2 && most == 63);
}

void shared_memory_begins_poisoned() {
    std::vector<int> poisoned(2);
    cuda_on_cpu::launch(2, 1, 16, [&] {
        float* memory = static_cast<float*>(cuda_on_cpu::dynamic_shared());
        poisoned[blockIdx.x] = std::isnan(memory[3]);
        memory[3] = 1;
    });
    EXPECT(poisoned[0] == 1 && poisoned[1] == 1);
}

// Kernels that end the program; ctest looks for what they say.
int faulty(const std::string& which) {
    cuda_on_cpu::launch(1, 64, 0, [&] {
        bool odd = threadIdx.x % 2 == 1;
        if (which == "two-barriers") {
            if (odd) {
                __syncthreads();
            } else {
                __syncthreads();
            }
        } else if (which == "left-barrier" && odd) {
            __syncthreads();
        } else if (which == "left-warp" && odd) {
            __syncwarp();
        } else if (which == "deadlock") {
            if (threadIdx.x % 32 != 0) {
                __syncwarp();
            }
            __syncthreads();
        } else if (which == "outside-mask" && odd) {
            __shfl_sync(0xaaaaaaaau, 1, 0);
        }
    });
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 1) {
        return faulty(arguments[1]);
    }
    a_missing_barrier_is_caught_in_one_of_the_orders();
    warp_functions();
    shared_memory_begins_poisoned();
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
