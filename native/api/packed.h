// A packed weight: a header, then the panels.
#pragma once

#include "kernels.h"
#include "status.h"

namespace drllava {

int64_t packed_floats(const Kernels& table, int64_t n_in, int64_t n_out, bool pairs);

// `packed` has room for packed_floats.
void pack(const Kernels& table, const Weight& weight, float* packed);

// That `packed` was made for these sizes, by these kernels.
Check& check_packed(Check& check, const Kernels& table, const char* name, const float* packed, int64_t n_in, int64_t n_out);

// Of a packed weight that was checked, or of none.
Panels panels_of(const float* packed);

}  // namespace drllava
