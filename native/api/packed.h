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
    bool pairs;
    char unused[31];
};

constexpr uint64_t PACKED_MARK = 0x6b63617041564c4c;
constexpr int64_t HEADER_FLOATS = sizeof(PackedHeader) / sizeof(float);

int64_t packed_floats(const Kernels& table, int64_t n_in, int64_t n_out, bool pairs);

// `packed` has room for packed_floats.
int pack(const Kernels& table, const Weight& weight, float* packed);

// Of a packed weight that lies where this code can read it; of one in a GPU's memory the kernels do the same.

// That `packed` was made for these sizes, by these kernels.
Check& check_packed(Check& check, const Kernels& table, const char* name, const float* packed, int64_t n_in, int64_t n_out);

// Of a packed weight that was checked.
Panels panels_of(const float* packed, int64_t n_in);

// Writes the header where the weight lies.
int put_header(float* packed, const PackedHeader& header);

}  // namespace drllava
