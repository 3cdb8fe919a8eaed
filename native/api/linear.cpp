#include <cstring>

#include "drllava_kernels.h"
#include "kernels.h"
#include "status.h"

namespace drllava {
namespace {

// Stands before the panels, so that a buffer cannot be used for other sizes or by a table with other panels.
struct Header {
    uint64_t mark;
    int64_t panel;
    int64_t n_in;
    int64_t n_out;
    char unused[32];
};

constexpr uint64_t MARK = 0x6b63617041564c4c;
constexpr int64_t HEADER_FLOATS = sizeof(Header) / sizeof(float);

int64_t packed_floats(const Kernels& table, int64_t n_in, int64_t n_out) {
    return HEADER_FLOATS + (n_out + table.panel - 1) / table.panel * table.panel * n_in;
}

const float* panels(const float* packed) { return packed + HEADER_FLOATS; }

void check_packed(Check& check, const Kernels& table, const char* name, const float* packed, int64_t n_in, int64_t n_out) {
    check.memory(name, packed);
    if (check.failed()) {
        return;
    }
    Header header;
    std::memcpy(&header, packed, sizeof header);
    check.that(header.mark == MARK && header.panel == table.panel, "%s was not made by dl_pack_weight in this process", name)
        .that(header.n_in == n_in && header.n_out == n_out, "%s has %lld inputs and %lld outputs where the call has %lld and %lld",
              name, static_cast<long long>(header.n_in), static_cast<long long>(header.n_out), static_cast<long long>(n_in),
              static_cast<long long>(n_out));
}

Check& check_weight(Check& check, int64_t rows, int64_t columns, int layout) {
    return check.size("rows", rows)
        .size("columns", columns)
        .that(layout == DL_NT || layout == DL_NN, "layout is %d, neither DL_NT nor DL_NN", layout);
}

int multiply(Check& check, const Kernels& table, Linear& call) {
    check.rows("y", call.y.data, call.y.ld, call.rows, call.n_out);
    if (call.residual) {
        check.rows("residual", call.residual.data, call.residual.ld, call.rows, call.n_out);
    }
    if (check.failed()) {
        return check.status();
    }
    table.linear(call);
    return DL_OK;
}

}  // namespace
}  // namespace drllava

using namespace drllava;

int dl_packed_size(int64_t rows, int64_t columns, int layout, int64_t* floats) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_packed_size");
    if (check_weight(check, rows, columns, layout).memory("floats", floats).failed()) {
        return check.status();
    }
    *floats = layout == DL_NT ? packed_floats(*table, columns, rows) : packed_floats(*table, rows, columns);
    return DL_OK;
}

int dl_pack_weight(const float* weight, int64_t ldw, int64_t rows, int64_t columns, int layout, float* packed, int64_t floats) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_pack_weight");
    check_weight(check, rows, columns, layout)
        .rows("weight", weight, ldw, rows, columns)
        .memory("packed", packed);
    if (check.failed()) {
        return check.status();
    }
    bool transposed = layout == DL_NT;
    Weight source{{weight, ldw}, transposed ? columns : rows, transposed ? rows : columns, transposed};
    int64_t needed = packed_floats(*table, source.n_in, source.n_out);
    if (check.that(floats >= needed, "packed_floats is %lld where %lld are needed", static_cast<long long>(floats),
                   static_cast<long long>(needed)).failed()) {
        return check.status();
    }
    Header header{MARK, table->panel, source.n_in, source.n_out, {}};
    std::memcpy(packed, &header, sizeof header);
    table->pack(source, packed + HEADER_FLOATS);
    return DL_OK;
}

int dl_linear_packed(float* y, int64_t ldy, const float* x, int64_t ldx, const float* packed, const float* residual,
                     int64_t ldr, float scale, int64_t rows, int64_t n_in, int64_t n_out) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_linear_packed");
    check.size("rows", rows).size("n_in", n_in).size("n_out", n_out).rows("x", x, ldx, rows, n_in);
    check_packed(check, *table, "packed", packed, n_in, n_out);
    Linear call{{y, ldy}, {{{x, ldx}, panels(packed), n_in}, {}}, 1, {residual, ldr}, scale, rows, n_out};
    return multiply(check, *table, call);
}

int dl_linear_lora(float* y, int64_t ldy, const float* x, int64_t ldx, const float* packed, const float* low, int64_t ldl,
                   const float* packed_b, const float* residual, int64_t ldr, int64_t rows, int64_t n_in, int64_t n_out,
                   int64_t rank) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_linear_lora");
    check.size("rows", rows)
        .size("n_in", n_in)
        .size("n_out", n_out)
        .size("rank", rank)
        .rows("x", x, ldx, rows, n_in)
        .rows("low", low, ldl, rows, rank);
    check_packed(check, *table, "packed", packed, n_in, n_out);
    check_packed(check, *table, "packed_b", packed_b, rank, n_out);
    Linear call{{y, ldy}, {{{x, ldx}, panels(packed), n_in}, {{low, ldl}, panels(packed_b), rank}}, 2, {residual, ldr}, 1, rows, n_out};
    return multiply(check, *table, call);
}
