#include <dlfcn.h>
#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cuda_on_cpu.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

dim3 gridDim, blockDim;
uint3 blockIdx, threadIdx;

namespace cuda_on_cpu {
namespace {

constexpr size_t STACK_BYTES = 256 << 10;
constexpr unsigned MOST_THREADS = 1024;

struct Fiber {
    std::unique_ptr<char[]> stack;
    ucontext_t beginning;
    jmp_buf place;
    bool begun = false, done = true, ready = false;
    uint3 index;
    unsigned mask = 0;
    const char* waits = "";
};

struct Warp {
    unsigned present = 0, arrived = 0;
    char slots[32][16];
};

// The block that runs. Launches wait for each other, so there is one.
struct Block {
    std::vector<Fiber> fibers = std::vector<Fiber>(MOST_THREADS);
    std::vector<Warp> warps = std::vector<Warp>(MOST_THREADS / 32);
    std::vector<char> shared;
    const std::function<void()>* body = nullptr;
    unsigned threads = 0, current = 0, live = 0;
    unsigned arrived = 0, votes = 0, outcome = 0;
    Place barrier{};
    jmp_buf scheduler;
};

Block block;
std::mutex one_launch;

// The address sanitizer wants to know whose stack runs. `to` is null for the scheduler's.
class StackSwitch {
public:
#ifdef __SANITIZE_ADDRESS__
    explicit StackSwitch(const Fiber* to) {
        __sanitizer_start_switch_fiber(&fake_, to == nullptr ? scheduler_bottom : to->stack.get(), to == nullptr ? scheduler_bytes : STACK_BYTES);
    }
    void scheduler_again() { __sanitizer_finish_switch_fiber(fake_, nullptr, nullptr); }
    void fiber_again() { __sanitizer_finish_switch_fiber(fake_, &scheduler_bottom, &scheduler_bytes); }
    static void fiber_begins() { __sanitizer_finish_switch_fiber(nullptr, &scheduler_bottom, &scheduler_bytes); }

private:
    void* fake_ = nullptr;
    static inline const void* scheduler_bottom = nullptr;
    static inline size_t scheduler_bytes = 0;
#else
    explicit StackSwitch(const Fiber*) {}
    void scheduler_again() {}
    void fiber_again() {}
    static void fiber_begins() {}
#endif
};

// Back to the scheduler until it is this fiber's turn again.
void pause() {
    StackSwitch stacks(nullptr);
    if (_setjmp(block.fibers[block.current].place) == 0) {
        _longjmp(block.scheduler, 1);
    }
    stacks.fiber_again();
}

void leave() {
    Fiber& fiber = block.fibers[block.current];
    fiber.done = true;
    fiber.ready = false;
    block.live--;
    block.warps[block.current / 32].present &= ~(1u << block.current % 32);
    if (block.arrived > 0) {
        fail("a thread leaves the kernel while others wait at the barrier in %s:%d", block.barrier.file, block.barrier.line);
    }
}

// A fiber runs one thread after the other, a block each.
void begin() {
    StackSwitch::fiber_begins();
    for (;;) {
        (*block.body)();
        leave();
        pause();
    }
}

void resume(unsigned thread) {
    Fiber& fiber = block.fibers[thread];
    block.current = thread;
    threadIdx = fiber.index;
    StackSwitch stacks(&fiber);
    if (_setjmp(block.scheduler) == 0) {
        if (fiber.begun) {
            _longjmp(fiber.place, 1);
        }
        fiber.begun = true;
        setcontext(&fiber.beginning);
    }
    stacks.scheduler_again();
}

std::string wanted_order() {
    const char* name = std::getenv("DRLLAVA_FIBERS");
    return name == nullptr ? "ascending" : name;
}

std::string order_name = wanted_order();

// Threads that take turns among themselves until all of them wait; then it is the next group's turn. In the rising and the
// falling order a group is a warp, which so runs as far ahead of the others as it can; else all threads are one.
using Groups = std::vector<std::vector<unsigned>>;

Groups turns(unsigned threads) {
    std::vector<unsigned> all(threads);
    std::iota(all.begin(), all.end(), 0);
    if (order_name != "ascending" && order_name != "descending") {
        std::shuffle(all.begin(), all.end(), std::mt19937(std::atoi(order_name.c_str())));
        return {all};
    }
    Groups warps((threads + 31) / 32);
    for (unsigned thread : all) {
        warps[thread / 32].push_back(thread);
    }
    if (order_name == "descending") {
        std::reverse(warps.begin(), warps.end());
        for (auto& warp : warps) {
            std::reverse(warp.begin(), warp.end());
        }
    }
    return warps;
}

// Whether one of them was ready.
bool take_turns(const std::vector<unsigned>& group) {
    bool moved = false;
    for (unsigned thread : group) {
        if (block.fibers[thread].ready) {
            resume(thread);
            moved = true;
        }
    }
    return moved;
}

void prepare(Fiber& fiber) {
    if (fiber.stack == nullptr) {
        fiber.stack = std::make_unique<char[]>(STACK_BYTES);
        getcontext(&fiber.beginning);
        fiber.beginning.uc_stack = {fiber.stack.get(), 0, STACK_BYTES};
        fiber.beginning.uc_link = nullptr;
        makecontext(&fiber.beginning, begin, 0);
    }
}

void run_block(const Groups& groups) {
    block.live = block.threads;
    block.arrived = block.votes = 0;
    std::fill(block.warps.begin(), block.warps.end(), Warp());
    for (unsigned thread = 0; thread < block.threads; thread++) {
        Fiber& fiber = block.fibers[thread];
        prepare(fiber);
        fiber.done = false;
        fiber.ready = true;
        fiber.index = {thread % blockDim.x, thread / blockDim.x % blockDim.y, thread / (blockDim.x * blockDim.y)};
        block.warps[thread / 32].present |= 1u << thread % 32;
    }
    while (block.live > 0) {
        bool moved = false;
        for (const auto& group : groups) {
            while (take_turns(group)) {
                moved = true;
            }
        }
        if (!moved) {
            fail("threads wait for each other for ever");
        }
    }
}

}  // namespace

void fail(const char* format, ...) {
    std::fprintf(stderr, "cuda_on_cpu: block (%u, %u, %u), thread %u: ", blockIdx.x, blockIdx.y, blockIdx.z, block.current);
    va_list values;
    va_start(values, format);
    std::vfprintf(stderr, format, values);
    va_end(values);
    std::fprintf(stderr, "\n");
    for (unsigned thread = 0, shown = 0; thread < block.threads && shown < 8; thread++) {
        const Fiber& fiber = block.fibers[thread];
        if (!fiber.done && !fiber.ready) {
            std::fprintf(stderr, "  thread %u waits at %s\n", thread, fiber.waits);
            shown++;
        }
    }
    std::fflush(nullptr);
    std::_Exit(70);
}

void launch(dim3 grid, dim3 threads, size_t shared, const std::function<void()>& body) {
    std::lock_guard<std::mutex> alone(one_launch);
    uint64_t count = uint64_t{threads.x} * threads.y * threads.z;
    if (count == 0 || count > MOST_THREADS || grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > INT32_MAX || grid.y > 65535 ||
        grid.z > 65535) {
        fail("a launch of %u x %u x %u blocks of %llu threads", grid.x, grid.y, grid.z, static_cast<unsigned long long>(count));
    }
    if (shared > 160 << 10) {
        fail("a launch with %zu bytes of shared memory", shared);
    }
    gridDim = grid;
    blockDim = threads;
    block.body = &body;
    block.threads = static_cast<unsigned>(count);
    Groups groups = turns(block.threads);
    for (unsigned z = 0; z < grid.z; z++) {
        for (unsigned y = 0; y < grid.y; y++) {
            for (unsigned x = 0; x < grid.x; x++) {
                blockIdx = {x, y, z};
                block.shared.assign(shared, static_cast<char>(0xff));
                run_block(groups);
            }
        }
    }
}

namespace {

// A function of the stand-in for the CUDA runtime (native/double), which has streams; null in a process without it.
template <class Function>
Function runtime(const char* name) {
    bool stand_in = dlsym(RTLD_DEFAULT, "double_stream_known") != nullptr;
    return stand_in ? reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name)) : nullptr;
}

