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

// Of a row of x that is split: eight elements of the upper halves, eight of the lower, and the same once more.
constexpr int64_t EIGHT = 8;
constexpr int64_t EIGHT_BYTES = EIGHT * sizeof(uint16_t);
using Elements = uint16_t __attribute__((vector_size(DL_LANES * sizeof(uint16_t))));

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

// x = upper + lower, but for what is below 2^-17 of it. Bits of bfloat16, in a float's upper half.
struct Split {
    IntVec upper, lower;

    static DL_INLINE IntVec nearest(Vec x) {
        IntVec bits = (IntVec)x, exponent = bits & 0x7f800000;
        IntVec rounded = (bits + 0x7fff + ((bits >> 16) & 1)) & static_cast<int32_t>(0xffff0000);
        return exponent == 0x7f800000 ? bits & static_cast<int32_t>(0xffff0000) : rounded;
    }

    DL_INLINE explicit Split(Vec x) : upper(nearest(x)) {
        // Infinity has no rest, and a NaN one is enough.
        lower = nearest((upper & 0x7f800000) == 0x7f800000 ? Vec{} : x - (Vec)upper);
    }
};

static DL_INLINE void store_bits(float* to, IntVec bits) { store(to, (Vec)bits); }

// Elements of two rows side by side, as registers of weights take them.
static DL_INLINE IntVec side_by_side(IntVec even, IntVec odd) { return ((even >> 16) & 0xffff) | odd; }

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

void split_rows(float* pairs, int64_t ld, Rows x, int64_t rows, int64_t rank) {
    for (int64_t r = 0; r < rows; r++) {
        char* to = reinterpret_cast<char*>(pairs + r * ld);
        for (int64_t k = 0; k < rank; k += 2 * EIGHT) {
            Split split(load_first(x.row(r) + k, rank - k));
            auto upper = __builtin_convertvector(split.upper >> 16, Elements), lower = __builtin_convertvector(split.lower >> 16, Elements);
            const char *from[2] = {reinterpret_cast<const char*>(&upper), reinterpret_cast<const char*>(&lower)};
            for (int64_t half = 0; half < 2 && k + half * EIGHT < rank; half++) {
                for (int place = 0; place < 4; place++) {
                    std::memcpy(to, from[place % 2] + half * EIGHT_BYTES, EIGHT_BYTES);
                    to += EIGHT_BYTES;
                }
            }
        }
    }
}

void matrix_update(float* sums, int64_t ld_sums, const float* x, int64_t ldx, int64_t rows, const Steps& update) {
    constexpr int64_t AT_ONCE = 4 * EIGHT, PLACE = EIGHT / 2 * PANEL;
    alignas(64) float panel[AT_ONCE / EIGHT * MATRIX * PANEL];
    for (int64_t start = 0; start < update.count; start += AT_ONCE) {
        int64_t rank = least(AT_ONCE, update.count - start);
        for (int64_t k = 0; k < (rank + EIGHT - 1) / EIGHT * EIGHT; k += 2) {
            float* to = panel + k / EIGHT * MATRIX * PANEL + k % EIGHT / 2 * PANEL;
            for (int64_t v = 0; v < PANEL; v += LANES) {
                const float* from = update.weights + (start + k) * PANEL + v;
                Split even(k < rank ? load(from) : Vec{}), odd(k + 1 < rank ? load(from + PANEL) : Vec{});
                IntVec upper = side_by_side(even.upper, odd.upper), lower = side_by_side(even.lower, odd.lower);
                // x has upper, lower, upper, lower.
                store_bits(to + v, upper);
                store_bits(to + PLACE + v, upper);
                store_bits(to + 2 * PLACE + v, lower);
                store_bits(to + 3 * PLACE + v, lower);
            }
        }
        matrix_product(sums, ld_sums, x + split_steps(start), ldx, rows, {panel, split_steps(rank), 0, 1, true, false}, false);
    }
}

}  // namespace drllava::DL_ISA

#endif
