// Calls that several threads share: the same bits, whoever computes them and however many there are.
#include "testing.h"

using namespace testing;

namespace {

constexpr int64_t ROWS = 13, IN = 70, MANY_ROWS = 150, MANY = 400, OUT = 411, HEADS = 6, KV_HEADS = 3, HEAD = 24, BATCH = 4, CAPACITY = 90;

struct Inputs {
    std::vector<float> x = random(ROWS * IN), weight = packed(random(OUT * IN), OUT, IN, DL_NT), low = random(ROWS * 2 * 4),
                       b = packed(random(OUT * 4), OUT, 4, DL_NT), q = random(ROWS * HEADS * HEAD), keys = random(BATCH * CAPACITY * KV_HEADS * HEAD),
                       values = random(BATCH * CAPACITY * KV_HEADS * HEAD);
    std::vector<float> many = random(MANY_ROWS * MANY), ones = random(MANY), halves = packed(random(64 * MANY), 64, MANY, DL_NT, DL_BF16),
                       turns = random(3 * 20);
    std::vector<int64_t> part_ends = {200, OUT}, sequences, positions, places, cache_sequences, cache_positions;

    Inputs() {
        for (int64_t r = 0; r < ROWS; r++) {
            sequences.push_back(r / 4);  // several rows of one sequence
            positions.push_back(17 * r % CAPACITY);
        }
        for (int64_t r = 0; r < MANY_ROWS; r++) {
            places.push_back(r % 3);
        }
        for (int64_t t = 0; t < BATCH * CAPACITY; t++) {
            cache_sequences.push_back(t / CAPACITY);
            cache_positions.push_back(t % CAPACITY);
        }
    }
};

struct Results {
    std::vector<float> linear = std::vector<float>(ROWS * OUT), many = linear, attended = std::vector<float>(ROWS * HEADS * HEAD),
                       logprobs = std::vector<float>(ROWS), normed = std::vector<float>(MANY_ROWS * MANY), gated = normed,
                       of_halves = std::vector<float>(MANY_ROWS * 64);
    std::vector<int64_t> tokens = std::vector<int64_t>(ROWS);

