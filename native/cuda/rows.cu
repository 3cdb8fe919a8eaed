// Rows copied from one type to another, a thread a number.
#include "rows.h"

#include "faults.h"
#include "numbers.h"

namespace drllava::cuda {
namespace {

template <class T>
__global__ void embedding_number(Embedding call) {
    int64_t r = thread_of_grid() / call.n, c = thread_of_grid() % call.n;
    if (r < call.rows && inside(Array::IDS, r, call.ids[r], call.count)) {
        call.y.row(r)[c] = number(static_cast<const T*>(call.table)[call.ids[r] * call.ldt + c]);
    }
}

__global__ void bfloat16_number(RoundBfloat16 call) {
    int64_t r = thread_of_grid() / call.n, c = thread_of_grid() % call.n;
    if (r < call.rows) {
        call.y.row(r)[c] = rounded<bfloat16>(call.x.row(r)[c]).bits;
    }
}

}  // namespace

int embedding(const Embedding& call) {
    auto kernel = call.pairs ? embedding_number<bfloat16> : embedding_number<float>;
    return launch("dl_embedding", kernel, blocks(call.rows * call.n, THREADS), THREADS, 0, call);
}

int round_bfloat16(const RoundBfloat16& call) {
    return launch("dl_round_bfloat16", bfloat16_number, blocks(call.rows * call.n, THREADS), THREADS, 0, call);
}

}  // namespace drllava::cuda
