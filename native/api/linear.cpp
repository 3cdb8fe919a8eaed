#include "drllava_kernels.h"
#include "packed.h"

namespace drllava {
namespace {

constexpr int64_t MOST_PARTS = 1024;

Check& check_weight(Check& check, int64_t rows, int64_t columns, int layout, int precision) {
    return check.size("rows", rows)
        .size("columns", columns)
        .that(layout == DL_NT || layout == DL_NN, "layout is %d, neither DL_NT nor DL_NN", layout)
        .that(precision == DL_F32 || precision == DL_BF16, "precision is %d, neither DL_F32 nor DL_BF16", precision);
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

int dl_packed_size(int64_t rows, int64_t columns, int layout, int precision, int64_t* floats) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_packed_size");
    if (check_weight(check, rows, columns, layout, precision).memory("floats", floats).failed()) {
        return check.status();
    }
    bool pairs = precision == DL_BF16;
    *floats = layout == DL_NT ? packed_floats(*table, columns, rows, pairs) : packed_floats(*table, rows, columns, pairs);
    return DL_OK;
}

int dl_pack_weight(const float* weight, int64_t ldw, int64_t rows, int64_t columns, int layout, int precision, float* packed,
                   int64_t floats) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_pack_weight");
    check_weight(check, rows, columns, layout, precision)
        .rows("weight", weight, ldw, rows, columns)
        .memory("packed", packed);
    if (check.failed()) {
        return check.status();
    }
    bool transposed = layout == DL_NT;
    Weight source{{weight, ldw}, transposed ? columns : rows, transposed ? rows : columns, transposed, precision == DL_BF16};
    int64_t needed = packed_floats(*table, source.n_in, source.n_out, source.pairs);
    if (check.that(floats >= needed, "packed_floats is %lld where %lld are needed", static_cast<long long>(floats),
                   static_cast<long long>(needed)).failed()) {
        return check.status();
    }
    return pack(*table, source, packed);
}

int dl_fast_bf16(int* fast) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    if (Check("dl_fast_bf16").memory("fast", fast).failed()) {
        return DL_BAD_ARGUMENT;
    }
    *fast = table->fast_bf16;
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
    if (check.failed()) {
        return check.status();
    }
    Linear call{{y, ldy}, {x, ldx}, panels_of(packed, n_in), {}, {residual, ldr}, scale, rows, n_out};
    return multiply(check, *table, call);
}

int dl_linear_lora(float* y, int64_t ldy, const float* x, int64_t ldx, const float* packed, const float* low, int64_t ldl,
                   const float* packed_b, const int64_t* part_ends, int64_t parts, const float* residual, int64_t ldr, int64_t rows,
                   int64_t n_in, int64_t n_out, int64_t rank) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_linear_lora");
    check.size("rows", rows)
        .size("n_in", n_in)
        .size("n_out", n_out)
        .size("rank", rank)
        .that(parts >= 1 && parts <= MOST_PARTS, "parts is %lld, not 1 to %lld", static_cast<long long>(parts), static_cast<long long>(MOST_PARTS))
        .rows("x", x, ldx, rows, n_in);
    if (check.failed()) {
        return check.status();
    }
    check.rows("low", low, ldl, rows, parts * rank).memory("part_ends", part_ends);
    check_packed(check, *table, "packed", packed, n_in, n_out);
    check_packed(check, *table, "packed_b", packed_b, rank, n_out);
    if (check.failed()) {
        return check.status();
    }
    Panels b = panels_of(packed_b, rank);
    check.that(!b.pairs, "packed_b is bfloat16").ends("part_ends", part_ends, parts, n_out);
    if (check.failed()) {
        return check.status();
    }
    Linear call{{y, ldy}, {x, ldx}, panels_of(packed, n_in), {{low, ldl}, b, part_ends, parts}, {residual, ldr}, 1, rows, n_out};
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
