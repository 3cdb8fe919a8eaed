#include "testing.h"

using namespace testing;

namespace {

// y[r, o] = scale · sum_k x[r, k] w(k, o) + residual[r, o], in double
template <class At>
std::vector<double> product(const std::vector<float>& x, At weight, const std::vector<float>& residual, double scale, int64_t rows,
                            int64_t n_in, int64_t n_out) {
    std::vector<double> y(rows * n_out);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t o = 0; o < n_out; o++) {
            double sum = 0;
            for (int64_t k = 0; k < n_in; k++) {
                sum += double(x[r * n_in + k]) * weight(k, o);
            }
            y[r * n_out + o] = scale * sum + (residual.empty() ? 0 : residual[r * n_out + o]);
        }
    }
    return y;
}

// Sums of n terms of about 1: rounding of a chain of n additions stays below this by far.
double bound(int64_t n) { return 1e-6 * (n + 10); }

// Products of bfloat16 are exact in float32, so they differ from the reference with rounded factors by their sums alone.
void agrees_with_a_double_reference(int precision) {
    for (int64_t rows : {0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 25, 97, 200}) {
        for (int64_t n_in : {0, 1, 7, 64, 301}) {
            for (int64_t n_out : {0, 1, 15, 16, 33, 70}) {
                auto x = random(rows * n_in), w = random(n_in * n_out), residual = random(rows * n_out);
                auto nt = packed(w, n_out, n_in, DL_NT, precision), nn = packed(w, n_in, n_out, DL_NN, precision);
                std::vector<float> y(rows * n_out);
                Unaligned input(x);
                if (precision == DL_BF16) {
                    x = rounded(x);
                    w = rounded(w);
                }
                auto by_row = [&](int64_t k, int64_t o) { return w[o * n_in + k]; };
                auto by_column = [&](int64_t k, int64_t o) { return w[k * n_out + o]; };
                EXPECT_OK(dl_linear_packed(y.data(), n_out, input.data(), n_in, nt.data(), nullptr, 0, 1, rows, n_in, n_out));
                EXPECT(close(y, product(x, by_row, {}, 1, rows, n_in, n_out), bound(n_in)));
                EXPECT_OK(dl_linear_packed(y.data(), n_out, input.data(), n_in, nn.data(), residual.data(), n_out, 0.5f, rows, n_in, n_out));
                EXPECT(close(y, product(x, by_column, residual, 0.5, rows, n_in, n_out), bound(n_in)));
                y = residual;
                EXPECT_OK(dl_linear_packed(y.data(), n_out, input.data(), n_in, nt.data(), y.data(), n_out, 1, rows, n_in, n_out));
                EXPECT(close(y, product(x, by_row, residual, 1, rows, n_in, n_out), bound(n_in)));
            }
        }
    }
}

void adds_a_low_rank_update(int precision) {
    for (int64_t rank : {0, 1, 8, 17, 40}) {
        for (int64_t rows : {1, 3, 8, 50, 200}) {
            int64_t n_in = 300, n_out = 101;
            auto x = random(rows * n_in), w = random(n_in * n_out), low = random(rows * rank), b = random(n_out * rank);
            auto residual = random(rows * n_out), input = x;
            auto pw = packed(w, n_out, n_in, DL_NT, precision), pb = packed(b, n_out, rank, DL_NT);
            if (precision == DL_BF16) {
                x = rounded(x);
                w = rounded(w);
            }
            auto expected = product(x, [&](int64_t k, int64_t o) { return w[o * n_in + k]; }, residual, 1, rows, n_in, n_out);
            auto update = product(low, [&](int64_t k, int64_t o) { return b[o * rank + k]; }, {}, 1, rows, rank, n_out);
            for (size_t i = 0; i < expected.size(); i++) {
                expected[i] += update[i];
            }
            std::vector<float> y(rows * n_out);
            EXPECT_OK(dl_linear_lora(y.data(), n_out, input.data(), n_in, pw.data(), low.data(), rank, pb.data(), &n_out, 1, residual.data(),
                                     n_out, rows, n_in, n_out, rank));
            EXPECT(close(y, expected, bound(n_in + rank)));
        }
    }
}

