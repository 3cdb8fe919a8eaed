#include "packed.h"

#include <cstring>

namespace drllava {
namespace {

// So that a buffer cannot be used for other sizes or by a table with other panels.
struct Header {
    uint64_t mark;
    int64_t panel;
    int64_t n_in;
    int64_t n_out;
    bool pairs;
    char unused[31];
};

constexpr uint64_t MARK = 0x6b63617041564c4c;
constexpr int64_t HEADER_FLOATS = sizeof(Header) / sizeof(float);

}  // namespace

int64_t packed_floats(const Kernels& table, int64_t n_in, int64_t n_out, bool pairs) {
    return HEADER_FLOATS + (n_out + table.panel - 1) / table.panel * table.panel * Panels{nullptr, n_in, pairs}.steps();
}

void pack(const Kernels& table, const Weight& weight, float* packed) {
    Header header{MARK, table.panel, weight.n_in, weight.n_out, weight.pairs, {}};
    std::memcpy(packed, &header, sizeof header);
    table.pack(weight, packed + HEADER_FLOATS);
}

Check& check_packed(Check& check, const Kernels& table, const char* name, const float* packed, int64_t n_in, int64_t n_out) {
    check.memory(name, packed);
    if (check.failed()) {
        return check;
    }
    Header header;
    std::memcpy(&header, packed, sizeof header);
    return check.that(header.mark == MARK && header.panel == table.panel, "%s was not made by dl_pack_weight in this process", name)
        .that(header.n_in == n_in && header.n_out == n_out, "%s has %lld inputs and %lld outputs where the call has %lld and %lld",
              name, static_cast<long long>(header.n_in), static_cast<long long>(header.n_out), static_cast<long long>(n_in),
              static_cast<long long>(n_out));
}

Panels panels_of(const float* packed) {
    if (packed == nullptr) {
        return {};
    }
    Header header;
    std::memcpy(&header, packed, sizeof header);
    return {packed + HEADER_FLOATS, header.n_in, header.pairs};
}

}  // namespace drllava
