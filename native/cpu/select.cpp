// Which table of kernels this process uses.
#include <cstdlib>
#include <cstring>

#include "drllava_kernels.h"
#include "kernels.h"
#include "status.h"

namespace drllava {
namespace {

struct Choice {
    const char* name;
    const Kernels* (*find)();
};

// The fastest first.
constexpr Choice CHOICES[] = {
    {"avx512bf16", avx512bf16_kernels},
    {"avx512", avx512_kernels},
    {"avx2", avx2_kernels},
    {"scalar", scalar_kernels},
#ifdef DL_HAS_WIDE
    {"wide", wide_kernels},
#endif
};

const Kernels* choose(const char* wanted) {
    for (const Choice& choice : CHOICES) {
        if (wanted == nullptr || *wanted == 0 || std::strcmp(wanted, choice.name) == 0) {
            if (const Kernels* found = choice.find()) {
                return found;
            }
        }
    }
    return nullptr;
}

}  // namespace

const Kernels* kernels() {
    static const char* const wanted = std::getenv("DRLLAVA_KERNELS");
    static const Kernels* const chosen = choose(wanted);
    if (chosen == nullptr) {
        fail(DL_UNSUPPORTED, "DRLLAVA_KERNELS is %.40s, which is not one of scalar, avx2, avx512, avx512bf16 or not in this processor", wanted);
    }
    return chosen;
}

namespace scalar {
const Kernels* table();
}
const Kernels* scalar_kernels() { return scalar::table(); }

#ifdef DL_HAS_AVX2
namespace avx2 {
const Kernels* table();
}
const Kernels* avx2_kernels() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2::table() : nullptr;
}
#else
const Kernels* avx2_kernels() { return nullptr; }
#endif

#ifdef DL_HAS_AVX512
namespace avx512 {
const Kernels* table();
}
const Kernels* avx512_kernels() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma") ? avx512::table() : nullptr;
}
#else
const Kernels* avx512_kernels() { return nullptr; }
#endif

#ifdef DL_HAS_AVX512BF16
namespace avx512bf16 {
const Kernels* table();
}
const Kernels* avx512bf16_kernels() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bf16") ? avx512bf16::table() : nullptr;
}
#else
const Kernels* avx512bf16_kernels() { return nullptr; }
#endif

#ifdef DL_HAS_WIDE
namespace wide {
const Kernels* table();
}
const Kernels* wide_kernels() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? wide::table() : nullptr; }
#endif

}  // namespace drllava