// Joined layers of 5, 0, 60, 32 and 33 outputs, whose borders fall inside of panels and between them.
void adds_an_update_to_each_part() {
    std::vector<int64_t> ends = {5, 5, 65, 97, 130};
    int64_t n_in = 65, n_out = 130, rank = 3, parts = ends.size();
    for (int64_t rows : {1, 2, 40}) {
        for (int precision : {DL_F32, DL_BF16}) {
            auto x = random(rows * n_in), w = random(n_in * n_out), low = random(rows * parts * rank), b = random(n_out * rank);
            auto pw = packed(w, n_out, n_in, DL_NT, precision), pb = packed(b, n_out, rank, DL_NT);
            std::vector<float> y(rows * n_out);
            EXPECT_OK(dl_linear_lora(y.data(), n_out, x.data(), n_in, pw.data(), low.data(), parts * rank, pb.data(), ends.data(), parts,
                                     nullptr, 0, rows, n_in, n_out, rank));
            if (precision == DL_BF16) {
                x = rounded(x);
                w = rounded(w);
            }
            auto expected = product(x, [&](int64_t k, int64_t o) { return w[o * n_in + k]; }, {}, 1, rows, n_in, n_out);
            for (int64_t r = 0; r < rows; r++) {
                for (int64_t o = 0; o < n_out; o++) {
                    int64_t part = std::upper_bound(ends.begin(), ends.end(), o) - ends.begin();
                    for (int64_t k = 0; k < rank; k++) {
                        expected[r * n_out + o] += double(low[(r * parts + part) * rank + k]) * b[o * rank + k];
                    }
                }
            }
            EXPECT(close(y, expected, bound(n_in + rank)));
        }
    }
}

void a_row_is_the_same_among_any_others(int precision) {
    int64_t most = 300, n_in = 530, n_out = 83, rank = 8, parts = 2, ends[] = {30, n_out};
    auto x = random(most * n_in), w = random(n_in * n_out), low = random(most * parts * rank), b = random(n_out * rank);
    auto pw = packed(w, n_out, n_in, DL_NT, precision), pb = packed(b, n_out, rank, DL_NT);
    std::vector<float> all(most * n_out), some(most * n_out), all_lora(most * n_out), some_lora(most * n_out);
    auto both = [&](float* plain, float* lora, int64_t from, int64_t rows) {
        EXPECT_OK(dl_linear_packed(plain, n_out, x.data() + from * n_in, n_in, pw.data(), nullptr, 0, 1, rows, n_in, n_out));
        EXPECT_OK(dl_linear_lora(lora, n_out, x.data() + from * n_in, n_in, pw.data(), low.data() + from * parts * rank, parts * rank,
                                 pb.data(), ends, parts, nullptr, 0, rows, n_in, n_out, rank));
    };
    both(all.data(), all_lora.data(), 0, most);
    for (int64_t rows = 1; rows <= 40; rows++) {
        for (int64_t from : {int64_t{0}, int64_t{7}, most - rows}) {
            both(some.data(), some_lora.data(), from, rows);
            EXPECT(same_bits(some.data(), all.data() + from * n_out, rows * n_out));
            EXPECT(same_bits(some_lora.data(), all_lora.data() + from * n_out, rows * n_out));
        }
    }
}

void strides_and_unaligned_arrays() {
    int64_t rows = 9, n_in = 21, n_out = 19, ldx = 24, ldy = 40;
    auto w = random(n_in * n_out);
    auto pw = packed(w, n_out, n_in, DL_NT);
    Unaligned weights(pw), x(random(rows * ldx)), y(rows * ldy, 7);
    EXPECT_OK(dl_linear_packed(y.data(), ldy, x.data(), ldx, weights.data(), nullptr, 0, 1, rows, n_in, n_out));
    std::vector<float> dense, result;
    for (int64_t r = 0; r < rows; r++) {
        dense.insert(dense.end(), x.data() + r * ldx, x.data() + r * ldx + n_in);
        result.insert(result.end(), y.data() + r * ldy, y.data() + r * ldy + n_out);
        for (int64_t c = n_out; c < ldy; c++) {
            EXPECT(y.data()[r * ldy + c] == 7);
        }
    }
    EXPECT(close(result, product(dense, [&](int64_t k, int64_t o) { return w[o * n_in + k]; }, {}, 1, rows, n_in, n_out), bound(n_in)));
}

void a_nan_stays_in_its_row(int precision) {
    int64_t rows = 8, n_in = 40, n_out = 20;
    auto x = random(rows * n_in), w = random(n_in * n_out);
    x[3 * n_in + 5] = NAN;
    x[4 * n_in + 5] = INFINITY;
    auto pw = packed(w, n_out, n_in, DL_NT, precision);
    std::vector<float> y(rows * n_out);
    EXPECT_OK(dl_linear_packed(y.data(), n_out, x.data(), n_in, pw.data(), nullptr, 0, 1, rows, n_in, n_out));
    for (int64_t i = 0; i < rows * n_out; i++) {
        int64_t row = i / n_out;
        EXPECT(row == 3 ? std::isnan(y[i]) : row == 4 ? std::isinf(y[i]) : std::isfinite(y[i]));
    }
}

