// Which table of kernels this process uses.
#include <cstdlib>
#include <cstring>

#ifdef DL_HAS_AMX
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "drllava_kernels.h"
#include "kernels.h"
#include "status.h"
#include "trial.h"

namespace drllava {
namespace {

struct Choice {
    const char* name;
    const Kernels* (*find)();
};

// The fastest first.
constexpr Choice CHOICES[] = {
    {"amx", amx_kernels},
    {"avx512bf16", avx512bf16_kernels},
    {"avx512", avx512_kernels},
    {"avx2", avx2_kernels},
    {"scalar", scalar_kernels},
#ifdef DL_HAS_WIDE
    {"wide", wide_kernels},
#endif
#ifdef DL_HAS_AMX_MODEL
    {"amx_model", amx_model_kernels},
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
        fail(DL_UNSUPPORTED, "DRLLAVA_KERNELS is %.40s, which is not one of scalar, avx2, avx512, avx512bf16, amx or not in this processor", wanted);
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

#ifdef DL_HAS_AMX
namespace amx {
const Kernels* table();
}

namespace {

// Whether the processor has matrix registers for bfloat16 and the operating system keeps them when threads change.
bool has_matrix_registers() {
    constexpr unsigned OSXSAVE = 1u << 27, AMX_BF16 = 1u << 22, AMX_TILE = 1u << 24, KEPT = 3u << 17;
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & OSXSAVE) == 0 || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & AMX_BF16) == 0 ||
        (d & AMX_TILE) == 0) {
        return false;
    }
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & KEPT) == KEPT;
}

// Linux (5.16 and newer) lets a process use them that has asked, with all its threads.
bool may_use_matrix_registers() {
    constexpr long REQUEST_PERMISSION = 0x1023, MATRIX_DATA = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, MATRIX_DATA) == 0;
}

}  // namespace

const Kernels* amx_kernels() {
    bool rest = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bf16");
    if (!rest || !has_matrix_registers() || !may_use_matrix_registers()) {
        return nullptr;
    }
    // Written without a processor that has them: wrong numbers must not be what shows it.
    return multiplies_right(*amx::table()) ? amx::table() : nullptr;
}
#else
const Kernels* amx_kernels() { return nullptr; }
#endif

#ifdef DL_HAS_AMX_MODEL
namespace amx_model {
const Kernels* table();
}
const Kernels* amx_model_kernels() {
    bool runs = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && multiplies_right(*amx_model::table());
    return runs ? amx_model::table() : nullptr;
}
#endif

#ifdef DL_HAS_WIDE
namespace wide {
const Kernels* table();
}
const Kernels* wide_kernels() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? wide::table() : nullptr; }
#endif

}  // namespace drllava
