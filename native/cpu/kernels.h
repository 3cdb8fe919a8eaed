// What the functions of the C header call once their arguments are checked: one table of kernels for each instruction set.
#pragma once

#include <cstdint>

namespace drllava {

// A part of a product: x [rows, n] times the packed weight's panels.
struct Term {
    const float* x;
    int64_t ldx;
    const float* panels;
    int64_t n;
};

// y = scale · (sum of terms) + residual
struct Linear {
    float* y;
    int64_t ldy;
    Term terms[2];
    int term_count;
    const float* residual;  // or null
    int64_t ldr;
    float scale;
    int64_t rows;
    int64_t n_out;
};

struct Weight {
    const float* data;
    int64_t ld;
    int64_t n_in;
    int64_t n_out;
    bool transposed;  // [n_out, n_in], else [n_in, n_out]
};

struct Kernels {
    const char* name;
    int panel;  // output columns that a packed weight keeps together

    void (*pack)(const Weight& weight, float* panels);
    void (*linear)(const Linear& call);
};

// Null where this build or this processor lacks the instruction set.
const Kernels* scalar_kernels();
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();
const Kernels* wide_kernels();  // 16 lanes on AVX2, for tests

// The table in use, or null with the reason kept for dl_last_error.
const Kernels* kernels();

}  // namespace drllava
