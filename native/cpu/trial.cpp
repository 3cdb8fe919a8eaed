#include "trial.h"

#include <initializer_list>

namespace drllava {
namespace {

// A few rows and many, with tails in every direction.
constexpr int64_t ROWS = 37, IN = 70, OUT = 45, RANK = 4, WIDEST_PANEL = 32, PANELS = 2;

float x_of(int64_t r, int64_t k) { return static_cast<float>((5 * r + k) % 7 - 3); }
float weight_of(int64_t o, int64_t k) { return static_cast<float>((7 * o + 3 * k) % 5 - 2); }

template <int64_t ROWS_OF, int64_t COLUMNS>
struct Matrix {
    float data[ROWS_OF * COLUMNS];

    explicit Matrix(float (*number)(int64_t, int64_t)) {
        for (int64_t i = 0; i < ROWS_OF * COLUMNS; i++) {
            data[i] = number(i / COLUMNS, i % COLUMNS);
        }
    }
};

float product_of(int64_t r, int64_t o, int64_t n) {
    float sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += x_of(r, k) * weight_of(o, k);
    }
    return sum;
}

}  // namespace

bool multiplies_right(const Kernels& table) {
    alignas(64) float packed[PANELS * WIDEST_PANEL * IN / 2], packed_b[PANELS * WIDEST_PANEL * RANK];
    Matrix<ROWS, IN> x(x_of);
    Matrix<OUT, IN> weight(weight_of);
    Matrix<ROWS, RANK> low(x_of);
    Matrix<OUT, RANK> b(weight_of);
    const int64_t ends[] = {OUT};
    if (table.pack({{weight.data, IN}, IN, OUT, true, true}, packed) != DL_OK || table.pack({{b.data, RANK}, RANK, OUT, true, false}, packed_b) != DL_OK) {
        return false;
    }
    for (int64_t rows : {int64_t{5}, ROWS}) {
        for (int64_t parts : {0, 1}) {
            float y[ROWS * OUT];
            Update update = {{low.data, RANK}, {packed_b, RANK, false}, ends, parts};
            if (table.linear({{y, OUT}, {x.data, IN}, {packed, IN, true}, update, {nullptr, 0}, 1, rows, OUT}) != DL_OK) {
                return false;
            }
            for (int64_t i = 0; i < rows * OUT; i++) {
                if (y[i] != product_of(i / OUT, i % OUT, IN) + static_cast<float>(parts) * product_of(i / OUT, i % OUT, RANK)) {
                    return false;
                }
            }
        }
    }
    return true;
}

}  // namespace drllava
