// A stand-in for cuBLAS, for tests: products of matrices in the host's memory, in double, in the turn of the stream that the
// handle was given. Stricter than the real one: what overlaps, and what a graph could not keep, is refused. Numbers as in
// cublas_api.h and library_types.h of CUDA 13.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>

#include "double.h"

extern "C" int cudaLaunchHostFunc(void* stream, void (*function)(void*), void* data);
extern "C" int double_stream_known(const void* stream);
extern "C" int double_stream_captured(const void* stream);

namespace {

enum Status { Success = 0, NotInitialized = 1, InvalidValue = 7, ExecutionFailed = 13, NotSupported = 15 };
enum Operation { N = 0, T = 1 };
enum Type { R_32F = 0, R_16BF = 14 };
enum Compute { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_TF32 = 77 };

struct Handle {
    void* stream = nullptr;
    bool own_workspace = false;  // the caller's
};

std::mutex handles_mutex;
std::set<Handle*> handles;

bool known(Handle* handle) {
    std::lock_guard lock(handles_mutex);
    return handles.count(handle) == 1;
}

struct Matrix {
    char* data;
    int type;
    int64_t ld, rows, columns;  // as it lies, by columns

    int64_t bytes() const { return type == R_32F ? 4 : 2; }

    bool sound() const { return ld >= std::max<int64_t>(1, rows) && (data != nullptr || rows * columns == 0); }

    bool overlaps(const Matrix& other) const {
        auto end = [](const Matrix& m) { return m.data + ((m.columns - 1) * m.ld + m.rows) * m.bytes(); };
        bool empty = rows * columns == 0 || other.rows * other.columns == 0;
        return !empty && data < end(other) && other.data < end(*this);
    }

    double at(int64_t row, int64_t column) const {
        const char* place = data + (column * ld + row) * bytes();
        uint32_t bits = 0;
        std::memcpy(reinterpret_cast<char*>(&bits) + (4 - bytes()), place, bytes());
        float value;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    }
};

struct Product {
    int ta, tb;
    int64_t m, n, k;
    float alpha, beta;
    Matrix a, b, c;

    void run() const {
        for (int64_t j = 0; j < n; j++) {
            for (int64_t i = 0; i < m; i++) {
                double sum = 0;
                for (int64_t l = 0; l < k; l++) {
                    sum += (ta == N ? a.at(i, l) : a.at(l, i)) * (tb == N ? b.at(l, j) : b.at(j, l));
                }
                auto* place = reinterpret_cast<float*>(c.data) + j * c.ld + i;
                *place = static_cast<float>(alpha * sum + (beta == 0 ? 0 : beta * static_cast<double>(*place)));
            }
        }
    }
};

int checked(Handle* handle, const Product& product, int compute, int algorithm) {
    if (!known(handle)) return NotInitialized;
    if (!double_stream_known(handle->stream)) return ExecutionFailed;
    if (product.m < 0 || product.n < 0 || product.k < 0 || product.ta < N || product.ta > T || product.tb < N || product.tb > T) return InvalidValue;
    if (!product.a.sound() || !product.b.sound() || !product.c.sound()) return InvalidValue;
    if (product.c.overlaps(product.a) || product.c.overlaps(product.b)) return InvalidValue;
    bool types = product.a.type == product.b.type && (product.a.type == R_32F || product.a.type == R_16BF) && product.c.type == R_32F;
    bool computes = compute == COMPUTE_32F || compute == COMPUTE_32F_PEDANTIC || (compute == COMPUTE_32F_FAST_TF32 && product.a.type == R_32F);
    if (!types || !computes || algorithm != -1) return NotSupported;
    // Its own workspace it would have to allocate, which a graph cannot keep.
    return double_stream_captured(handle->stream) && !handle->own_workspace ? NotSupported : Success;
}

int submit(Handle* handle, const Product& product) {
    auto work = std::make_unique<Product>(product);
    int status = cudaLaunchHostFunc(handle->stream, [](void* data) { static_cast<Product*>(data)->run(); }, work.get());
    if (handle->stream != nullptr && status == 0) {
        work.release();  // is done later, perhaps in a graph again and again
    }
    return status == 0 ? Success : ExecutionFailed;
}

Product product_of(int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int a_type, int lda, const void* b, int b_type, int ldb,
                   const float* beta, void* c, int c_type, int ldc) {
    auto matrix = [](const void* data, int type, int ld, int rows, int columns) {
        return Matrix{static_cast<char*>(const_cast<void*>(data)), type, ld, rows, columns};
    };
    return {ta, tb, m, n, k, *alpha, *beta, matrix(a, a_type, lda, ta == N ? m : k, ta == N ? k : m),
            matrix(b, b_type, ldb, tb == N ? k : n, tb == N ? n : k), matrix(c, c_type, ldc, m, n)};
}

}  // namespace

