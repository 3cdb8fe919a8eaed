#include "drllava_kernels.h"
#include "packed.h"

namespace drllava {
namespace {

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
    return table.linear(call);
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
    return pack(*table, source, packed);
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
    Linear call{{y, ldy}, {{{x, ldx}, packed_panels(packed), n_in}, {}}, 1, {residual, ldr}, scale, rows, n_out};
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
    Linear call{{y, ldy}, {{{x, ldx}, packed_panels(packed), n_in}, {{low, ldl}, packed_panels(packed_b), rank}}, 2, {residual, ldr}, 1, rows, n_out};
    return multiply(check, *table, call);
}

int dl_weight_gradient(float* dw, int64_t lddw, const float* dy, int64_t lddy, const float* x, int64_t ldx, float scale, int add,
                       int64_t rows, int64_t n_out, int64_t n_in) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_weight_gradient");
    check.size("rows", rows)
        .size("n_out", n_out)
        .size("n_in", n_in)
        .rows("dw", dw, lddw, n_out, n_in)
        .rows("dy", dy, lddy, rows, n_out)
        .rows("x", x, ldx, rows, n_in);
    if (check.failed()) {
        return check.status();
    }
    return table->weight_gradient({{dw, lddw}, {dy, lddy}, {x, ldx}, scale, add != 0, rows, n_out, n_in});
}
