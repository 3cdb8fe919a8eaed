// What the doubles of the CUDA runtime and of NCCL share.
#pragma once
#include <cstddef>

// A function of the library that gives a status.
#define DOUBLE extern "C" __attribute__((visibility("default"))) int

struct PointerAttributes {  // cudaPointerAttributes
    int type;
    int device;
    void* devicePointer;
    void* hostPointer;
    long reserved[8];
};
