// RMSNorm, a block a row; rotary positions and SwiGLU, a thread a number or pair.
#include "layers.h"

#include "faults.h"
#include "numbers.h"

namespace drllava::cuda {
namespace {

template <class T>
__global__ void rms_norm_row(RmsNormOf<T> call) {
    const T* x = call.x.row(blockIdx.x);
    T* y = call.y.row(blockIdx.x);
    float squares = 0;
    for (int64_t c = threadIdx.x; c < call.n; c += blockDim.x) {
        squares = fmaf(number(x[c]), number(x[c]), squares);
    }
    squares = block_sum(squares, dynamic_shared<float>());
    float inverse = 1.0f / sqrtf(squares / static_cast<float>(call.n) + call.eps);
    for (int64_t c = threadIdx.x; c < call.n; c += blockDim.x) {
        y[c] = rounded<T>(number(x[c]) * inverse * number(call.weight[c]));
    }
    if (call.inverse != nullptr && threadIdx.x == 0) {
        call.inverse[blockIdx.x] = inverse;
    }
}

template <class T>
__global__ void rms_norm_backward_row(RmsNormBackwardOf<T> call) {
    int64_t r = blockIdx.x;
    const T* x = call.x.row(r);
    const T* dy = call.dy.row(r);
    float inverse = call.inverse[r], dot = 0;
    for (int64_t c = threadIdx.x; c < call.n; c += blockDim.x) {
        dot = fmaf(number(dy[c]) * number(call.weight[c]), number(x[c]), dot);
    }
    dot = block_sum(dot, dynamic_shared<float>());
    float along = -inverse * inverse * inverse * (dot / static_cast<float>(call.n));
    for (int64_t c = threadIdx.x; c < call.n; c += blockDim.x) {
        float dx = fmaf(number(x[c]), along, number(dy[c]) * number(call.weight[c]) * inverse);
        call.dx.row(r)[c] = rounded<T>(call.residual ? dx + number(call.residual.row(r)[c]) : dx);
    }
}

template <class T>
__global__ void rotary_pair(RotaryOf<T> call) {
    int64_t half = call.head / 2, pairs = call.heads * half;
    int64_t r = thread_of_grid() / pairs, pair = thread_of_grid() % pairs;
    if (r >= call.rows || !inside(Array::POSITIONS, r, call.positions[r], call.table_rows)) {
        return;
    }
    int64_t i = pair % half;
    const float* cosines = call.cosines + call.positions[r] * call.head + i;
    const float* sines = call.sines + call.positions[r] * call.head + i;
    T* x = call.x.row(r) + pair / half * call.head + i;
    float a = number(x[0]), b = number(x[half]);
    // The transposed turn takes each sine from the other half.
    float to_a = call.backward ? sines[half] : sines[0], to_b = call.backward ? sines[0] : sines[half];
    x[0] = rounded<T>(fmaf(a, cosines[0], b * to_a));
    x[half] = rounded<T>(fmaf(b, cosines[half], a * to_b));
}

__global__ void round_number(Round call) {
    int64_t r = thread_of_grid() / call.n, c = thread_of_grid() % call.n;
    if (r < call.rows) {
        call.x.row(r)[c] = number(rounded<bfloat16>(call.x.row(r)[c]));
    }
}

__device__ float sigmoid(float x) { return 1 / (1 + exponential(-x)); }

template <class T>
__global__ void swiglu_number(SwiGluOf<T> call) {
    int64_t r = thread_of_grid() / call.n, c = thread_of_grid() % call.n;
    if (r < call.rows) {
        float gate = number(call.gate.row(r)[c]);
        call.y.row(r)[c] = rounded<T>(gate * sigmoid(gate) * number(call.up.row(r)[c]));
    }
}

template <class T>
__global__ void swiglu_backward_number(SwiGluBackwardOf<T> call) {
    int64_t r = thread_of_grid() / call.n, c = thread_of_grid() % call.n;
    if (r >= call.rows) {
        return;
    }
    float gate = number(call.gate.row(r)[c]), up = number(call.up.row(r)[c]), dy = number(call.dy.row(r)[c]);
    float open = sigmoid(gate), silu = gate * open;
    call.dgate.row(r)[c] = rounded<T>(dy * up * (open + silu * (1 - open)));
    call.dup.row(r)[c] = rounded<T>(dy * silu);
    if (call.y) {
        call.y.row(r)[c] = rounded<T>(silu * up);
    }
}

}  // namespace

template <class T>
int rms_norm(const RmsNormOf<T>& call) {
    int threads = threads_for(call.n);
    return launch("dl_rms_norm", rms_norm_row<T>, dim3(call.rows), threads, threads / WARP * sizeof(float), call);
}

template <class T>
int rms_norm_backward(const RmsNormBackwardOf<T>& call) {
    int threads = threads_for(call.n);
    return launch("dl_rms_norm_backward", rms_norm_backward_row<T>, dim3(call.rows), threads, threads / WARP * sizeof(float), call);
}

template <class T>
int rotary(const RotaryOf<T>& call) {
    return launch("dl_rotary", rotary_pair<T>, blocks(call.rows * call.heads * (call.head / 2), THREADS), THREADS, 0, call);
}

int round(const Round& call) { return launch("dl_round", round_number, blocks(call.rows * call.n, THREADS), THREADS, 0, call); }

template <class T>
int swiglu(const SwiGluOf<T>& call) {
    return launch("dl_swiglu", swiglu_number<T>, blocks(call.rows * call.n, THREADS), THREADS, 0, call);
}

template <class T>
int swiglu_backward(const SwiGluBackwardOf<T>& call) {
    return launch("dl_swiglu_backward", swiglu_backward_number<T>, blocks(call.rows * call.n, THREADS), THREADS, 0, call);
}

template int rms_norm(const RmsNorm& call);
template int rms_norm_backward(const RmsNormBackward& call);
template int rotary(const Rotary& call);
template int swiglu(const SwiGlu& call);
template int swiglu_backward(const SwiGluBackward& call);

}  // namespace drllava::cuda
