#pragma once

#include <cstdint>

namespace drllava {

// Asks the operating system to keep an array in pages of 2 MiB, so that reading it from one end to the other waits less for
// addresses. A wish: where it cannot be granted, nothing changes. The page at each end is asked for whole, whatever else it holds.
void prefer_large_pages(const void* data, int64_t bytes);

}  // namespace drllava
