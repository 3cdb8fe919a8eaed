// What lies in a GPU's memory cannot be looked at here: the kernels do (faults.h), and only null pointers are found at once.
#include "faults.h"

namespace drllava {

Check& Check::indices(const char* name, const int64_t* pointer, int64_t count, int64_t) { return memory(name, pointer, count > 0); }

Check& Check::rising_indices(const char* name, const int64_t* pointer, int64_t count, int64_t) { return memory(name, pointer, count > 0); }

Check& Check::offsets(const char* name, const int64_t* pointer, int64_t) { return memory(name, pointer); }

Check& Check::places(const char* name, const int64_t* pointer, const int64_t*, const int64_t*, int64_t sequences) {
    return memory(name, pointer, sequences > 0);
}

Check& Check::ends(const char* name, const int64_t* pointer, int64_t, int64_t) { return memory(name, pointer); }

int64_t counted(const int64_t*, int64_t count) { return count > 0 ? 1 : 0; }

Check& check_packed(Check& check, const Kernels&, const char* name, const float* packed, int64_t, int64_t) {
    return check.memory(name, packed);
}

// Whether it is bfloat16 the kernels see.
Panels panels_of(const float* packed, int64_t n_in) { return {packed + HEADER_FLOATS, n_in, false}; }

namespace cuda {
namespace {

__global__ void write_header(float* packed, PackedHeader header) {
    float words[HEADER_FLOATS];
    memcpy(words, &header, sizeof header);
    for (int64_t i = 0; i < HEADER_FLOATS; i++) {
        packed[i] = words[i];
    }
}

}  // namespace
}  // namespace cuda

int put_header(float* packed, const PackedHeader& header) {
    return cuda::launch("dl_pack_weight", cuda::write_header, 1, 1, 0, packed, header);
}

}  // namespace drllava
