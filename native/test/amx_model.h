// AMX's instructions in plain C++, as Intel's manual defines them, so that the kernels written for them run on any processor.
// Included before all else where the set amx_model is compiled: the kernels' sources do not know of it. What a processor
// answers with a fault ends the program.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace drllava::model_of_amx {
namespace {

constexpr int TILES = 8, ROWS = 16, BYTES = 64;

struct Tile {
    int rows, bytes;
    unsigned char data[ROWS][BYTES];
};

struct Registers {
    bool configured;
    Tile tiles[TILES];
};

thread_local Registers registers;

void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "a processor with AMX would fault: %s\n", what);
        std::_Exit(1);
    }
}

Tile& tile(int number) {
    require(registers.configured, "the registers are not configured");
    require(number >= 0 && number < TILES, "there are eight registers");
    Tile& t = registers.tiles[number];
    require(t.rows > 0 && t.bytes > 0, "the register is not part of the configuration");
    return t;
}

// Also clears all registers.
void loadconfig(const void* config) {
    unsigned char c[64];
    std::memcpy(c, config, sizeof c);
    registers = {};
    require(c[0] <= 1, "an unknown palette");
    registers.configured = c[0] == 1;
    require(c[1] == 0, "start_row belongs to interrupted instructions");
    for (int i = 2; i < 16; i++) {
        require(c[i] == 0, "a reserved byte is not zero");
    }
    for (int t = 0; t < 16; t++) {
        int bytes = c[16 + 2 * t] + 256 * c[17 + 2 * t], rows = c[48 + t];
        if (t >= TILES) {
            require(bytes == 0 && rows == 0, "a register beyond the eighth");
            continue;
        }
        require(bytes <= BYTES && rows <= ROWS, "a register larger than 16 rows of 64 bytes");
        require((bytes == 0) == (rows == 0), "a register with rows but without columns, or the other way round");
        registers.tiles[t].rows = rows;
        registers.tiles[t].bytes = bytes;
    }
}

void release() { registers = {}; }

void zero(int number) { std::memset(tile(number).data, 0, sizeof(Tile::data)); }

void load(int number, const void* base, int64_t stride) {
    Tile& t = tile(number);
    std::memset(t.data, 0, sizeof t.data);
    for (int r = 0; r < t.rows; r++) {
        std::memcpy(t.data[r], static_cast<const char*>(base) + r * stride, t.bytes);
    }
}

void store(int number, void* base, int64_t stride) {
    const Tile& t = tile(number);
    for (int r = 0; r < t.rows; r++) {
        std::memcpy(static_cast<char*>(base) + r * stride, t.data[r], t.bytes);
    }
}

// A denormal number counts as zero, and becomes zero.
float flushed(float x) { return __builtin_fabsf(x) < 0x1p-126f ? __builtin_copysignf(0, x) : x; }

float element(const unsigned char* row, int i) {
    uint32_t bits = (row[2 * i] | row[2 * i + 1] << 8) << 16;
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return flushed(x);
}

// c [m, n] += a [m, 2k] · b, element (2i + j, n) of b being row i's element 2n + j: first the sums over i of even and of odd
// elements, each with one rounding a step, then both together, then c.
void dpbf16ps(int number_c, int number_a, int number_b) {
    Tile &c = tile(number_c), &a = tile(number_a), &b = tile(number_b);
    require(number_c != number_a && number_c != number_b && number_a != number_b, "the three registers must differ");
    require(c.rows == a.rows, "sums and first factor have different rows");
    require(c.bytes == b.bytes, "sums and second factor have different columns");
    require(a.bytes % 4 == 0 && a.bytes / 4 == b.rows, "the first factor's columns are not the second's rows");
    require(c.bytes % 4 == 0, "a column of sums has four bytes");
    for (int m = 0; m < c.rows; m++) {
        float sums[BYTES / 4][2] = {};
        for (int k = 0; k < a.bytes / 4; k++) {
            for (int j = 0; j < 2; j++) {
                float x = element(a.data[m], 2 * k + j);
                for (int n = 0; n < c.bytes / 4; n++) {
                    sums[n][j] = flushed(__builtin_fmaf(x, element(b.data[k], 2 * n + j), sums[n][j]));
                }
            }
        }
        for (int n = 0; n < c.bytes / 4; n++) {
            float before;
            std::memcpy(&before, c.data[m] + 4 * n, sizeof before);
            float after = flushed(flushed(before) + flushed(sums[n][0] + sums[n][1]));
            std::memcpy(c.data[m] + 4 * n, &after, sizeof after);
        }
    }
    for (int m = c.rows; m < ROWS; m++) {
        std::memset(c.data[m], 0, BYTES);
    }
}

}  // namespace
}  // namespace drllava::model_of_amx

#undef _tile_loadd
#undef _tile_stored
#undef _tile_zero
#undef _tile_dpbf16ps
#define _tile_loadconfig drllava::model_of_amx::loadconfig
#define _tile_release drllava::model_of_amx::release
#define _tile_zero drllava::model_of_amx::zero
#define _tile_loadd drllava::model_of_amx::load
#define _tile_stored drllava::model_of_amx::store
#define _tile_dpbf16ps drllava::model_of_amx::dpbf16ps
