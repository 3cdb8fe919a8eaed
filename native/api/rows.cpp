#include "drllava_kernels.h"
#include "kernels.h"
#include "status.h"

using namespace drllava;

int dl_embedding(float* y, int64_t ldy, const void* table_rows, int64_t ldt, int precision, int64_t count, const int64_t* ids, int64_t rows,
                 int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_embedding");
    check.size("rows", rows)
        .size("n", n)
        .size("count", count)
        .that(precision == DL_F32 || precision == DL_BF16, "precision is %d, neither DL_F32 nor DL_BF16", precision)
        .rows("y", y, ldy, rows, n)
        .rows("table", table_rows, ldt, count, n)
        .indices("ids", ids, rows, count);
    if (check.failed()) {
        return check.status();
    }
    return table->embedding({{y, ldy}, table_rows, ldt, precision == DL_BF16, count, ids, rows, n});
}

int dl_round_bfloat16(uint16_t* y, int64_t ldy, const float* x, int64_t ldx, int64_t rows, int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_round_bfloat16");
    check.size("rows", rows).size("n", n).rows("y", y, ldy, rows, n).rows("x", x, ldx, rows, n);
    if (check.failed()) {
        return check.status();
    }
    return table->round_bfloat16({{y, ldy}, {x, ldx}, rows, n});
}
