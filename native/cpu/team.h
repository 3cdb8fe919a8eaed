// Threads that share the work of one call.
#pragma once

#include <cstdint>

#include "inline.h"

namespace drllava {

// Calls of this thread are worked on by so many threads from now on, itself among them. False when there is no memory or thread to be had.
bool set_team(int64_t threads);

// How many threads work on a call of this thread: 1 unless it has a team.
int64_t team_threads();

// task(context, i) for each i in [0, count), each once, in any order, by whichever of the team's threads comes first. Returns when all
// are done. A task may not share again.
void share_tasks(int64_t count, void (*task)(void* context, int64_t i), void* context);

template <class Task>
static DL_INLINE void share(int64_t count, Task&& task) {
    share_tasks(count, [](void* context, int64_t i) { (*static_cast<Task*>(context))(i); }, const_cast<void*>(static_cast<const void*>(&task)));
}

// Part i of `parts` nearly equal runs of [0, count).
struct Run {
    int64_t from, to;

    DL_INLINE Run(int64_t count, int64_t i, int64_t parts) : from(count * i / parts), to(count * (i + 1) / parts) {}
};

// In how many runs to cut `count` alike pieces of work, so that a thread that comes late leaves little to wait for.
static DL_INLINE int64_t runs(int64_t count) {
    constexpr int64_t RUNS_EACH = 2;
    int64_t threads = team_threads(), most = threads == 1 ? 1 : threads * RUNS_EACH;
    return count < most ? count : most;
}

// work(run) for runs that make up [0, rows), of rows that are not worth a second thread unless they are many. @param n elements of a row
template <class Work>
static DL_INLINE void share_rows(int64_t rows, int64_t n, Work&& work) {
    constexpr int64_t WORTH_A_THREAD = 16384;  // elements: some microseconds
    int64_t parts = runs(rows * n / WORTH_A_THREAD);
    if (parts < 2) {
        work(Run(rows, 0, 1));
    } else {
        share(parts, [&](int64_t part) { work(Run(rows, part, parts)); });
    }
}

}  // namespace drllava
