#pragma once

#include "kernels.h"

namespace drllava {

int64_t kv_cache_elements(const KvCache& cache);
int kv_append(const KvAppend& call);
int kv_copy(const KvCopy& call);

}  // namespace drllava
