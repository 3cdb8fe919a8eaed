#pragma once

#include "kernels.h"

namespace drllava::cuda {

template <class T>
int pack(const WeightOf<T>& weight, T* panels);

template <class T>
int linear(const LinearOf<T>& call);

template <class T>
int weight_gradient(const WeightGradientOf<T>& call);

}  // namespace drllava::cuda