    bool operator==(const Results& other) const {
        return same_bits(linear.data(), other.linear.data(), linear.size()) && same_bits(many.data(), other.many.data(), many.size()) &&
               same_bits(attended.data(), other.attended.data(), attended.size()) && tokens == other.tokens &&
               same_bits(logprobs.data(), other.logprobs.data(), ROWS) && same_bits(normed.data(), other.normed.data(), normed.size()) &&
               same_bits(gated.data(), other.gated.data(), gated.size()) &&
               same_bits(of_halves.data(), other.of_halves.data(), of_halves.size());
    }
};

Results compute(Inputs& in) {
    Results out;
    EXPECT_OK(dl_linear_packed(out.linear.data(), OUT, in.x.data(), IN, in.weight.data(), nullptr, 0, 1, ROWS, IN, OUT));
    EXPECT_OK(dl_linear_lora(out.many.data(), OUT, in.x.data(), IN, in.weight.data(), in.low.data(), 8, in.b.data(), in.part_ends.data(), 2,
                             out.linear.data(), OUT, ROWS, IN, OUT, 4));
    dl_kv_cache cache{nullptr, 0, BATCH, CAPACITY, KV_HEADS, HEAD, DL_BF16};
    EXPECT_OK(dl_kv_cache_size(&cache, &cache.floats));
    std::vector<float> memory(cache.floats);
    cache.data = memory.data();
    int64_t width = KV_HEADS * HEAD;
    EXPECT_OK(dl_kv_append(&cache, in.keys.data(), width, in.values.data(), width, in.cache_sequences.data(), in.cache_positions.data(),
                           BATCH * CAPACITY));
    EXPECT_OK(dl_attention_cached(out.attended.data(), HEADS * HEAD, in.q.data(), HEADS * HEAD, &cache, in.sequences.data(), in.positions.data(),
                                  ROWS, HEADS, 0.2f));
    dl_sampling sampling{};
    sampling.temperature = 1;
    sampling.top_p = 0.9;
    sampling.seed = 5;
    EXPECT_OK(dl_sample_tokens(out.tokens.data(), out.logprobs.data(), nullptr, out.many.data(), OUT, &sampling, in.sequences.data(),
                               in.positions.data(), ROWS, OUT));
    EXPECT_OK(dl_rms_norm(out.normed.data(), MANY, in.many.data(), MANY, in.ones.data(), 1e-5f, nullptr, MANY_ROWS, MANY));
    EXPECT_OK(dl_rotary(out.normed.data(), MANY, in.turns.data(), in.turns.data(), 3, in.places.data(), 0, MANY_ROWS, 20, 20));
    EXPECT_OK(dl_swiglu(out.gated.data(), MANY, out.normed.data(), MANY, in.many.data(), MANY, MANY_ROWS, MANY));
    EXPECT_OK(dl_linear_packed(out.of_halves.data(), 64, in.many.data(), MANY, in.halves.data(), nullptr, 0, 1, MANY_ROWS, MANY, 64));
    return out;
}

void threads_do_not_change_bits() {
    Inputs in;
    Results alone = compute(in);
    for (int64_t threads : {2, 3, 1, 7}) {
        EXPECT_OK(dl_set_threads(threads));
        for (int i = 0; i < 50; i++) {
            EXPECT(compute(in) == alone);
        }
    }
    EXPECT_OK(dl_set_threads(1));
}

void each_caller_has_helpers_of_its_own() {
    Inputs in;
    Results alone = compute(in);
    std::vector<int> same(3);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 3; caller++) {
        callers.emplace_back([&, caller] {
            bool all = dl_set_threads(2 + caller % 2) == DL_OK;
            for (int i = 0; i < 100; i++) {
                all = all && compute(in) == alone;
            }
            same[caller] = all;  // a caller that ends takes its helpers along
        });
    }
    for (std::thread& caller : callers) {
        caller.join();
    }
    EXPECT(same == std::vector<int>(3, 1));
}

// Helpers that have gone to sleep wake up; calls too small to share are not.
void sleepers_wake() {
    Inputs in;
    Results alone = compute(in);
    EXPECT_OK(dl_set_threads(3));
    for (int i = 0; i < 5; i++) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        EXPECT(compute(in) == alone);
    }
    std::vector<float> y(1), x = {2}, weight = packed({3}, 1, 1, DL_NT);
    EXPECT_OK(dl_linear_packed(y.data(), 1, x.data(), 1, weight.data(), nullptr, 0, 1, 1, 1, 1));
    EXPECT(y[0] == 6);
    EXPECT_OK(dl_set_threads(1));
}

void the_first_row_without_a_token_is_told() {
    std::vector<float> logits = random(8 * 10), logprobs(8);
    std::vector<int64_t> tokens(8), zeros(8);
    logits[2 * 10 + 3] = logits[5 * 10 + 1] = NAN;
    dl_sampling sampling{};
    sampling.temperature = 1;
    sampling.top_p = 1;
    EXPECT_OK(dl_set_threads(4));
    for (int i = 0; i < 20; i++) {
        EXPECT_FAULT(dl_sample_tokens(tokens.data(), logprobs.data(), nullptr, logits.data(), 10, &sampling, zeros.data(), zeros.data(), 8, 10),
                     "row 2 has no token to sample");
    }
    EXPECT_OK(dl_set_threads(1));
}

void faults() {
    EXPECT_FAULT(dl_set_threads(0), "threads is 0, not in 1 to 1024");
    EXPECT_FAULT(dl_set_threads(1025), "threads is 1025");
}

}  // namespace

int main() {
    return run([] {
        threads_do_not_change_bits();
        each_caller_has_helpers_of_its_own();
        sleepers_wake();
        the_first_row_without_a_token_is_told();
        faults();
    });
}
