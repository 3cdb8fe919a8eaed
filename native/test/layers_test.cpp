#include "testing.h"

using namespace testing;

namespace {

constexpr int64_t SIZES[] = {0, 1, 5, 8, 16, 31, 64, 129, 512};

void rms_norm() {
    for (int64_t n : SIZES) {
        for (int64_t rows : {0, 1, 3}) {
            auto x = random(rows * n), weight = random(n), dy = random(rows * n), residual = random(rows * n);
            std::vector<double> y(rows * n), dx(rows * n), inverses(rows);
            for (int64_t r = 0; r < rows; r++) {
                double squares = 0, dot = 0;
                for (int64_t i = r * n; i < (r + 1) * n; i++) {
                    squares += double(x[i]) * x[i];
                    dot += double(dy[i]) * weight[i - r * n] * x[i];
                }
                double inverse = inverses[r] = 1 / std::sqrt(squares / n + 1e-5);
                for (int64_t i = r * n; i < (r + 1) * n; i++) {
                    y[i] = x[i] * inverse * weight[i - r * n];
                    dx[i] = residual[i] + inverse * (dy[i] * double(weight[i - r * n]) - x[i] * inverse * inverse * dot / n);
                }
            }
            std::vector<float> got(rows * n), inverse(rows);
            EXPECT_OK(dl_rms_norm(got.data(), n, x.data(), n, weight.data(), 1e-5f, inverse.data(), rows, n));
            EXPECT(close(got, y, 1e-5));
            EXPECT(n == 0 || close(inverse, inverses, 1e-4));
            got = x;  // in place, without the inverses
            EXPECT_OK(dl_rms_norm(got.data(), n, got.data(), n, weight.data(), 1e-5f, nullptr, rows, n));
            EXPECT(close(got, y, 1e-5));
            got = residual;
            EXPECT_OK(dl_rms_norm_backward(got.data(), n, dy.data(), n, x.data(), n, weight.data(), inverse.data(), got.data(), n, rows, n));
            EXPECT(n == 1 || close(got, dx, 2e-5));
        }
    }
    std::vector<float> x = {1, NAN, 3, 4}, y(4), weight(2, 1);
    EXPECT_OK(dl_rms_norm(y.data(), 2, x.data(), 2, weight.data(), 1e-5f, nullptr, 2, 2));
    EXPECT(std::isnan(y[0]) && std::isnan(y[1]) && std::isfinite(y[2]));
    EXPECT_FAULT(dl_rms_norm(y.data(), 1, x.data(), 2, weight.data(), 1e-5f, nullptr, 2, 2), "rows of y are 1 apart");
    EXPECT_FAULT(dl_rms_norm(y.data(), 2, x.data(), 2, nullptr, 1e-5f, nullptr, 2, 2), "weight is null");
    EXPECT_FAULT(dl_rms_norm_backward(y.data(), 2, x.data(), 2, x.data(), 2, weight.data(), nullptr, nullptr, 0, 2, 2), "inverse is null");
}

// d loss / d input by central differences in double, loss being the sum of weights · outputs.
double slope(const std::function<double(double)>& loss, double at) {
    double step = 1e-4;
    return (loss(at + step) - loss(at - step)) / (2 * step);
}

void rotary() {
    for (int64_t head : {0, 2, 16, 20, 64, 128}) {
        int64_t rows = 5, heads = 3, ld = heads * head + 4, table = 7;
        std::vector<float> cosines(table * head), sines(table * head);
        for (int64_t i = 0; i < table * head / 2; i++) {
            int64_t at = i / (head / 2) * head + i % (head / 2);
            cosines[at] = cosines[at + head / 2] = std::cos(0.3f * i);
            sines[at + head / 2] = std::sin(0.3f * i);
            sines[at] = -sines[at + head / 2];
        }
        std::vector<int64_t> positions = {0, 6, 3, 3, 1};
        Unaligned x(random(rows * ld));
        auto before = x.vector();
        EXPECT_OK(dl_rotary(x.data(), ld, cosines.data(), sines.data(), table, positions.data(), 0, rows, heads, head));
        std::vector<double> expected(before.begin(), before.end());
        for (int64_t r = 0; r < rows; r++) {
            for (int64_t i = 0; i < heads * head; i++) {
                int64_t e = i % head, partner = e < head / 2 ? i + head / 2 : i - head / 2, at = positions[r] * head + e;
                expected[r * ld + i] = double(before[r * ld + i]) * cosines[at] + double(before[r * ld + partner]) * sines[at];
            }
        }
        EXPECT(close(x.vector(), expected, 1e-6));
        // A turn's transpose is its inverse.
        EXPECT_OK(dl_rotary(x.data(), ld, cosines.data(), sines.data(), table, positions.data(), 1, rows, heads, head));
        EXPECT(close(x.vector(), before, 1e-6));
    }
    std::vector<float> x(8), tables(8);
    std::vector<int64_t> positions = {0, 2};
    EXPECT_FAULT(dl_rotary(x.data(), 4, tables.data(), tables.data(), 2, positions.data(), 0, 2, 1, 4), "positions[1] is 2, not in 0 to 1");
    EXPECT_FAULT(dl_rotary(x.data(), 4, tables.data(), tables.data(), 2, positions.data(), 0, 2, 1, 3), "head is 3, not even");
}

void swiglu() {
    auto silu = [](double g) { return g / (1 + std::exp(-g)); };
    for (int64_t n : SIZES) {
        int64_t rows = 2;
        auto gate = random(rows * n, 3), up = random(rows * n), dy = random(rows * n);
        std::vector<double> y(rows * n), dgate(rows * n), dup(rows * n);
        for (int64_t i = 0; i < rows * n; i++) {
            y[i] = silu(gate[i]) * up[i];
            dgate[i] = dy[i] * up[i] * slope(silu, gate[i]);
            dup[i] = dy[i] * silu(gate[i]);
        }
        std::vector<float> got(rows * n), got_gate = gate, got_up(rows * n), again(rows * n);
        EXPECT_OK(dl_swiglu(got.data(), n, gate.data(), n, up.data(), n, rows, n));
        EXPECT(close(got, y, 1e-5));
        EXPECT_OK(dl_swiglu_backward(got_gate.data(), n, got_up.data(), n, again.data(), n, dy.data(), n, got_gate.data(), n, up.data(),
                                     n, rows, n));
        EXPECT(close(got_gate, dgate, 2e-5) && close(got_up, dup, 1e-5) && got == again);
    }
    std::vector<float> gate = {NAN, INFINITY, -INFINITY, -200, 200, 0}, up(6, 1), y(6);
    EXPECT_OK(dl_swiglu(y.data(), 6, gate.data(), 6, up.data(), 6, 1, 6));
    EXPECT(std::isnan(y[0]) && y[1] == INFINITY && y[3] == 0 && y[4] == 200 && y[5] == 0);
    EXPECT_FAULT(dl_swiglu(y.data(), 6, nullptr, 6, up.data(), 6, 1, 6), "gate is null");
    EXPECT_FAULT(dl_swiglu_backward(y.data(), 6, y.data(), 6, nullptr, 0, y.data(), 6, y.data(), 6, y.data(), 5, 1, 6), "rows of up are 5 apart");
}

void rows_of_a_table() {
    for (int64_t n : SIZES) {
        int64_t rows = 3, count = 5;
        auto table = random(count * (n + 2));
        std::vector<uint16_t> halves(count * (n + 2), 0xffff);
        EXPECT_OK(dl_round_bfloat16(halves.data(), n + 2, table.data(), n + 2, count, n));
        std::vector<int64_t> ids = {4, 0, 4};
        std::vector<float> whole(rows * n), half(rows * n), expected(rows * n);
        EXPECT_OK(dl_embedding(whole.data(), n, table.data(), n + 2, DL_F32, count, ids.data(), rows, n));
        EXPECT_OK(dl_embedding(half.data(), n, halves.data(), n + 2, DL_BF16, count, ids.data(), rows, n));
        for (int64_t i = 0; i < rows * n; i++) {
            expected[i] = table[ids[i / n] * (n + 2) + i % n];
        }
        EXPECT(whole == expected && half == rounded(expected));
        EXPECT(halves[n] == 0xffff);  // what lies between rows stays
    }
    std::vector<float> x = {NAN, INFINITY, -INFINITY, 3.4e38f, 1.00390625f, 1.01171875f}, y(6);
    std::vector<uint16_t> half(6);
    std::vector<int64_t> id = {0};
    EXPECT_OK(dl_round_bfloat16(half.data(), 6, x.data(), 6, 1, 6));
    EXPECT_OK(dl_embedding(y.data(), 6, half.data(), 6, DL_BF16, 1, id.data(), 1, 6));
    EXPECT(std::isnan(y[0]) && y[1] == INFINITY && y[2] == -INFINITY && y[3] == INFINITY && y[4] == 1 && y[5] == 1.015625f);
    id[0] = 1;
    EXPECT_FAULT(dl_embedding(y.data(), 6, half.data(), 6, DL_BF16, 1, id.data(), 1, 6), "ids[0] is 1, not in 0 to 0");
    EXPECT_FAULT(dl_embedding(y.data(), 6, half.data(), 6, 2, 1, id.data(), 1, 6), "precision is 2");
    EXPECT_FAULT(dl_round_bfloat16(half.data(), 5, x.data(), 6, 1, 6), "rows of y are 5 apart");
}

void rounds_to_bfloat16() {
    for (int64_t n : SIZES) {
        int64_t rows = 3, ld = n + 2;
        auto x = random(rows * ld, 10), expected = x;
        for (int64_t i = 0; i < rows * ld; i++) {
            expected[i] = i % ld < n ? rounded(x[i]) : x[i];
        }
        EXPECT_OK(dl_round(x.data(), ld, rows, n));
        EXPECT(same_bits(x.data(), expected.data(), rows * ld));
    }
    // Halfway to the even one, beyond the largest, and what has no neighbours.
    std::vector<float> x = {1.00390625f, 1.01171875f, 3.4e38f, -INFINITY, NAN, 1e-40f, -0.0f};
    EXPECT_OK(dl_round(x.data(), 7, 1, 7));
    EXPECT(x[0] == 1 && x[1] == 1.015625f && x[2] == INFINITY && x[3] == -INFINITY && std::isnan(x[4]) && x[5] == rounded(1e-40f) && x[6] == 0);
    EXPECT_FAULT(dl_round(nullptr, 7, 1, 7), "x is null");
}

// The exponential is seen through silu, which is about g e^g for g far below zero.
void exponentials_are_exact_to_a_few_units() {
    std::vector<float> gate, up;
    for (float g = -80; g < 20; g += 0.0371f) {
        gate.push_back(g);
    }
    int64_t n = gate.size();
    up.assign(n, 1);
    std::vector<float> y(n);
    EXPECT_OK(dl_swiglu(y.data(), n, gate.data(), n, up.data(), n, 1, n));
    double worst = 0;
    for (int64_t i = 0; i < n; i++) {
        double expected = gate[i] / (1 + std::exp(-double(gate[i])));
        worst = std::max(worst, std::fabs(y[i] / expected - 1));
    }
    EXPECT(worst < 5e-7);
}

void a_row_is_the_same_among_any_others() {
    int64_t rows = 9, n = 77;
    auto x = random(rows * n), weight = random(n);
    std::vector<float> all(rows * n), one(n), all_gated(rows * n), one_gated(n);
    EXPECT_OK(dl_rms_norm(all.data(), n, x.data(), n, weight.data(), 1e-5f, nullptr, rows, n));
    EXPECT_OK(dl_swiglu(all_gated.data(), n, x.data(), n, all.data(), n, rows, n));
    for (int64_t r = 0; r < rows; r++) {
        EXPECT_OK(dl_rms_norm(one.data(), n, x.data() + r * n, n, weight.data(), 1e-5f, nullptr, 1, n));
        EXPECT_OK(dl_swiglu(one_gated.data(), n, x.data() + r * n, n, one.data(), n, 1, n));
        EXPECT(same_bits(one.data(), all.data() + r * n, n) && same_bits(one_gated.data(), all_gated.data() + r * n, n));
    }
}

}  // namespace

int main() {
    return run([] {
        rms_norm();
        rotary();
        swiglu();
        rows_of_a_table();
        rounds_to_bfloat16();
        exponentials_are_exact_to_a_few_units();
        a_row_is_the_same_among_any_others();
    });
}