void several_threads(int precision) {
    int64_t rows = 50, n = 200;
    auto w = packed(random(n * n), n, n, DL_NT, precision);
    std::vector<float> x[2] = {random(rows * n), random(rows * n)}, alone[2], together[2];
    auto run = [&](int i, std::vector<float>& y) {
        y.resize(rows * n);
        EXPECT_OK(dl_linear_packed(y.data(), n, x[i].data(), n, w.data(), nullptr, 0, 1, rows, n, n));
    };
    run(0, alone[0]);
    run(1, alone[1]);
    twice_at_once([&](int i) {
        for (int repeat = 0; repeat < 20; repeat++) {
            run(i, together[i]);
        }
    });
    EXPECT(alone[0] == together[0] && alone[1] == together[1]);
}

void faults() {
    std::vector<float> a(1000), w(100);
    int64_t floats = 0;
    EXPECT_FAULT(dl_packed_size(-1, 4, DL_NT, DL_F32, &floats), "dl_packed_size: rows is -1");
    EXPECT_FAULT(dl_packed_size(4, 4, 7, DL_F32, &floats), "layout is 7");
    EXPECT_FAULT(dl_packed_size(4, 4, DL_NT, 2, &floats), "precision is 2");
    EXPECT_FAULT(dl_fast_bf16(nullptr), "fast is null");
    EXPECT_FAULT(dl_packed_size(4, 4, DL_NN, DL_F32, nullptr), "floats is null");
    EXPECT_FAULT(dl_packed_size(4, INT64_MAX, DL_NN, DL_F32, &floats), "columns is 9223372036854775807");
    EXPECT_FAULT(dl_pack_weight(nullptr, 10, 10, 10, DL_NT, DL_F32, a.data(), 1000), "weight is null");
    EXPECT_FAULT(dl_pack_weight(w.data(), 9, 10, 10, DL_NT, DL_F32, a.data(), 1000), "rows of weight are 9 apart");
    EXPECT_FAULT(dl_pack_weight(w.data(), 10, 10, 10, DL_NT, DL_F32, a.data(), 50), "packed_floats is 50");
    EXPECT_OK(dl_pack_weight(w.data(), 10, 10, 10, DL_NT, DL_F32, a.data(), 1000));
    std::vector<float> x(100), y(100, 5);
    auto call = [&](float* out, int64_t ldy, const float* in, int64_t ldx, const float* weight, int64_t rows, int64_t n_in) {
        return dl_linear_packed(out, ldy, in, ldx, weight, nullptr, 0, 1, rows, n_in, 10);
    };
    EXPECT_FAULT(call(nullptr, 10, x.data(), 10, a.data(), 3, 10), "y is null");
    EXPECT_FAULT(call(y.data(), 10, nullptr, 10, a.data(), 3, 10), "x is null");
    EXPECT_FAULT(call(y.data(), 10, x.data(), 10, nullptr, 3, 10), "packed is null");
    EXPECT_FAULT(call(y.data(), 9, x.data(), 10, a.data(), 3, 10), "rows of y are 9 apart");
    EXPECT_FAULT(call(y.data(), 10, x.data(), 10, a.data(), -3, 10), "rows is -3");
    EXPECT_FAULT(call(y.data(), 10, x.data(), 12, a.data(), 3, 12), "packed has 10 inputs and 10 outputs where the call has 12 and 10");
    EXPECT_FAULT(call(y.data(), 10, x.data(), 10, w.data(), 3, 10), "packed was not made by dl_pack_weight");
    int64_t ends[] = {4, 10}, falling[] = {11, 10}, short_of[] = {4, 9};
    auto lora = [&](const float* b, const int64_t* part_ends, int64_t parts) {
        return dl_linear_lora(y.data(), 10, x.data(), 10, a.data(), x.data(), 20, b, part_ends, parts, nullptr, 0, 3, 10, 10, 10);
    };
    EXPECT_FAULT(lora(a.data(), ends, 0), "parts is 0");
    EXPECT_FAULT(lora(a.data(), nullptr, 2), "part_ends is null");
    EXPECT_FAULT(lora(a.data(), falling, 2), "part_ends[1] is 10 after 11");
    EXPECT_FAULT(lora(a.data(), short_of, 2), "part_ends ends with 9 where there are 10 outputs");
    EXPECT_FAULT(lora(packed(w, 10, 10, DL_NT, DL_BF16).data(), ends, 2), "packed_b is bfloat16");
    EXPECT(y == std::vector<float>(100, 5));
    EXPECT_OK(call(nullptr, 10, nullptr, 10, a.data(), 0, 10));
}

}  // namespace

int main() {
    return run([] {
        adds_an_update_to_each_part();
        strides_and_unaligned_arrays();
        for (int precision : {DL_F32, DL_BF16}) {
            agrees_with_a_double_reference(precision);
            adds_a_low_rank_update(precision);
            a_row_is_the_same_among_any_others(precision);
            a_nan_stays_in_its_row(precision);
            several_threads(precision);
        }
        faults();
    });
}
