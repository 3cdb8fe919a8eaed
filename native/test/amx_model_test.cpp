// The model of AMX's instructions itself: what the manual says of sums, small numbers and shapes, and that it ends a program
// which a processor would stop. With an argument: commits that fault.
#include "amx_model.h"
#include "testing.h"

using namespace testing;

namespace {

struct alignas(64) Configuration {
    uint8_t palette = 1, start_row = 0, reserved[14] = {};
    uint16_t bytes[16] = {};
    uint8_t rows[16] = {};
};

// c [m, n] in register 0, a [m, 2k] in 1, b [k, 2n] in 2.
Configuration shapes(int m, int n, int k) {
    Configuration configuration;
    uint8_t rows[] = {uint8_t(m), uint8_t(m), uint8_t(k)};
    int bytes[] = {4 * n, 4 * k, 4 * n};
    for (int t = 0; t < 3; t++) {
        configuration.rows[t] = rows[t];
        configuration.bytes[t] = bytes[t];
    }
    return configuration;
}

uint16_t bfloat16(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits >> 16;
}

// One column of sums: c + Σ a[i] b[i]
float dot(const std::vector<float>& a, const std::vector<float>& b, float c) {
    Configuration configuration = shapes(1, 1, a.size() / 2);
    _tile_loadconfig(&configuration);
    std::vector<uint16_t> x, y;
    for (size_t i = 0; i < a.size(); i++) {
        x.push_back(bfloat16(a[i]));
        y.push_back(bfloat16(b[i]));
    }
    _tile_loadd(0, &c, 4);
    _tile_loadd(1, x.data(), 64);
    _tile_loadd(2, y.data(), 4);
    _tile_dpbf16ps(0, 1, 2);
    _tile_stored(0, &c, 4);
    _tile_release();
    return c;
}

void sums_and_small_numbers() {
    EXPECT(dot({1, 2, 3, 4}, {5, 6, 7, 8}, 9) == 79);
    // Odd elements have a sum of their own: each 1 alone would be lost beside 2^24.
    EXPECT(dot({0x1p24f, 1, 0, 1}, {1, 1, 1, 1}, 0) == 0x1p24f + 2);
    EXPECT(dot({0x1p24f, 0, 1, 0, 1, 0}, {1, 1, 1, 1, 1, 1}, 0) == 0x1p24f);
    // The old sum comes last.
    EXPECT(dot({1, 1}, {1, 1}, 0x1p24f) == 0x1p24f + 2);
    // Half a unit goes to the even neighbour.
    EXPECT(dot({0x1p24f, 0, 3, 0}, {1, 1, 1, 1}, 0) == 0x1p24f + 4);
    // Denormal factors, sums and results.
    EXPECT(dot({0x1p-127f, 0}, {0x1p100f, 0}, 0) == 0);
    EXPECT(dot({0x1p-70f, 0}, {0x1p-60f, 0}, 0) == 0);
    EXPECT(dot({0, 0}, {0, 0}, 0x1p-130f) == 0);
    EXPECT(std::isnan(dot({INFINITY, 0}, {0, 0}, 1)) && std::isinf(dot({INFINITY, 0}, {1, 0}, 1)));
}

void rows_and_columns_of_the_configuration_alone() {
    constexpr int m = 3, n = 5, k = 2;
    Configuration configuration = shapes(m, n, k);
    uint16_t a[16][32], b[16][32];
    float c[16][16];
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 32; j++) {
            a[i][j] = bfloat16(i + 2 * j);
            b[i][j] = bfloat16(3 * i - j);
        }
        for (float& x : c[i]) {
            x = 1000;
        }
    }
    _tile_loadconfig(&configuration);
    _tile_zero(0);
    _tile_loadd(1, a, sizeof a[0]);
    _tile_loadd(2, b, sizeof b[0]);
    _tile_dpbf16ps(0, 1, 2);
    _tile_stored(0, c, sizeof c[0]);
    _tile_release();
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 16; j++) {
            float sum = 0;
            for (int s = 0; s < 2 * k; s++) {
                sum += (i + 2 * s) * (3 * (s / 2) - (2 * j + s % 2));
            }
            EXPECT(c[i][j] == (i < m && j < n ? sum : 1000));
        }
    }
}

void commit(const std::string& fault) {
    Configuration configuration = shapes(16, 16, 16);
    float memory[16][16] = {};
    if (fault == "released") {
        _tile_loadconfig(&configuration);
        _tile_release();
        _tile_zero(0);
    } else if (fault == "shape") {
        configuration.rows[2] = 8;
        _tile_loadconfig(&configuration);
        _tile_dpbf16ps(0, 1, 2);
    } else if (fault == "unused") {
        _tile_loadconfig(&configuration);
        _tile_loadd(3, memory, 64);
    } else if (fault == "palette") {
        configuration.palette = 2;
        _tile_loadconfig(&configuration);
    } else if (fault == "rows") {
        configuration.rows[0] = 17;
        _tile_loadconfig(&configuration);
    } else if (fault == "reserved") {
        configuration.reserved[3] = 1;
        _tile_loadconfig(&configuration);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 1) {
        commit(arguments[1]);
        return 0;
    }
    sums_and_small_numbers();
    rows_and_columns_of_the_configuration_alone();
    return failures == 0 ? 0 : 1;
}
