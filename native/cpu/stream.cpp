// A CPU's kernels work on the thread that calls and those of its team, and are done when they return.
#include "drllava_kernels.h"
#include "status.h"
#include "team.h"

using namespace drllava;

int dl_set_stream(void* stream) {
    return Check("dl_set_stream").that(stream == nullptr, "the kernels for the CPU have no streams").status();
}

int dl_set_threads(int64_t threads) {
    Check check("dl_set_threads");
    if (check.that(threads >= 1 && threads <= 1024, "threads is %lld, not in 1 to 1024", static_cast<long long>(threads)).failed()) {
        return check.status();
    }
    return set_team(threads) ? DL_OK : no_memory("dl_set_threads");
}

int dl_synchronize(void) { return DL_OK; }
