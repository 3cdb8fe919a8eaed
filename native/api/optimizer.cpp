#include <cmath>

#include "drllava_kernels.h"
#include "kernels.h"
#include "status.h"

using namespace drllava;

int dl_squared_norms(double* sums, const float* x, int64_t block, int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_squared_norms");
    check.size("n", n)
        .size("block", block)
        .that(block > 0, "block is 0")
        .memory("sums", sums, n > 0)
        .memory("x", x, n > 0);
    if (check.failed()) {
        return check.status();
    }
    return table->squared_norms(sums, x, block, n);
}

int dl_adamw(float* parameters, const float* gradient, float* first_moment, float* second_moment, const dl_adamw_settings* settings,
             int64_t n) {
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    Check check("dl_adamw");
    check.size("n", n)
        .memory("parameters", parameters, n > 0)
        .memory("gradient", gradient, n > 0)
        .memory("first_moment", first_moment, n > 0)
        .memory("second_moment", second_moment, n > 0)
        .memory("settings", settings);
    if (check.failed()) {
        return check.status();
    }
    const dl_adamw_settings& s = *settings;
    check.that(s.step >= 1, "step is %lld, not 1 or more", static_cast<long long>(s.step))
        .that(s.beta1 >= 0 && s.beta1 < 1, "beta1 is %g, not in 0 to below 1", s.beta1)
        .that(s.beta2 >= 0 && s.beta2 < 1, "beta2 is %g, not in 0 to below 1", s.beta2);
    if (check.failed()) {
        return check.status();
    }
    double correction1 = 1 - std::pow(s.beta1, static_cast<double>(s.step));
    double correction2 = 1 - std::pow(s.beta2, static_cast<double>(s.step));
    return table->adamw({parameters, gradient, first_moment, second_moment, static_cast<float>(s.scale),
                  static_cast<float>(1 - s.learning_rate * s.weight_decay), static_cast<float>(1 - s.beta1),
                  static_cast<float>(s.beta2), static_cast<float>(1 - s.beta2), static_cast<float>(s.learning_rate / correction1),
                  static_cast<float>(1 / std::sqrt(correction2)), static_cast<float>(s.epsilon), n});
}
