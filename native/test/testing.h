// As much of a test framework as these tests need. A test is a program; ctest runs it once for each instruction set.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "drllava_kernels.h"

namespace testing {

inline int failures = 0;

inline void expect(bool holds, const char* text, const char* file, int line) {
    if (!holds && ++failures <= 20) {
        std::printf("%s:%d: not so: %s\n", file, line, text);
    }
}

#define EXPECT(condition) testing::expect((condition), #condition, __FILE__, __LINE__)
#define EXPECT_OK(call) testing::expect_ok((call), #call, __FILE__, __LINE__)
#define EXPECT_FAULT(call, text) testing::expect_fault((call), (text), #call, __FILE__, __LINE__)

// Of the call and of the work that it has put on its way.
inline int outcome(int status) { return status == DL_OK ? dl_synchronize() : status; }

inline void expect_ok(int status, const char* call, const char* file, int line) {
    if (outcome(status) != DL_OK && ++failures <= 20) {
        std::printf("%s:%d: %s: %s\n", file, line, call, dl_last_error());
    }
}

inline void expect_fault(int status, const char* text, const char* call, const char* file, int line) {
    status = outcome(status);
    if ((status != DL_BAD_ARGUMENT || std::strstr(dl_last_error(), text) == nullptr) && ++failures <= 20) {
        std::printf("%s:%d: %s gave %d (%s), not a fault with \"%s\"\n", file, line, call, status, dl_last_error(), text);
    }
}

// Whether |actual - expected| <= bound for every element, which no NaN fulfils unless both are one.
template <class Expected>
bool close(const std::vector<float>& actual, const std::vector<Expected>& expected, double bound) {
    for (size_t i = 0; i < expected.size(); i++) {
        bool both_nan = std::isnan(actual[i]) && std::isnan(expected[i]);
        bool same_infinity = std::isinf(actual[i]) && actual[i] == static_cast<float>(expected[i]);
        if (!both_nan && !same_infinity && !(std::fabs(actual[i] - expected[i]) <= bound)) {
            std::printf("element %zu of %zu is %.9g, not %.9g (bound %g)\n", i, expected.size(), actual[i],
                        static_cast<double>(expected[i]), bound);
            return false;
        }
    }
    return true;
}

inline bool same_bits(const float* a, const float* b, int64_t n) { return n == 0 || std::memcmp(a, b, sizeof(float) * n) == 0; }

inline std::mt19937& generator() {
    static std::mt19937 mersenne(20);
    return mersenne;
}

inline std::vector<float> random(int64_t n, float scale = 1) {
    std::normal_distribution<float> normal(0, scale);
    std::vector<float> values(n);
    for (float& value : values) {
        value = normal(generator());
    }
    return values;
}

inline std::vector<float> packed(const std::vector<float>& weight, int64_t rows, int64_t columns, int layout, int precision = DL_F32) {
    int64_t floats = 0;
    EXPECT_OK(dl_packed_size(rows, columns, layout, precision, &floats));
    std::vector<float> result(floats);
    EXPECT_OK(dl_pack_weight(weight.data(), columns, rows, columns, layout, precision, result.data(), floats));
    return result;
}

// The nearest bfloat16, the even one of two.
inline float rounded(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000;
    std::memcpy(&x, &bits, sizeof bits);
    return x;
}

inline std::vector<float> rounded(std::vector<float> values) {
    for (float& value : values) {
        value = rounded(value);
    }
    return values;
}

// An array that does not begin at a multiple of a vector's size.
class Unaligned {
public:
    explicit Unaligned(const std::vector<float>& values) : size_(values.size()), values_(1, 0.0f) {
        values_.insert(values_.end(), values.begin(), values.end());
    }
    explicit Unaligned(int64_t n, float fill = 0) : size_(n), values_(n + 1, fill) {}
    float* data() { return values_.data() + 1; }
    std::vector<float> vector() const { return {values_.begin() + 1, values_.begin() + 1 + static_cast<int64_t>(size_)}; }

private:
    size_t size_;
    std::vector<float> values_;
};

// A kernel called from two threads at once must give each what it gives alone.
inline void twice_at_once(const std::function<void(int)>& work) {
    std::thread first([&] { work(0); }), second([&] { work(1); });
    first.join();
    second.join();
}

// 77 tells ctest that this processor lacks the instruction set.
inline int run(const std::function<void()>& tests) {
    const char* name = nullptr;
    if (dl_instruction_set(&name) != DL_OK) {
        std::printf("%s\n", dl_last_error());
        return 77;
    }
    tests();
    std::printf("%s: %d failures\n", name, failures);
    return failures == 0 ? 0 : 1;
}

}  // namespace testing
