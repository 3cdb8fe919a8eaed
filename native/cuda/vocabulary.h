#pragma once

#include "kernels.h"

namespace drllava::cuda {

int token_logprobs(const TokenLogprobs& call);
int logit_logprobs(const LogitLogprobs& call);

}  // namespace drllava::cuda
