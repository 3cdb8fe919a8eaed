#include "testing.h"

using namespace testing;

namespace {

struct Case {
    std::vector<int64_t> lengths;
    int64_t heads, kv_heads, head;
};

// Sequences one after the other, with what attention gives for them, in double.
struct Problem {
    Case sizes;
    std::vector<int64_t> offsets = {0};
    std::vector<float> q, keys, values, dout;
    std::vector<double> out, logsumexp, dq, dkeys, dvalues;
    float scale;

    explicit Problem(const Case& given) : sizes(given), scale(1 / std::sqrt(float(given.head))) {
        for (int64_t length : given.lengths) {
            offsets.push_back(offsets.back() + length);
        }
        q = random(tokens() * width());
        keys = random(tokens() * kv_width());
        values = random(tokens() * kv_width());
        dout = random(tokens() * width());
        solve();
    }

    int64_t tokens() const { return offsets.back(); }
    int64_t width() const { return sizes.heads * sizes.head; }
    int64_t kv_width() const { return sizes.kv_heads * sizes.head; }
    dl_attention_shape shape() const {
        return {int64_t(sizes.lengths.size()), offsets.data(), nullptr, nullptr, sizes.heads, sizes.kv_heads, sizes.head, scale};
    }

    void solve() {
        int64_t head = sizes.head;
        out.assign(q.size(), 0);
        dq = out;
        dkeys.assign(keys.size(), 0);
        dvalues = dkeys;
        logsumexp.assign(tokens() * sizes.heads, 0);
        for (size_t s = 0; s + 1 < offsets.size(); s++) {
            for (int64_t row = offsets[s]; row < offsets[s + 1]; row++) {
                for (int64_t h = 0; h < sizes.heads; h++) {
                    const float* mine = &q[row * width() + h * head];
                    const float* gradient = &dout[row * width() + h * head];
                    int64_t kv = h / (sizes.heads / sizes.kv_heads) * head;
                    std::vector<double> p;
                    double sum = 0, mean = 0;
                    for (int64_t j = offsets[s]; j <= row; j++) {
                        double dot = 0;
                        for (int64_t d = 0; d < head; d++) {
                            dot += double(mine[d]) * keys[j * kv_width() + kv + d];
                        }
                        p.push_back(std::exp(scale * dot));
                        sum += p.back();
                    }
                    logsumexp[row * sizes.heads + h] = std::log(sum);
                    std::vector<double> dp;
                    for (int64_t j = offsets[s]; j <= row; j++) {
                        double& weight = p[j - offsets[s]];
                        weight /= sum;
                        double dot = 0;
                        for (int64_t d = 0; d < head; d++) {
                            out[row * width() + h * head + d] += weight * values[j * kv_width() + kv + d];
                            dvalues[j * kv_width() + kv + d] += weight * gradient[d];
                            dot += double(gradient[d]) * values[j * kv_width() + kv + d];
                        }
                        dp.push_back(dot);
                        mean += weight * dot;
                    }
                    for (int64_t j = offsets[s]; j <= row; j++) {
                        double ds = p[j - offsets[s]] * (dp[j - offsets[s]] - mean) * scale;
                        for (int64_t d = 0; d < head; d++) {
                            dq[row * width() + h * head + d] += ds * keys[j * kv_width() + kv + d];
                            dkeys[j * kv_width() + kv + d] += ds * mine[d];
                        }
                    }
                }
            }
        }
    }
};

const std::vector<Case> CASES = {
    {{}, 1, 1, 16},
    {{0, 1, 0, 2}, 2, 2, 16},
    {{5, 1, 33}, 4, 2, 20},
    {{64, 65, 63}, 2, 1, 64},
    {{130}, 3, 3, 128},
    {{97, 7}, 8, 2, 1},
    {{200, 41}, 1, 1, 32},
    {{70}, 2, 2, 250},
    {{290}, 2, 1, 6},
};

void packed() {
    for (const Case& sizes : CASES) {
        Problem problem(sizes);
        auto shape = problem.shape();
        int64_t width = problem.width(), kv = problem.kv_width();
        std::vector<float> out(problem.q.size()), lse(problem.tokens() * sizes.heads);
        EXPECT_OK(dl_attention(out.data(), width, lse.data(), problem.q.data(), width, problem.keys.data(), kv, problem.values.data(), kv, &shape));
        EXPECT(close(out, problem.out, 1e-5) && close(lse, problem.logsumexp, 1e-5));
        std::vector<float> dq(out.size(), NAN), dkeys(problem.keys.size(), NAN), dvalues(problem.keys.size(), NAN);
        EXPECT_OK(dl_attention_backward(dq.data(), width, dkeys.data(), kv, dvalues.data(), kv, problem.dout.data(), width, out.data(), width,
                                        lse.data(), problem.q.data(), width, problem.keys.data(), kv, problem.values.data(), kv, &shape));
        EXPECT(close(dq, problem.dq, 1e-4) && close(dkeys, problem.dkeys, 1e-4) && close(dvalues, problem.dvalues, 1e-4));
        // q, k and v side by side in one array, unaligned, and out in place of q
        int64_t ld = width + 2 * kv + 3;
        Unaligned joined(problem.tokens() * ld);
        for (int64_t r = 0; r < problem.tokens(); r++) {
            std::copy_n(&problem.q[r * width], width, joined.data() + r * ld);
            std::copy_n(&problem.keys[r * kv], kv, joined.data() + r * ld + width);
            std::copy_n(&problem.values[r * kv], kv, joined.data() + r * ld + width + kv);
        }
        EXPECT_OK(dl_attention(joined.data(), ld, nullptr, joined.data(), ld, joined.data() + width, ld, joined.data() + width + kv, ld, &shape));
        for (int64_t r = 0; r < problem.tokens(); r++) {
            EXPECT(same_bits(joined.data() + r * ld, &out[r * width], width));
        }
    }
}

// Some of the rows as queries give the same output bits, and the gradients of a loss over them alone.
void chosen_queries() {
    Problem problem({{100, 1, 50}, 4, 2, 32});
    int64_t width = problem.width(), kv = problem.kv_width();
    std::vector<int64_t> rows, positions, query_offsets = {0};
    for (size_t s = 0; s + 1 < problem.offsets.size(); s++) {
        for (int64_t r = problem.offsets[s]; r < problem.offsets[s + 1]; r++) {
            if (r % 3 == 1 || r % 7 == 0) {
                rows.push_back(r);
                positions.push_back(r - problem.offsets[s]);
            }
        }
        query_offsets.push_back(rows.size());
    }
    std::vector<float> q, dout, all(problem.q.size());
    std::vector<double> dq;
    for (int64_t r = 0; r < problem.tokens(); r++) {
        bool chosen = std::find(rows.begin(), rows.end(), r) != rows.end();
        for (int64_t i = 0; i < width; i++) {
            problem.dout[r * width + i] *= chosen;
        }
    }
    problem.solve();
    for (int64_t r : rows) {
        q.insert(q.end(), &problem.q[r * width], &problem.q[r * width] + width);
        dout.insert(dout.end(), &problem.dout[r * width], &problem.dout[r * width] + width);
        dq.insert(dq.end(), &problem.dq[r * width], &problem.dq[r * width] + width);
    }
    auto shape = problem.shape();
    EXPECT_OK(dl_attention(all.data(), width, nullptr, problem.q.data(), width, problem.keys.data(), kv, problem.values.data(), kv, &shape));
    shape.query_offsets = query_offsets.data();
    shape.positions = positions.data();
    std::vector<float> out(q.size()), lse(rows.size() * 4), got_dq(q.size()), dkeys(problem.keys.size()), dvalues(problem.keys.size());
    EXPECT_OK(dl_attention(out.data(), width, lse.data(), q.data(), width, problem.keys.data(), kv, problem.values.data(), kv, &shape));
    for (size_t i = 0; i < rows.size(); i++) {
        EXPECT(same_bits(&out[i * width], &all[rows[i] * width], width));
    }
    EXPECT_OK(dl_attention_backward(got_dq.data(), width, dkeys.data(), kv, dvalues.data(), kv, dout.data(), width, out.data(), width,
                                    lse.data(), q.data(), width, problem.keys.data(), kv, problem.values.data(), kv, &shape));
    EXPECT(close(got_dq, dq, 1e-4) && close(dkeys, problem.dkeys, 1e-4) && close(dvalues, problem.dvalues, 1e-4));
}

// Tokens read in pieces of any size, sequences mixed, give the bits of the packed form.
void cached_is_packed(int precision) {
    for (const Case& sizes : CASES) {
        Problem problem(sizes);
        auto given_keys = problem.keys, given_values = problem.values;
        if (precision == DL_BF16) {
            EXPECT_OK(dl_round(problem.keys.data(), problem.kv_width(), problem.tokens(), problem.kv_width()));
            EXPECT_OK(dl_round(problem.values.data(), problem.kv_width(), problem.tokens(), problem.kv_width()));
        }
        auto shape = problem.shape();
        int64_t width = problem.width(), kv = problem.kv_width(), batch = sizes.lengths.size();
        std::vector<float> expected(problem.q.size()), out(problem.q.size());
        EXPECT_OK(dl_attention(expected.data(), width, nullptr, problem.q.data(), width, problem.keys.data(), kv, problem.values.data(), kv, &shape));
        dl_kv_cache cache{nullptr, 0, batch, 300, sizes.kv_heads, sizes.head, precision};
        EXPECT_OK(dl_kv_cache_size(&cache, &cache.floats));
        std::vector<float> memory(cache.floats, NAN);  // what was not written must not be seen
        cache.data = memory.data();
        std::vector<int64_t> done(batch, 0);
        for (int64_t step = 1; ; step = step % 40 + 13) {
            std::vector<int64_t> rows, sequences, positions;
            for (int64_t s = 0; s < batch; s++) {
                int64_t piece = s % 2 == 0 ? 1 + step % 5 : step;
                for (int64_t i = 0; i < piece && done[s] < sizes.lengths[s]; i++) {
                    rows.push_back(problem.offsets[s] + done[s]);
                    sequences.push_back(s);
                    positions.push_back(done[s]++);
                }
            }
            if (rows.empty()) {
                break;
            }
            std::vector<float> q, keys, values;
            for (int64_t r : rows) {
                q.insert(q.end(), &problem.q[r * width], &problem.q[r * width] + width);
                keys.insert(keys.end(), &given_keys[r * kv], &given_keys[r * kv] + kv);
                values.insert(values.end(), &given_values[r * kv], &given_values[r * kv] + kv);
            }
            int64_t count = rows.size();
            EXPECT_OK(dl_kv_append(&cache, keys.data(), kv, values.data(), kv, sequences.data(), positions.data(), count));
            EXPECT_OK(dl_attention_cached(q.data(), width, q.data(), width, &cache, sequences.data(), positions.data(), count, sizes.heads, problem.scale));
            for (int64_t i = 0; i < count; i++) {
                std::copy_n(&q[i * width], width, &out[rows[i] * width]);
            }
        }
        EXPECT(same_bits(out.data(), expected.data(), out.size()));
    }
}

void a_cache_of_bfloat16_takes_half_the_memory() {
    dl_kv_cache whole{nullptr, 0, 3, 100, 2, 24, DL_F32}, half{nullptr, 0, 3, 100, 2, 24, DL_BF16};
    EXPECT_OK(dl_kv_cache_size(&whole, &whole.floats));
    EXPECT_OK(dl_kv_cache_size(&half, &half.floats));
    EXPECT(half.floats == (whole.floats + 1) / 2);
}

void copies_share_a_prefix(int precision) {
    int64_t length = 70, head = 16, heads = 2, width = heads * head;
    auto keys = random(length * width), values = random(length * width), q = random(width);
    dl_kv_cache cache{nullptr, 0, 3, 100, heads, head, precision};
    EXPECT_OK(dl_kv_cache_size(&cache, &cache.floats));
    std::vector<float> memory(cache.floats);
    cache.data = memory.data();
    std::vector<int64_t> sequences(length, 1), positions(length);
    for (int64_t i = 0; i < length; i++) {
        positions[i] = i;
    }
    EXPECT_OK(dl_kv_append(&cache, keys.data(), width, values.data(), width, sequences.data(), positions.data(), length));
    EXPECT_OK(dl_kv_copy(&cache, 1, 2, length));
    std::vector<float> twice = q, out(2 * width);
    twice.insert(twice.end(), q.begin(), q.end());
    std::vector<int64_t> both = {1, 2}, last = {length - 1, length - 1};
    EXPECT_OK(dl_attention_cached(out.data(), width, twice.data(), width, &cache, both.data(), last.data(), 2, heads, 0.25f));
    EXPECT(same_bits(&out[0], &out[width], width));
    EXPECT(std::fabs(out[0]) > 0);
}

void a_nan_stays_in_its_sequence() {
    Problem problem({{40, 30}, 2, 2, 16});
    auto shape = problem.shape();
    problem.keys[5 * 32] = NAN;
    std::vector<float> out(problem.q.size());
    EXPECT_OK(dl_attention(out.data(), 32, nullptr, problem.q.data(), 32, problem.keys.data(), 32, problem.values.data(), 32, &shape));
    EXPECT(std::isfinite(out[4 * 32]) && std::isnan(out[5 * 32]) && std::isnan(out[39 * 32]) && std::isfinite(out[39 * 32 + 16]));
    EXPECT(std::isfinite(out[40 * 32]));
}

void several_threads() {
    Problem problem({{80, 60}, 2, 2, 32});
    auto shape = problem.shape();
    std::vector<float> alone(problem.q.size()), together[2] = {alone, alone};
    auto run = [&](float* out) {
        EXPECT_OK(dl_attention(out, 64, nullptr, problem.q.data(), 64, problem.keys.data(), 64, problem.values.data(), 64, &shape));
    };
    run(alone.data());
    twice_at_once([&](int i) {
        for (int repeat = 0; repeat < 20; repeat++) {
            run(together[i].data());
        }
    });
    EXPECT(alone == together[0] && alone == together[1]);
}

void faults() {
    std::vector<float> a(4096), b(4096);
    std::vector<int64_t> offsets = {0, 3}, falling = {0, 3, 2}, late = {1, 3}, outside = {0, 3};
    dl_attention_shape shape{1, offsets.data(), nullptr, nullptr, 2, 1, 16, 1};
    auto call = [&](const dl_attention_shape& s) { return dl_attention(a.data(), 32, nullptr, b.data(), 32, b.data(), 16, b.data(), 16, &s); };
    EXPECT_OK(call(shape));
    auto with = [&](auto change) {
        auto changed = shape;
        change(changed);
        return call(changed);
    };
    EXPECT_FAULT(with([](auto& s) { s.head = 0; }), "head is 0");
    EXPECT_FAULT(with([](auto& s) { s.head = 257; }), "head is 257");
    EXPECT_FAULT(with([](auto& s) { s.kv_heads = 3; }), "2 heads cannot be shared among 3 key heads");
    EXPECT_FAULT(with([](auto& s) { s.sequences = -1; }), "sequences is -1");
    EXPECT_FAULT(with([](auto& s) { s.key_offsets = nullptr; }), "key_offsets is null");
    EXPECT_FAULT(with([&](auto& s) { s.key_offsets = late.data(); }), "key_offsets begins with 1");
    EXPECT_FAULT(with([&](auto& s) { s.key_offsets = falling.data(); s.sequences = 2; }), "key_offsets[2] is 2 after 3");
    EXPECT_FAULT(with([&](auto& s) { s.query_offsets = offsets.data(); }), "not both given");
    EXPECT_FAULT(with([&](auto& s) { s.query_offsets = outside.data(); s.positions = falling.data(); }), "positions[1] is 3, not in 0 to 2");
    EXPECT_FAULT(dl_attention(a.data(), 32, nullptr, b.data(), 32, b.data(), 16, b.data(), 16, nullptr), "shape is null");
    EXPECT_FAULT(dl_attention(a.data(), 31, nullptr, b.data(), 32, b.data(), 16, b.data(), 16, &shape), "rows of out are 31 apart");
    EXPECT_FAULT(dl_attention(a.data(), 32, nullptr, b.data(), 32, nullptr, 16, b.data(), 16, &shape), "keys is null");
    dl_kv_cache cache{a.data(), 10, 1, 8, 1, 16, DL_F32};
    std::vector<int64_t> zero = {0}, eight = {8};
    int64_t needed = 0;
    EXPECT_OK(dl_kv_cache_size(&cache, &needed));
    std::string text = "the cache has 10 floats where " + std::to_string(needed) + " are needed";
    EXPECT_FAULT(dl_kv_append(&cache, b.data(), 16, b.data(), 16, zero.data(), zero.data(), 1), text.c_str());
    cache.floats = 4096;
    EXPECT_FAULT(dl_kv_append(&cache, b.data(), 16, b.data(), 16, zero.data(), eight.data(), 1), "positions[0] is 8, not in 0 to 7");
    EXPECT_FAULT(dl_kv_append(&cache, b.data(), 16, b.data(), 16, eight.data(), zero.data(), 1), "sequences[0] is 8, not in 0 to 0");
    EXPECT_FAULT(dl_kv_copy(&cache, 0, 0, 9), "length is 9");
    EXPECT_FAULT(dl_attention_cached(a.data(), 16, b.data(), 16, nullptr, zero.data(), zero.data(), 1, 1, 1), "cache is null");
    cache.precision = 2;
    EXPECT_FAULT(dl_kv_copy(&cache, 0, 0, 1), "precision is 2, neither DL_F32 nor DL_BF16");
    cache.precision = DL_F32;
    cache.data = nullptr;
    EXPECT_FAULT(dl_attention_cached(a.data(), 16, b.data(), 16, &cache, zero.data(), zero.data(), 1, 1, 1), "cache data is null");
}

}  // namespace

int main() {
    return run([] {
        packed();
        chosen_queries();
        for (int precision : {DL_F32, DL_BF16}) {
            cached_is_packed(precision);
            copies_share_a_prefix(precision);
        }
        a_cache_of_bfloat16_takes_half_the_memory();
        a_nan_stays_in_its_sequence();
        several_threads();
        faults();
    });
}
