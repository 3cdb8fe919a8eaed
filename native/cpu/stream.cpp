// A CPU's kernels work on the thread that calls, and are done when they return.
#include "drllava_kernels.h"
#include "status.h"

using namespace drllava;

int dl_set_stream(void* stream) {
    return Check("dl_set_stream").that(stream == nullptr, "the kernels for the CPU have no streams").status();
}

int dl_synchronize(void) { return DL_OK; }
