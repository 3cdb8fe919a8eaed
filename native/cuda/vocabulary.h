#pragma once

#include "kernels.h"

namespace drllava::cuda {

int token_logprobs(const TokenLogprobs& call);

}  // namespace drllava::cuda