struct Launch {
    dim3 grid, threads;
    size_t shared;
    std::function<void()> body;

    void now() const { launch(grid, threads, shared, body); }
};

thread_local cudaError_t last_error = cudaSuccess;

}  // namespace

void launch_on(cudaStream_t stream, dim3 grid, dim3 threads, size_t shared, std::function<void()> body) {
    using InItsTurn = cudaError_t (*)(cudaStream_t, void (*)(void*), void*);
    static const auto in_its_turn = runtime<InItsTurn>("cudaLaunchHostFunc");
    auto work = std::make_unique<Launch>(Launch{grid, threads, shared, std::move(body)});
    if (in_its_turn == nullptr) {
        work->now();
        return;
    }
    cudaError_t error = in_its_turn(stream, [](void* data) { static_cast<Launch*>(data)->now(); }, work.get());
    last_error = error == cudaSuccess ? last_error : error;
    if (stream != nullptr && error == cudaSuccess) {
        work.release();  // is done later, perhaps in a graph again and again
    }
}

void order(const char* name) { order_name = name; }

void* dynamic_shared() { return block.shared.data(); }

unsigned lane() { return block.current % 32; }

void* slot(unsigned lane) { return block.warps[block.current / 32].slots[lane]; }

int sync_block(bool vote, Place place) {
    if (block.live < block.threads) {
        fail("the barrier in %s:%d comes after threads have left the kernel", place.file, place.line);
    }
    if (block.arrived > 0 && (block.barrier.line != place.line || std::strcmp(block.barrier.file, place.file) != 0)) {
        fail("waits at the barrier in %s:%d, others in %s:%d", place.file, place.line, block.barrier.file, block.barrier.line);
    }
    block.barrier = place;
    block.votes += vote;
    if (++block.arrived == block.threads) {
        block.outcome = block.votes;
        block.arrived = block.votes = 0;
        for (unsigned thread = 0; thread < block.threads; thread++) {
            block.fibers[thread].ready = true;
        }
    } else {
        Fiber& fiber = block.fibers[block.current];
        fiber.ready = false;
        fiber.waits = "__syncthreads";
        pause();
    }
    return static_cast<int>(block.outcome);
}

