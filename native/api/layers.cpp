#include "drllava_kernels.h"
#include "kernels.h"
#include "status.h"

using namespace drllava;

int dl_rms_norm(float* y, int64_t ldy, const float* x, int64_t ldx, const float* weight, float eps, float* inverse, int64_t rows,
                int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    bool used = rows > 0 && n > 0;
    Check check("dl_rms_norm");
    check.size("rows", rows).size("n", n).rows("y", y, ldy, rows, n).rows("x", x, ldx, rows, n).memory("weight", weight, used);
    if (check.failed()) {
        return check.status();
    }
    return table->rms_norm({{y, ldy}, {x, ldx}, weight, eps, inverse, rows, n});
}

int dl_rms_norm_backward(float* dx, int64_t lddx, const float* dy, int64_t lddy, const float* x, int64_t ldx, const float* weight,
                         const float* inverse, const float* residual, int64_t ldr, int64_t rows, int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_rms_norm_backward");
    check.size("rows", rows)
        .size("n", n)
        .rows("dx", dx, lddx, rows, n)
        .rows("dy", dy, lddy, rows, n)
        .rows("x", x, ldx, rows, n)
        .memory("weight", weight, rows > 0 && n > 0)
        .memory("inverse", inverse, rows > 0);
    if (residual != nullptr) {
        check.rows("residual", residual, ldr, rows, n);
    }
    if (check.failed()) {
        return check.status();
    }
    return table->rms_norm_backward({{dx, lddx}, {dy, lddy}, {x, ldx}, weight, inverse, {residual, ldr}, rows, n});
}

int dl_rotary(float* x, int64_t ldx, const float* cosines, const float* sines, int64_t table_rows, const int64_t* positions,
              int backward, int64_t rows, int64_t heads, int64_t head) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    bool used = rows > 0 && heads > 0 && head > 0;
    Check check("dl_rotary");
    check.size("rows", rows)
        .size("heads", heads)
        .size("head", head)
        .size("table_rows", table_rows)
        .that(head % 2 == 0, "head is %lld, not even", static_cast<long long>(head))
        .rows("x", x, ldx, rows, heads * head)
        .memory("cosines", cosines, used)
        .memory("sines", sines, used)
        .indices("positions", positions, rows, table_rows);
    if (check.failed()) {
        return check.status();
    }
    return table->rotary({{x, ldx}, cosines, sines, table_rows, positions, backward != 0, rows, heads, head});
}

int dl_round(float* x, int64_t ldx, int64_t rows, int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_round");
    check.size("rows", rows).size("n", n).rows("x", x, ldx, rows, n);
    if (check.failed()) {
        return check.status();
    }
    return table->round({{x, ldx}, rows, n});
}

int dl_swiglu(float* y, int64_t ldy, const float* gate, int64_t ldg, const float* up, int64_t ldu, int64_t rows, int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_swiglu");
    check.size("rows", rows).size("n", n).rows("y", y, ldy, rows, n).rows("gate", gate, ldg, rows, n).rows("up", up, ldu, rows, n);
    if (check.failed()) {
        return check.status();
    }
    return table->swiglu({{y, ldy}, {gate, ldg}, {up, ldu}, rows, n});
}

int dl_swiglu_backward(float* dgate, int64_t lddg, float* dup, int64_t lddu, float* y, int64_t ldy, const float* dy, int64_t lddy,
                       const float* gate, int64_t ldg, const float* up, int64_t ldu, int64_t rows, int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_swiglu_backward");
    check.size("rows", rows)
        .size("n", n)
        .rows("dgate", dgate, lddg, rows, n)
        .rows("dup", dup, lddu, rows, n)
        .rows("dy", dy, lddy, rows, n)
        .rows("gate", gate, ldg, rows, n)
        .rows("up", up, ldu, rows, n);
    if (y != nullptr) {
        check.rows("y", y, ldy, rows, n);
    }
    if (check.failed()) {
        return check.status();
    }
    return table->swiglu_backward({{dgate, lddg}, {dup, lddu}, {y, ldy}, {dy, lddy}, {gate, ldg}, {up, ldu}, rows, n});
}
