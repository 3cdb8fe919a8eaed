// Kernels for GPUs on arrays of bfloat16, which the header does not offer yet: what they store is what the float32 kernels
// store for the same numbers, rounded once.
#include "../cuda/library.cu"
#include "testing.h"

using namespace drllava;
using namespace drllava::cuda;
using namespace testing;

namespace {

std::vector<bfloat16> stored(const std::vector<float>& values) {
    std::vector<bfloat16> result(values.size());
    for (size_t i = 0; i < values.size(); i++) {
        result[i] = cuda::rounded<bfloat16>(values[i]);
    }
    return result;
}

std::vector<float> read(const std::vector<bfloat16>& values) {
    std::vector<float> result(values.size());
    for (size_t i = 0; i < values.size(); i++) {
        result[i] = number(values[i]);
    }
    return result;
}

// An array in both forms, with the same numbers at first.
struct Both {
    std::vector<bfloat16> half;
    std::vector<float> whole;

    explicit Both(const std::vector<float>& values) : half(stored(values)), whole(read(half)) {}
    explicit Both(int64_t n) : half(n), whole(n) {}

    // Whether what the kernels left differs by no more than a rounding, or by `bound`.
    bool agree(float bound = 0) const {
        auto got = read(half);
        for (size_t i = 0; i < got.size(); i++) {
            if (!(std::fabs(got[i] - whole[i]) <= std::fabs(whole[i]) * 0x1p-8f + 1e-6f + bound)) {
                std::printf("element %zu is %g, not %g\n", i, got[i], whole[i]);
                return false;
            }
        }
        return true;
    }
};

void rounds_to_the_nearest() {
    EXPECT(number(cuda::rounded<bfloat16>(1 + 0x1p-8f)) == 1);                     // a tie, to the even one
    EXPECT(number(cuda::rounded<bfloat16>(1 + 0x1p-7f + 0x1p-8f)) == 1 + 0x1p-6f);
    EXPECT(number(cuda::rounded<bfloat16>(1 + 0x1p-8f + 0x1p-20f)) == 1 + 0x1p-7f);
    EXPECT(number(cuda::rounded<bfloat16>(-3e38f)) < -2.9e38f && std::isinf(number(cuda::rounded<bfloat16>(3.4e38f))));
    EXPECT(std::isnan(number(cuda::rounded<bfloat16>(NAN))) && std::isinf(number(cuda::rounded<bfloat16>(INFINITY))));
    float all_ones;
    unsigned bits = 0x7fffffff;
    std::memcpy(&all_ones, &bits, sizeof bits);
    EXPECT(std::isnan(number(cuda::rounded<bfloat16>(all_ones))));
}

void layers() {
    int64_t rows = 3, n = 77, ld = 80;
    Both x(random(rows * ld)), weight(random(n)), dy(random(rows * ld)), residual(random(rows * ld)), y(rows * ld), dx(rows * ld);
    std::vector<float> inverse(rows), same(rows);
    EXPECT_OK(rms_norm(RmsNormOf<bfloat16>{{y.half.data(), ld}, {x.half.data(), ld}, weight.half.data(), 1e-5f, inverse.data(), rows, n}));
    EXPECT_OK(rms_norm(RmsNorm{{y.whole.data(), ld}, {x.whole.data(), ld}, weight.whole.data(), 1e-5f, same.data(), rows, n}));
    EXPECT(y.agree() && inverse == same);
    EXPECT_OK(rms_norm_backward(RmsNormBackwardOf<bfloat16>{{dx.half.data(), ld}, {dy.half.data(), ld}, {x.half.data(), ld}, weight.half.data(),
                                                            inverse.data(), {residual.half.data(), ld}, rows, n}));
    EXPECT_OK(rms_norm_backward(RmsNormBackward{{dx.whole.data(), ld}, {dy.whole.data(), ld}, {x.whole.data(), ld}, weight.whole.data(),
                                                inverse.data(), {residual.whole.data(), ld}, rows, n}));
    EXPECT(dx.agree());
    EXPECT_OK(swiglu(SwiGluOf<bfloat16>{{y.half.data(), ld}, {x.half.data(), ld}, {dy.half.data(), ld}, rows, n}));
    EXPECT_OK(swiglu(SwiGlu{{y.whole.data(), ld}, {x.whole.data(), ld}, {dy.whole.data(), ld}, rows, n}));
    EXPECT(y.agree());
    Both dup(rows * ld);
    EXPECT_OK(swiglu_backward(SwiGluBackwardOf<bfloat16>{{dx.half.data(), ld}, {dup.half.data(), ld}, {}, {dy.half.data(), ld}, {x.half.data(), ld},
                                                         {residual.half.data(), ld}, rows, n}));
    EXPECT_OK(swiglu_backward(SwiGluBackward{{dx.whole.data(), ld}, {dup.whole.data(), ld}, {}, {dy.whole.data(), ld}, {x.whole.data(), ld},
                                             {residual.whole.data(), ld}, rows, n}));
    EXPECT(dx.agree() && dup.agree());
    auto cosines = random(2 * 10), sines = random(2 * 10);
    std::vector<int64_t> positions = {1, 0, 1};
    EXPECT_OK(rotary(RotaryOf<bfloat16>{{x.half.data(), ld}, cosines.data(), sines.data(), 2, positions.data(), false, rows, 7, 10}));
    EXPECT_OK(rotary(Rotary{{x.whole.data(), ld}, cosines.data(), sines.data(), 2, positions.data(), false, rows, 7, 10}));
    EXPECT(x.agree());
}

void attention_with_and_without_a_cache() {
    int64_t heads = 4, kv_heads = 2, head = 24, tokens = 70, width = heads * head, kv = kv_heads * head;
    Both q(random(tokens * width)), keys(random(tokens * kv)), values(random(tokens * kv)), out(tokens * width), dout(random(tokens * width));
    std::vector<float> lse(tokens * heads), same(tokens * heads);
    std::vector<int64_t> offsets = {0, 41, tokens}, sequences(tokens), positions(tokens);
    for (int64_t t = 0; t < tokens; t++) {
        sequences[t] = t >= 41;
        positions[t] = t - (t >= 41 ? 41 : 0);
    }
    AttentionOf<bfloat16> half{{out.half.data(), width}, {lse.data(), heads}, {q.half.data(), width}, {keys.half.data(), kv},
                               {values.half.data(), kv}, 2, offsets.data(), offsets.data(), nullptr, heads, kv_heads, head, 0.2f};
    Attention whole{{out.whole.data(), width}, {same.data(), heads}, {q.whole.data(), width}, {keys.whole.data(), kv},
                    {values.whole.data(), kv}, 2, offsets.data(), offsets.data(), nullptr, heads, kv_heads, head, 0.2f};
    EXPECT_OK(cuda::attention(half));
    EXPECT_OK(cuda::attention(whole));
    EXPECT(out.agree() && lse == same);

    KvCache cache{nullptr, true, 2, 41, kv_heads, head};
    std::vector<bfloat16> memory(kv_cache_elements(cache)), cached(tokens * width);
    cache.data = memory.data();
    EXPECT_OK(kv_append(KvAppendOf<bfloat16>{cache, {keys.half.data(), kv}, {values.half.data(), kv}, sequences.data(), positions.data(), tokens}));
    EXPECT_OK(attention_cached(CachedAttentionOf<bfloat16>{{cached.data(), width}, {q.half.data(), width}, cache, sequences.data(),
                                                           positions.data(), tokens, heads, 0.2f}));
    EXPECT(std::memcmp(cached.data(), out.half.data(), cached.size() * sizeof(bfloat16)) == 0);

    // D = Σ dout · out comes from the rounded output, so the gradients differ by more than their own rounding.
    Both dq(tokens * width), dkeys(tokens * kv), dvalues(tokens * kv);
    EXPECT_OK(attention_backward(AttentionBackwardOf<bfloat16>{{dq.half.data(), width}, {dkeys.half.data(), kv}, {dvalues.half.data(), kv},
                                                               {dout.half.data(), width}, {out.half.data(), width}, {lse.data(), heads}, half}));
    EXPECT_OK(attention_backward(AttentionBackward{{dq.whole.data(), width}, {dkeys.whole.data(), kv}, {dvalues.whole.data(), kv},
                                                   {dout.whole.data(), width}, {out.whole.data(), width}, {lse.data(), heads}, whole}));
    EXPECT(dq.agree(5e-3f) && dkeys.agree(5e-3f) && dvalues.agree());
}

}  // namespace

int main() {
    return run([] {
        rounds_to_the_nearest();
        layers();
        attention_with_and_without_a_cache();
    });
}
