#include "pages.h"

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#endif

namespace drllava {

void prefer_large_pages([[maybe_unused]] const void* data, [[maybe_unused]] int64_t bytes) {
#if defined(MADV_HUGEPAGE)
    constexpr uintptr_t PAGE = 2 << 20;
    constexpr int COLLAPSE = 25;  // MADV_COLLAPSE of Linux 6.1 and newer: what has small pages gets a large one now
    uintptr_t from = reinterpret_cast<uintptr_t>(data) / PAGE * PAGE, to = (reinterpret_cast<uintptr_t>(data) + bytes + PAGE - 1) / PAGE * PAGE;
    madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
    madvise(reinterpret_cast<void*>(from), to - from, COLLAPSE);
#endif
}

}  // namespace drllava
