#pragma once

#include "kernels.h"

namespace drllava::cuda {

template <class T>
int rms_norm(const RmsNormOf<T>& call);

template <class T>
int rms_norm_backward(const RmsNormBackwardOf<T>& call);

template <class T>
int rotary(const RotaryOf<T>& call);

int round(const Round& call);

template <class T>
int swiglu(const SwiGluOf<T>& call);

template <class T>
int swiglu_backward(const SwiGluBackwardOf<T>& call);

}  // namespace drllava::cuda
