// AMX: products of bfloat16 in eight matrix registers, tmm0 to tmm7, of up to 16 rows of 64 bytes. The set `amx` has them, and
// a build for tests that puts a model in their place (test/amx_model.h).
#pragma once

#include "panels.h"

namespace drllava::DL_ISA {

#ifdef DL_AMX

// The calling thread's matrix registers while a kernel uses them. Others on the thread (libtorch's oneDNN) set them up in
// their own way, so every call sets them up anew, and gives them back so that changing threads stays cheap.
class MatrixRegisters {
public:
    // @param rows the kernel's; up to MATRIX rows are multiplied as they are, more in whole registers
    MatrixRegisters(bool wanted, int64_t rows) : wanted_(wanted) {
        if (!wanted_) {
            return;
        }
        Setting setting{};
        setting.palette = 1;
        for (int t = 0; t < 8; t++) {
            setting.row_bytes[t] = 64;
            setting.rows[t] = t < FIRST_WHOLE ? static_cast<uint8_t>(greatest(1, least(rows, MATRIX))) : MATRIX;
        }
        // GCC takes the instruction to read 8 bytes alone.
        __asm__ volatile("" : : "r"(&setting) : "memory");
        _tile_loadconfig(&setting);
    }
    ~MatrixRegisters() {
        if (wanted_) {
            _tile_release();
        }
    }
    MatrixRegisters(const MatrixRegisters&) = delete;
    MatrixRegisters& operator=(const MatrixRegisters&) = delete;

private:
    // tmm0 to tmm3 hold sums and tmm4 rows of x; the others hold weights, or x where all registers are whole.
    static constexpr int FIRST_WHOLE = 5;

    struct alignas(64) Setting {
        uint8_t palette;
        uint8_t start_row;
        uint8_t reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    };
    static_assert(sizeof(Setting) == 64);

    bool wanted_;
};

#else

struct MatrixRegisters {
    DL_INLINE MatrixRegisters(bool, int64_t) {}
};

#endif

// What follows is there where there is AMX.

// panel_product of pairs, between a MatrixRegisters' beginning and end.
void matrix_product(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, const Steps& steps, bool first);

// A low-rank update is a product of floats. Beside bfloat16 in matrix registers such a product takes long, so its factors become
// sums of two bfloat16 each, exact to 2^-17, and four products of these take its place: one sixteen of k-steps for each eight
// of the rank.
static DL_INLINE int64_t split_steps(int64_t rank) { return (rank + 7) / 8 * MATRIX; }

// [rows, split_steps(rank)]
void split_rows(float* pairs, int64_t ld, Rows x, int64_t rows, int64_t rank);

// sums += x · update for x of split_rows and one panel of floats.
void matrix_update(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, const Steps& update);

}  // namespace drllava::DL_ISA
