#include "packed.h"

namespace drllava {

int64_t packed_floats(const Kernels& table, int64_t n_in, int64_t n_out, bool pairs) {
    return HEADER_FLOATS + (n_out + table.panel - 1) / table.panel * table.panel * Panels{nullptr, n_in, pairs}.steps();
}

int pack(const Kernels& table, const Weight& weight, float* packed) {
    int status = put_header(packed, {PACKED_MARK, table.panel, weight.n_in, weight.n_out, weight.pairs, {}});
    return status == DL_OK ? table.pack(weight, packed + HEADER_FLOATS) : status;
}

}  // namespace drllava