DOUBLE cublasGetVersion_v2(Handle*, int* version) { return *version = 130100, Success; }

DOUBLE cublasCreate_v2(Handle** out) {
    *out = new Handle;
    std::lock_guard lock(handles_mutex);
    handles.insert(*out);
    return Success;
}

DOUBLE cublasDestroy_v2(Handle* handle) {
    std::lock_guard lock(handles_mutex);
    if (handles.erase(handle) == 0) return NotInitialized;
    delete handle;
    return Success;
}

DOUBLE cublasSetStream_v2(Handle* handle, void* stream) {
    if (!known(handle)) return NotInitialized;
    if (!double_stream_known(stream)) return InvalidValue;
    handle->stream = stream;
    handle->own_workspace = false;
    return Success;
}

DOUBLE cublasSetWorkspace_v2(Handle* handle, void* workspace, size_t bytes) {
    if (!known(handle)) return NotInitialized;
    if (workspace == nullptr || reinterpret_cast<uintptr_t>(workspace) % 256 != 0 || bytes == 0) return InvalidValue;
    handle->own_workspace = true;
    return Success;
}

DOUBLE cublasSetMathMode(Handle* handle, int mode) {
    return !known(handle) ? NotInitialized : mode == 0 || mode == 2 || mode == 3 ? Success : InvalidValue;
}

extern "C" __attribute__((visibility("default"))) const char* cublasGetStatusName(int status) {
    switch (status) {
        case Success: return "CUBLAS_STATUS_SUCCESS";
        case NotInitialized: return "CUBLAS_STATUS_NOT_INITIALIZED";
        case InvalidValue: return "CUBLAS_STATUS_INVALID_VALUE";
        case ExecutionFailed: return "CUBLAS_STATUS_EXECUTION_FAILED";
        case NotSupported: return "CUBLAS_STATUS_NOT_SUPPORTED";
        default: return "an unknown status";
    }
}

extern "C" __attribute__((visibility("default"))) const char* cublasGetStatusString(int status) { return cublasGetStatusName(status); }

DOUBLE cublasGemmEx(Handle* handle, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int a_type, int lda, const void* b,
                    int b_type, int ldb, const float* beta, void* c, int c_type, int ldc, int compute, int algorithm) {
    Product product = product_of(ta, tb, m, n, k, alpha, a, a_type, lda, b, b_type, ldb, beta, c, c_type, ldc);
    int status = checked(handle, product, compute, algorithm);
    return status != Success ? status : submit(handle, product);
}

DOUBLE cublasGemmStridedBatchedEx(Handle* handle, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int a_type, int lda,
                                  long long a_stride, const void* b, int b_type, int ldb, long long b_stride, const float* beta, void* c, int c_type,
                                  int ldc, long long c_stride, int batch, int compute, int algorithm) {
    Product product = product_of(ta, tb, m, n, k, alpha, a, a_type, lda, b, b_type, ldb, beta, c, c_type, ldc);
    int status = checked(handle, product, compute, algorithm);
    for (int i = 0; i < batch && status == Success; i++) {
        status = submit(handle, product);
        product.a.data += a_stride * product.a.bytes();
        product.b.data += b_stride * product.b.bytes();
        product.c.data += c_stride * product.c.bytes();
    }
    return status;
}
