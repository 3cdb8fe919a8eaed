#include "status.h"

#include <cstdarg>
#include <cstdio>

#include "drllava_kernels.h"
#include "kernels.h"

namespace drllava {
namespace {

thread_local char last_error[256];

}  // namespace

int fail(int status, const char* format, ...) {
    va_list values;
    va_start(values, format);
    std::vsnprintf(last_error, sizeof last_error, format, values);
    va_end(values);
    return status;
}

int no_memory(const char* function) { return fail(DL_OUT_OF_MEMORY, "%s: no memory to work in", function); }

Check& Check::size(const char* name, int64_t value) {
    return that(value >= 0 && value <= INT32_MAX, "%s is %lld, not in 0 to 2147483647", name, static_cast<long long>(value));
}

Check& Check::rows(const char* name, const void* pointer, int64_t ld, int64_t count, int64_t row) {
    return that(ld >= row && ld <= INT32_MAX, "rows of %s are %lld apart, not %lld (a row) to 2147483647", name,
                static_cast<long long>(ld), static_cast<long long>(row))
        .memory(name, pointer, count > 0 && row > 0);
}

Check& Check::real(const char* name, double value, double least, double most) {
    return that(value >= least && value <= most, "%s is %g, not in %g to %g", name, value, least, most);
}

Check& Check::memory(const char* name, const void* pointer, bool used) {
    return that(pointer != nullptr || !used, "%s is null", name);
}

Check& Check::that(bool holds, const char* format, ...) {
    if (!holds && status_ == 0) {
        char text[200];
        va_list values;
        va_start(values, format);
        std::vsnprintf(text, sizeof text, format, values);
        va_end(values);
        status_ = fail(DL_BAD_ARGUMENT, "%s: %s", function_, text);
    }
    return *this;
}

}  // namespace drllava

extern "C" int dl_abi_version(void) { return DL_ABI_VERSION; }

extern "C" const char* dl_last_error(void) { return drllava::last_error; }

extern "C" int dl_instruction_set(const char** name) {
    using namespace drllava;
    if (Check("dl_instruction_set").memory("name", name).failed()) {
        return DL_BAD_ARGUMENT;
    }
    const Kernels* table = kernels();
    if (table == nullptr) {
        return DL_UNSUPPORTED;
    }
    *name = table->name;
    return DL_OK;
}
