#pragma once

#include <cstdint>

namespace drllava {

// Working memory of the calling thread, 64-byte aligned, with the content that it happens to have; kept for the next call
// and freed when the thread ends. Null when there is no memory. A second call takes the first one's away.
float* scratch(int64_t floats);

}  // namespace drllava