void sync_warp(unsigned mask, const char* function) {
    Warp& warp = block.warps[block.current / 32];
    Fiber& fiber = block.fibers[block.current];
    Fiber* lanes = &block.fibers[block.current / 32 * 32];
    unsigned bit = 1u << lane();
    if ((mask & bit) == 0) {
        fail("%s with a mask that leaves its own lane out", function);
    }
    if ((mask & ~warp.present) != 0) {
        fail("%s with a mask that names lanes which are not there any more, or never were", function);
    }
    fiber.mask = mask;
    warp.arrived |= bit;
    bool together = (warp.arrived & mask) == mask;
    for (unsigned lane = 0; lane < 32 && together; lane++) {
        // Lanes that wait with another mask wait for others.
        together = (mask >> lane & 1) == 0 || lanes[lane].mask == mask;
    }
    if (together) {
        warp.arrived &= ~mask;
        for (unsigned lane = 0; lane < 32; lane++) {
            lanes[lane].ready |= (mask >> lane & 1) != 0;
        }
    } else {
        fiber.ready = false;
        fiber.waits = function;
        pause();
    }
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

const char* cudaGetErrorString(cudaError_t error) {
    static const auto name = runtime<const char* (*)(cudaError_t)>("cudaGetErrorName");
    return error == cudaSuccess || name == nullptr ? "no error" : name(error);
}

cudaError_t cudaGetLastError() { return std::exchange(last_error, cudaSuccess); }

cudaError_t cudaGetDeviceCount(int* count) {
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaMallocAsync(void** memory, size_t bytes, cudaStream_t) {
    *memory = std::malloc(bytes);
    std::memset(*memory, 0xff, bytes);
    return cudaSuccess;
}

cudaError_t cudaFreeAsync(void* memory, cudaStream_t) {
    std::free(memory);
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
    using Copy = cudaError_t (*)(void*, const void*, size_t, cudaMemcpyKind, cudaStream_t);
    static const auto in_its_turn = runtime<Copy>("cudaMemcpyAsync");
    if (in_its_turn != nullptr) {
        return in_its_turn(to, from, bytes, kind, stream);
    }
    std::memcpy(to, from, bytes);
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
    static const auto wait = runtime<cudaError_t (*)(cudaStream_t)>("cudaStreamSynchronize");
    return wait != nullptr ? wait(stream) : cudaSuccess;
}
