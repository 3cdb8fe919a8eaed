#include "team.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>

#include <pthread.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace drllava {
namespace {

// A thread that waits looks for this long whether its time has come, then sleeps: the next call of a decode step comes sooner than a
// sleeper wakes, but on a busy machine a thread that looks takes the core from one that works.
constexpr auto PATIENCE = std::chrono::microseconds(100);

void pause() {
#if defined(__x86_64__)
    _mm_pause();
#endif
}

// Waits until `ready()`, at first awake; `sleep` sleeps until something has changed.
template <class Ready, class Sleep>
void wait_until(Ready ready, Sleep sleep) {
    for (auto end = std::chrono::steady_clock::now() + PATIENCE; std::chrono::steady_clock::now() < end;) {
        for (int i = 0; i < 32; i++) {
            if (ready()) {
                return;
            }
            pause();
        }
    }
    while (!ready()) {
        sleep();
    }
}

class Team {
public:
    // Null when there is no memory or no thread to be had.
    static Team* of(int64_t threads) {
        Team* team = new (std::nothrow) Team;
        if (team != nullptr && (team->helpers_ = static_cast<pthread_t*>(std::calloc(threads, sizeof(pthread_t)))) != nullptr) {
            while (team->threads() < threads && pthread_create(&team->helpers_[team->count_of_helpers_], nullptr, help, team) == 0) {
                team->count_of_helpers_++;
            }
            if (team->threads() == threads) {
                return team;
            }
        }
        delete team;
        return nullptr;
    }

    ~Team() {
        leaving_.store(true);
        job_.fetch_add(1);
        job_.notify_all();
        for (int64_t i = 0; i < count_of_helpers_; i++) {
            pthread_join(helpers_[i], nullptr);
        }
        std::free(helpers_);
    }

    int64_t threads() const { return count_of_helpers_ + 1; }

    void run(int64_t count, void (*task)(void*, int64_t), void* context) {
        // No task of the last job is left, but a helper may still hold its number: it must not take a task of a job half written.
        uint32_t job = job_.load(std::memory_order_relaxed) + 1;
        next_.store(ticket(job, NONE_LEFT));
        task_.store(task, std::memory_order_relaxed);
        context_.store(context, std::memory_order_relaxed);
        count_.store(count, std::memory_order_relaxed);
        left_.store(static_cast<uint32_t>(count), std::memory_order_relaxed);
        next_.store(ticket(job, 0));
        job_.store(job);
        if (asleep_.load() > 0) {
            job_.notify_all();
        }
        take(job);
        wait_until([this] { return left_.load(std::memory_order_acquire) == 0; },
                   [this] {
                       if (uint32_t left = left_.load()) {
                           left_.wait(left);
                       }
                   });
    }

private:
    static constexpr uint32_t NONE_LEFT = UINT32_MAX;

    static uint64_t ticket(uint32_t job, uint32_t task) { return uint64_t{job} << 32 | task; }

    // Works on tasks of the job for as long as there are any.
    void take(uint32_t job) {
        uint64_t now = next_.load();
        for (;;) {
            auto task = task_.load(std::memory_order_relaxed);
            void* context = context_.load(std::memory_order_relaxed);
            int64_t count = count_.load(std::memory_order_relaxed), i = static_cast<uint32_t>(now);
            if (now >> 32 != job || i >= count) {
                return;
            }
            // It succeeds only while the job is the one that task, context and count were read for.
            if (!next_.compare_exchange_weak(now, now + 1)) {
                continue;
            }
            task(context, i);
            if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
                left_.notify_all();
            }
            now = next_.load();
        }
    }

    static void* help(void* team) {
        static_cast<Team*>(team)->help();
        return nullptr;
    }

    void help() {
        for (uint32_t seen = 0; !leaving_.load();) {
            wait_until([&] { return job_.load() != seen; },
                       [&] {
                           asleep_.fetch_add(1);
                           job_.wait(seen);
                           asleep_.fetch_sub(1);
                       });
            seen = job_.load();
            take(seen);
        }
    }

    std::atomic<uint32_t> job_{0};
    std::atomic<uint64_t> next_{0};
    std::atomic<void (*)(void*, int64_t)> task_{nullptr};
    std::atomic<void*> context_{nullptr};
    std::atomic<int64_t> count_{0};
    std::atomic<uint32_t> left_{0};
    std::atomic<int64_t> asleep_{0};
    std::atomic<bool> leaving_{false};
    pthread_t* helpers_ = nullptr;
    int64_t count_of_helpers_ = 0;
};

thread_local std::unique_ptr<Team> team;

}  // namespace

bool set_team(int64_t threads) {
    if (threads != team_threads()) {
        team.reset(threads == 1 ? nullptr : Team::of(threads));
    }
    return threads == team_threads();
}

int64_t team_threads() { return team == nullptr ? 1 : team->threads(); }

void share_tasks(int64_t count, void (*task)(void*, int64_t), void* context) {
    if (team == nullptr || count < 2) {
        for (int64_t i = 0; i < count; i++) {
            task(context, i);
        }
    } else {
        team->run(count, task, context);
    }
}

}  // namespace drllava
