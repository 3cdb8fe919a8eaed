#pragma once

#include "kernels.h"

namespace drllava::cuda {

int sample_tokens(const SampleTokens& call);

}  // namespace drllava::cuda
