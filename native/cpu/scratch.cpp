#include "scratch.h"

#include <cstdlib>

namespace drllava {
namespace {

struct Memory {
    float* data = nullptr;
    int64_t floats = 0;

    ~Memory() { std::free(data); }
};

thread_local Memory memory;

}  // namespace

float* scratch(int64_t floats) {
    constexpr int64_t LINE = 64 / sizeof(float);
    if (floats > memory.floats || memory.data == nullptr) {
        int64_t whole = (floats / LINE + 1) * LINE;
        std::free(memory.data);
        memory.data = static_cast<float*>(std::aligned_alloc(64, whole * sizeof(float)));
        memory.floats = memory.data == nullptr ? 0 : whole;
    }
    return memory.data;
}

}  // namespace drllava
