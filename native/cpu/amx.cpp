// A register of x has 16 rows of 16 k-steps, one of weights 16 k-steps of half a panel. The sums of a column are made in
// sixteens of k-steps, one after the other, whatever the number of rows; a last sixteen that is not full has zeros.
#include "amx.h"

#ifdef DL_AMX

namespace drllava::DL_ISA {
namespace {

// k-steps: 16 KiB of a panel and 16 KiB of 32 rows, which stay in the first-level cache together.
constexpr int64_t SHORT_PIECE = 8 * MATRIX;
constexpr int64_t STEP_BYTES = PANEL * sizeof(float);
constexpr int64_t HALF = STEP_BYTES / 2;
constexpr int64_t SIXTEEN_BYTES = MATRIX * STEP_BYTES;

// What some rows do with one piece. Distances are bytes.
struct Part {
    float* sums;
    int64_t ld_sums;
    const char* x;
    int64_t ldx;
    const char* weights;
    int64_t jump;  // to the second panel
    int64_t sixteens;
    const char* ahead;
    int64_t ahead_step;  // to fetch in each sixteen of k-steps

    DL_INLINE void next() {
        for (int64_t byte = 0; byte < ahead_step; byte += 64) {
            prefetch(ahead + byte);
        }
        ahead += ahead_step;
        x += MATRIX * sizeof(float);
        weights += SIXTEEN_BYTES;
    }
};

using Multiply = void (*)(Part, bool);

// Two registers of rows and one panel: four products for four loads.
void tall(Part part, bool first) {
    float* lower = part.sums + MATRIX * part.ld_sums / static_cast<int64_t>(sizeof(float));
    if (first) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    } else {
        _tile_loadd(0, part.sums, part.ld_sums);
        _tile_loadd(1, part.sums + MATRIX, part.ld_sums);
        _tile_loadd(2, lower, part.ld_sums);
        _tile_loadd(3, lower + MATRIX, part.ld_sums);
    }
    for (int64_t i = 0; i < part.sixteens; i++) {
        _tile_loadd(4, part.x, part.ldx);
        _tile_loadd(6, part.weights, STEP_BYTES);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, part.weights + HALF, STEP_BYTES);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, part.x + MATRIX * part.ldx, part.ldx);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
        part.next();
    }
    _tile_stored(0, part.sums, part.ld_sums);
    _tile_stored(1, part.sums + MATRIX, part.ld_sums);
    _tile_stored(2, lower, part.ld_sums);
    _tile_stored(3, lower + MATRIX, part.ld_sums);
}

// One register of rows and one panel, or two, so that four sums are on their way at once.
template <int PANELS>
void flat(Part part, bool first) {
    if (first) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    } else {
        _tile_loadd(0, part.sums, part.ld_sums);
        _tile_loadd(1, part.sums + MATRIX, part.ld_sums);
        if constexpr (PANELS == 2) {
            _tile_loadd(2, part.sums + 2 * MATRIX, part.ld_sums);
            _tile_loadd(3, part.sums + 3 * MATRIX, part.ld_sums);
        }
    }
    for (int64_t i = 0; i < part.sixteens; i++) {
        _tile_loadd(4, part.x, part.ldx);
        _tile_loadd(5, part.weights, STEP_BYTES);
        _tile_dpbf16ps(0, 4, 5);
        _tile_loadd(6, part.weights + HALF, STEP_BYTES);
        _tile_dpbf16ps(1, 4, 6);
        if constexpr (PANELS == 2) {
            _tile_loadd(7, part.weights + part.jump, STEP_BYTES);
            _tile_dpbf16ps(2, 4, 7);
            _tile_loadd(5, part.weights + part.jump + HALF, STEP_BYTES);
            _tile_dpbf16ps(3, 4, 5);
        }
        part.next();
    }
    _tile_stored(0, part.sums, part.ld_sums);
    _tile_stored(1, part.sums + MATRIX, part.ld_sums);
    if constexpr (PANELS == 2) {
        _tile_stored(2, part.sums + 2 * MATRIX, part.ld_sums);
        _tile_stored(3, part.sums + 3 * MATRIX, part.ld_sums);
    }
}

}  // namespace

void matrix_product(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, const Steps& steps, bool first) {
    // GCC does not know that the instructions read memory: what was written to it must be there.
    __asm__ volatile("" : : : "memory");
    alignas(64) float last[2 * SIXTEEN_BYTES / sizeof(float)];
    int64_t groups = (rows + 2 * MATRIX - 1) / (2 * MATRIX);
    for (int64_t start = 0; first || start < steps.count;) {
        // A single group reads the panel once, so nothing would be gained by cutting it.
        int64_t left = steps.count - start, full = left / MATRIX * MATRIX;
        int64_t count = full == 0 ? left : groups == 1 ? full : least(SHORT_PIECE, full);
        const float* weights = steps.weights + start * PANEL;
        Part part = {sums,
                       ld_sums * static_cast<int64_t>(sizeof(float)),
                       reinterpret_cast<const char*>(x + start),
                       ldx * static_cast<int64_t>(sizeof(float)),
                       reinterpret_cast<const char*>(weights),
                       steps.jump * static_cast<int64_t>(sizeof(float)),
                       (count + MATRIX - 1) / MATRIX,
                       reinterpret_cast<const char*>(weights + count * PANEL * steps.panels),
                       SIXTEEN_BYTES * steps.panels / groups};
        if (full == 0 && left > 0) {
            std::memset(last, 0, sizeof last);
            for (int64_t p = 0; p < steps.panels; p++) {
                std::memcpy(last + p * MATRIX * PANEL, weights + p * steps.jump, left * STEP_BYTES);
            }
            __asm__ volatile("" : : "r"(last) : "memory");
            part.weights = reinterpret_cast<const char*>(last);
            part.jump = SIXTEEN_BYTES;
        }
        for (int64_t row = 0; row < rows; row += 2 * MATRIX) {
            Multiply multiply = rows - row > MATRIX ? tall : steps.panels == 2 ? flat<2> : flat<1>;
            part.sums = sums + row * ld_sums;
            part.x = reinterpret_cast<const char*>(x + row * ldx + start);
            multiply(part, first);
            part.ahead += part.ahead_step * part.sixteens;
        }
        first = false;
        start += count;
    }
}

}  // namespace drllava::DL_ISA

#endif
