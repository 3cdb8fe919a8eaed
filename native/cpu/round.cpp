#include "round.h"

#include "simd.h"

namespace drllava::DL_ISA {

int round(const Round& call) {
    const IntVec quiet = 0x400000 - IntVec{}, upper = static_cast<int32_t>(0xffff0000) - IntVec{};
    for (int64_t r = 0; r < call.rows; r++) {
        float* x = call.x.row(r);
        for (int64_t c = 0; c < call.n; c += LANES) {
            Vec v = load_first(x + c, call.n - c);
            IntVec bits = (IntVec)v, nearest = bits + 0x7fff + ((bits >> 16) & 1);
            store_first(x + c, (Vec)((v == v ? nearest : bits | quiet) & upper), call.n - c);
        }
    }
    return DL_OK;
}

}  // namespace drllava::DL_ISA
