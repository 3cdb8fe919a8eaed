// A packed weight: a header, then the panels.
#pragma once

#include "kernels.h"
#include "status.h"

namespace drllava {

// So that a buffer cannot be used for other sizes or by a table with other panels.
struct PackedHeader {
    uint64_t mark;
    int64_t panel;
    int64_t n_in;
    int64_t n_out;
    char unused[32];
};

constexpr uint64_t PACKED_MARK = 0x6b63617041564c4c;
constexpr int64_t HEADER_FLOATS = sizeof(PackedHeader) / sizeof(float);

int64_t packed_floats(const Kernels& table, int64_t n_in, int64_t n_out);

// `packed` has room for packed_floats.
int pack(const Kernels& table, const Weight& weight, float* packed);

// That `packed` was made for these sizes, by these kernels; where the header cannot be read here, the kernels look.
Check& check_packed(Check& check, const Kernels& table, const char* name, const float* packed, int64_t n_in, int64_t n_out);

// Writes the header where the weight lies.
int put_header(float* packed, const PackedHeader& header);

static DL_INLINE const float* packed_panels(const float* packed) { return packed + HEADER_FLOATS; }

}  // namespace drllava
