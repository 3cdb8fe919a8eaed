#include "testing.h"

using namespace testing;

namespace {

void weight_gradient() {
    for (int64_t rows : {0, 1, 63, 130}) {
        for (int64_t n_out : {1, 8, 37}) {
            for (int64_t n_in : {1, 8, 16, 45}) {
                auto dy = random(rows * n_out), x = random(rows * n_in), dw = random(n_out * n_in);
                std::vector<double> expected(n_out * n_in), added(n_out * n_in), twice(n_out * n_in);
                for (int64_t o = 0; o < n_out; o++) {
                    for (int64_t i = 0; i < n_in; i++) {
                        double sum = 0;
                        for (int64_t r = 0; r < rows; r++) {
                            sum += double(dy[r * n_out + o]) * x[r * n_in + i];
                        }
                        expected[o * n_in + i] = 0.5 * sum;
                        added[o * n_in + i] = 0.5 * sum + dw[o * n_in + i];
                        twice[o * n_in + i] = 2 * sum;
                    }
                }
                EXPECT_OK(dl_weight_gradient(dw.data(), n_in, dy.data(), n_out, x.data(), n_in, 0.5f, 1, rows, n_out, n_in));
                EXPECT(close(dw, added, 1e-4));
                EXPECT_OK(dl_weight_gradient(dw.data(), n_in, dy.data(), n_out, x.data(), n_in, 0.5f, 0, rows, n_out, n_in));
                EXPECT(close(dw, expected, 1e-4));
                EXPECT_OK(dl_weight_gradient(dw.data(), n_in, dy.data(), n_out, x.data(), n_in, 1, 0, rows, n_out, n_in));
                EXPECT_OK(dl_weight_gradient(dw.data(), n_in, dy.data(), n_out, x.data(), n_in, 1, 1, rows, n_out, n_in));
                EXPECT(close(dw, twice, 2e-4));
            }
        }
    }
    std::vector<float> a(16);
    EXPECT_FAULT(dl_weight_gradient(a.data(), 3, a.data(), 4, a.data(), 4, 1, 0, 2, 4, 4), "rows of dw are 3 apart");
    EXPECT_FAULT(dl_weight_gradient(a.data(), 4, nullptr, 4, a.data(), 4, 1, 0, 2, 4, 4), "dy is null");
}

double slope(const std::function<double(double)>& loss, double at) {
    double step = 1e-5;
    return (loss(at + step) - loss(at - step)) / (2 * step);
}

void policy_loss() {
    int64_t n = 200;
    auto logprobs = random(n), old = random(n), advantages = random(n);
    std::vector<float> gradient(n);
    std::vector<double> expected(n);
    double total = 57, sum = 0, loss;
    for (int64_t i = 0; i < n; i++) {
        old[i] = logprobs[i] + 0.3f * old[i];
        auto one = [&](double logprob) {
            double ratio = std::exp(logprob - old[i]);
            return std::max(-advantages[i] * ratio, -advantages[i] * std::clamp(ratio, 0.8, 1.2)) / total;
        };
        sum += one(logprobs[i]);
        expected[i] = slope(one, logprobs[i]);
    }
    EXPECT_OK(dl_policy_loss(&loss, gradient.data(), logprobs.data(), old.data(), advantages.data(), 0.2, total, n));
    EXPECT(std::fabs(loss - sum) < 1e-9 && close(gradient, expected, 1e-6));
    advantages[3] = NAN;
    EXPECT_OK(dl_policy_loss(&loss, gradient.data(), logprobs.data(), old.data(), advantages.data(), 0.2, total, n));
    EXPECT(std::isnan(loss) && std::isnan(gradient[3]) && std::isfinite(gradient[4]));
    EXPECT_OK(dl_policy_loss(&loss, nullptr, nullptr, nullptr, nullptr, 0.2, total, 0));
    EXPECT(loss == 0);
    EXPECT_FAULT(dl_policy_loss(&loss, gradient.data(), logprobs.data(), old.data(), advantages.data(), 0.2, 0, n), "total is 0");
    EXPECT_FAULT(dl_policy_loss(&loss, gradient.data(), logprobs.data(), old.data(), nullptr, 0.2, 1, n), "advantages is null");
}

void value_loss() {
    int64_t n = 200;
    auto values = random(n), old = random(n), returns = random(n);
    std::vector<float> gradient(n);
    std::vector<double> expected(n);
    double total = 31, sum = 0, loss;
    for (int64_t i = 0; i < n; i++) {
        auto one = [&](double value) {
            double clipped = std::clamp(value, old[i] - 0.5, old[i] + 0.5) - returns[i];
            return std::max((value - returns[i]) * (value - returns[i]), clipped * clipped) / 2 / total;
        };
        sum += one(values[i]);
        expected[i] = slope(one, values[i]);
    }
    EXPECT_OK(dl_value_loss(&loss, gradient.data(), values.data(), old.data(), returns.data(), 0.5, total, n));
    EXPECT(std::fabs(loss - sum) < 1e-9 && close(gradient, expected, 1e-6));
    old[0] = NAN;
    EXPECT_OK(dl_value_loss(&loss, gradient.data(), values.data(), old.data(), returns.data(), 0.5, total, n));
    EXPECT(std::isnan(loss));
    EXPECT_FAULT(dl_value_loss(nullptr, gradient.data(), values.data(), old.data(), returns.data(), 0.5, total, n), "loss is null");
    EXPECT_FAULT(dl_value_loss(&loss, gradient.data(), values.data(), old.data(), returns.data(), -1, total, n), "clip is -1");
}

void advantages() {
    std::vector<int64_t> offsets = {0, 3, 3, 4};
    std::vector<float> rewards = {1, 0, 2, -1}, values = {0.5f, 0.25f, 1, 2}, got(4), returns(4);
    std::vector<double> discounts = {0.9, 0.5, 0.9, 0.9};
    EXPECT_OK(dl_advantages(got.data(), returns.data(), rewards.data(), values.data(), discounts.data(), 0.8, offsets.data(), 3));
    // By hand: A2 = 2 - 1; A1 = 0.5·1 - 0.25 + 0.5·0.8·A2; A0 = 1 + 0.9·0.25 - 0.5 + 0.9·0.8·A1; alone: -1 - 2
    double a1 = 0.25 + 0.4, a0 = 0.725 + 0.72 * a1;
    EXPECT(close(got, std::vector<double>{a0, a1, 1, -3}, 1e-6));
    EXPECT(close(returns, std::vector<double>{a0 + 0.5, a1 + 0.25, 2, -1}, 1e-6));
    offsets[1] = 5;
    EXPECT_FAULT(dl_advantages(got.data(), returns.data(), rewards.data(), values.data(), discounts.data(), 0.8, offsets.data(), 3), "offsets[2] is 3 after 5");
}

void whitening() {
    for (int64_t n : {0, 1, 2, 1001}) {
        auto x = random(n), kept = x;
        double mean = 0, squares = 0, white_mean = 0, white_squares = 0;
        for (float v : x) {
            mean += v / n;
        }
        for (float v : x) {
            squares += (v - mean) * (v - mean) / n;
        }
        EXPECT_OK(dl_whiten(x.data(), 1, n));
        EXPECT_OK(dl_whiten(kept.data(), 0, n));
        for (int64_t i = 0; i < n; i++) {
            white_mean += x[i] / n;
            white_squares += double(x[i]) * x[i] / n;
            EXPECT(std::fabs(kept[i] - x[i] - mean) < 1e-5);
        }
        EXPECT(std::fabs(white_mean) < 1e-6 && (n < 2 || std::fabs(white_squares - 1) < 1e-5));
    }
    EXPECT_FAULT(dl_whiten(nullptr, 1, 3), "x is null");
}

void adamw() {
    for (int64_t n : {0, 1, 7, 100}) {
        auto p = random(n), m = random(n), g = random(n);
        std::vector<float> v(n);
        for (float& square : v) {
            square = std::fabs(random(1)[0]);
        }
        Unaligned parameters(p), gradient(g), first(m), second(v);
        dl_adamw_settings s{1e-2, 0.9, 0.99, 1e-8, 0.1, 0.5, 3};
        EXPECT_OK(dl_adamw(parameters.data(), gradient.data(), first.data(), second.data(), &s, n));
        std::vector<double> ep(n), em(n), ev(n);
        for (int64_t i = 0; i < n; i++) {
            double grad = 0.5 * g[i];
            em[i] = 0.9 * m[i] + 0.1 * grad;
            ev[i] = 0.99 * v[i] + 0.01 * grad * grad;
            double unbiased = em[i] / (1 - std::pow(0.9, 3)), root = std::sqrt(ev[i] / (1 - std::pow(0.99, 3)));
            ep[i] = p[i] - 1e-2 * (0.1 * p[i] + unbiased / (root + 1e-8));
        }
        // The step divides by a root that can be small, so its error is relative to the step.
        EXPECT(close(first.vector(), em, 1e-6) && close(second.vector(), ev, 1e-6) && close(parameters.vector(), ep, 2e-5));
    }
    float one[1] = {NAN}, zeros[3] = {};
    dl_adamw_settings s{1e-2, 0.9, 0.99, 1e-8, 0, 1, 1};
    EXPECT_OK(dl_adamw(zeros, one, zeros + 1, zeros + 2, &s, 1));
    EXPECT(std::isnan(zeros[0]));
    s.step = 0;
    EXPECT_FAULT(dl_adamw(zeros, one, zeros + 1, zeros + 2, &s, 1), "step is 0");
    s = {1e-2, 1, 0.99, 1e-8, 0, 1, 1};
    EXPECT_FAULT(dl_adamw(zeros, one, zeros + 1, zeros + 2, &s, 1), "beta1 is 1");
    EXPECT_FAULT(dl_adamw(zeros, one, zeros + 1, zeros + 2, nullptr, 1), "settings is null");
}

void squared_norms() {
    for (int64_t n : {0, 1, 7, 100, 2047, 2048, 5001}) {
        for (int64_t block : {1, 64, 2048, 4096, 9000}) {
            auto x = random(n);
            Unaligned unaligned(x);
            int64_t count = (n + block - 1) / block;
            std::vector<double> sums(count + 1, -1), expected(count), alone(count);
            for (int64_t i = 0; i < n; i++) {
                expected[i / block] += double(x[i]) * x[i];
            }
            EXPECT_OK(dl_squared_norms(sums.data(), unaligned.data(), block, n));
            for (int64_t b = 0; b < count; b++) {
                EXPECT(std::fabs(sums[b] - expected[b]) <= 2e-6 * expected[b]);
                EXPECT_OK(dl_squared_norms(&alone[b], unaligned.data() + b * block, block, std::min(block, n - b * block)));
                EXPECT(alone[b] == sums[b]);
            }
            EXPECT(sums[count] == -1);
        }
    }
    float odd[3] = {NAN, 1, INFINITY};
    double sums[3];
    EXPECT_OK(dl_squared_norms(sums, odd, 1, 3));
    EXPECT(std::isnan(sums[0]) && sums[1] == 1 && std::isinf(sums[2]));
    EXPECT_FAULT(dl_squared_norms(nullptr, odd, 1, 1), "sums is null");
    EXPECT_FAULT(dl_squared_norms(sums, odd, 0, 1), "block is 0");
}

}  // namespace

int main() {
    return run([] {
        weight_gradient();
        policy_loss();
        value_loss();
        advantages();
        whitening();
        adamw();
        squared_norms();
    });
}
