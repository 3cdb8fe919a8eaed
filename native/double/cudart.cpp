// A stand-in for the CUDA runtime, for tests: devices are this host, their memory is the host's, and a stream is a thread that
// does its work in order. Numbers and structs as in cuda_runtime_api.h of CUDA 13.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "double.h"

namespace {

enum Error {
    Success = 0,
    InvalidValue = 1,
    MemoryAllocation = 2,
    InvalidDevice = 101,
    InvalidResourceHandle = 400,
    IllegalState = 401,
    NotReady = 600,
    StreamCaptureUnsupported = 900,
    StreamCaptureInvalidated = 901,
    StreamCaptureImplicit = 906,
    StreamCaptureWrongThread = 908
};
enum Kind { Unregistered, Host, Device, Managed };

constexpr int kDevices = 8;
thread_local int current_device = 0;

// Memory ----------------------------------------------------------------------------------------------------------------

struct Block {
    size_t size;
    Kind kind;
};

std::mutex blocks_mutex;
std::map<uintptr_t, Block> blocks;
uint64_t copied[4][4];  // bytes by kind of source and destination

void keep(void* memory, size_t size, Kind kind) {
    std::lock_guard lock(blocks_mutex);
    blocks[reinterpret_cast<uintptr_t>(memory)] = {size, kind};
}

bool forget(void* memory, Kind kind) {
    std::lock_guard lock(blocks_mutex);
    auto found = blocks.find(reinterpret_cast<uintptr_t>(memory));
    if (found == blocks.end() || found->second.kind != kind) return false;
    blocks.erase(found);
    return true;
}

Kind kind_of(const void* memory) {
    auto address = reinterpret_cast<uintptr_t>(memory);
    std::lock_guard lock(blocks_mutex);
    auto after = blocks.upper_bound(address);
    if (after == blocks.begin()) return Unregistered;
    auto [begin, block] = *std::prev(after);
    return address < begin + block.size ? block.kind : Unregistered;
}

int refused_while_capturing();

int allocate(void** out, size_t size, Kind kind) {
    if (int status = refused_while_capturing()) return status;
    *out = std::aligned_alloc(256, (size + 255) / 256 * 256);
    if (*out == nullptr && size > 0) return MemoryAllocation;
    keep(*out, size, kind);
    return Success;
}

int release(void* memory, Kind kind) {
    if (int status = refused_while_capturing()) return status;
    if (memory == nullptr) return Success;
    if (!forget(memory, kind)) return InvalidValue;
    std::free(memory);
    return Success;
}

// Streams ---------------------------------------------------------------------------------------------------------------

using Work = std::function<void()>;

struct Stream {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Work> queue;
    bool busy = false;
    bool ending = false;
    std::unique_ptr<std::vector<Work>> capture;
    bool invalid = false;  // the capture
    std::thread thread{[this] { run(); }};

    ~Stream() {
        {
            std::lock_guard lock(mutex);
            ending = true;
        }
        changed.notify_all();
        thread.join();
    }

    void add(Work work) {
        std::lock_guard lock(mutex);
        if (capture) {
            capture->push_back(std::move(work));
        } else {
            queue.push_back(std::move(work));
            changed.notify_all();
        }
    }

    bool idle() {
        std::lock_guard lock(mutex);
        return queue.empty() && !busy;
    }

    void wait() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return queue.empty() && !busy; });
    }

    void run() {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return ending || !queue.empty(); });
            if (queue.empty()) return;
            Work work = std::move(queue.front());
            queue.pop_front();
            busy = true;
            lock.unlock();
            work();
            lock.lock();
            busy = false;
            changed.notify_all();
        }
    }
};

std::mutex streams_mutex;
std::set<const void*> streams;
thread_local Stream* captured = nullptr;  // by this thread, in the mode in which that forbids it other things

bool known(const void* stream) {
    std::lock_guard lock(streams_mutex);
    return stream == nullptr || streams.count(stream) == 1;
}

// Of what would have to happen at once. It spoils the capture.
int refused_while_capturing() {
    if (captured == nullptr) return Success;
    captured->invalid = true;
    return StreamCaptureUnsupported;
}

// The default stream, a null pointer, does everything at once. CUDA itself allows work on it while a stream is captured that is
// independent of it; here that is a fault, as the work would be missing in the graph.
int submit(Stream* stream, Work work) {
    if (!known(stream)) return InvalidResourceHandle;
    if (stream != nullptr) {
        stream->add(std::move(work));
        return Success;
    }
    if (captured != nullptr) {
        captured->invalid = true;
        return StreamCaptureImplicit;
    }
    work();
    return Success;
}

struct Event {
    std::mutex mutex;
    std::condition_variable changed;
    uint64_t recorded = 0;
    uint64_t reached = 0;
    std::chrono::steady_clock::time_point time;

    void reach(uint64_t number) {
        std::lock_guard lock(mutex);
        reached = std::max(reached, number);
        time = std::chrono::steady_clock::now();
        changed.notify_all();
    }

    void wait(uint64_t number) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return reached >= number; });
    }

    uint64_t last() {
        std::lock_guard lock(mutex);
        return recorded;
    }
};

using Graph = std::vector<Work>;

}  // namespace

DOUBLE cudaDriverGetVersion(int* version) { return *version = 13000, Success; }
DOUBLE cudaRuntimeGetVersion(int* version) { return *version = 13000, Success; }
DOUBLE cudaGetLastError() { return Success; }

extern "C" __attribute__((visibility("default"))) const char* cudaGetErrorName(int error) {
    switch (error) {
        case Success: return "cudaSuccess";
        case InvalidValue: return "cudaErrorInvalidValue";
        case MemoryAllocation: return "cudaErrorMemoryAllocation";
        case InvalidDevice: return "cudaErrorInvalidDevice";
        case InvalidResourceHandle: return "cudaErrorInvalidResourceHandle";
        case IllegalState: return "cudaErrorIllegalState";
        case NotReady: return "cudaErrorNotReady";
        case StreamCaptureUnsupported: return "cudaErrorStreamCaptureUnsupported";
        case StreamCaptureInvalidated: return "cudaErrorStreamCaptureInvalidated";
        case StreamCaptureImplicit: return "cudaErrorStreamCaptureImplicit";
        case StreamCaptureWrongThread: return "cudaErrorStreamCaptureWrongThread";
        default: return "unrecognized error code";
    }
}

extern "C" __attribute__((visibility("default"))) const char* cudaGetErrorString(int error) {
    return error == InvalidDevice ? "invalid device ordinal" : cudaGetErrorName(error);
}

// Devices ---------------------------------------------------------------------------------------------------------------

DOUBLE cudaGetDeviceCount(int* count) { return *count = kDevices, Success; }
DOUBLE cudaGetDevice(int* device) { return *device = current_device, Success; }
DOUBLE cudaDeviceSynchronize() { return refused_while_capturing(); }

DOUBLE cudaSetDevice(int device) {
    if (device < 0 || device >= kDevices) return InvalidDevice;
    current_device = device;
    return Success;
}

DOUBLE cudaGetDeviceProperties(void* properties, int device) {
    if (device < 0 || device >= kDevices) return InvalidDevice;
    std::memset(properties, 0, 1008);
    std::strcpy(static_cast<char*>(properties), "test double");
    return Success;
}

DOUBLE cudaDeviceGetAttribute(int* value, int attribute, int) { return *value = attribute == 75 ? 9 : attribute == 16 ? 1 : 0, Success; }
DOUBLE cudaDeviceGetPCIBusId(char* id, int length, int device) { return std::snprintf(id, length, "0000:%02x:00.0", device), Success; }
DOUBLE cudaMemGetInfo(size_t* free, size_t* total) { return *free = *total = size_t{1} << 34, Success; }

// Memory ----------------------------------------------------------------------------------------------------------------

DOUBLE cudaMalloc(void** out, size_t size) { return allocate(out, size, Device); }
DOUBLE cudaFree(void* memory) { return release(memory, Device); }
DOUBLE cudaHostAlloc(void** out, size_t size, unsigned) { return allocate(out, size, Host); }
DOUBLE cudaFreeHost(void* memory) { return release(memory, Host); }

DOUBLE cudaHostRegister(void* memory, size_t size, unsigned) {
    if (kind_of(memory) != Unregistered) return InvalidValue;
    keep(memory, size, Host);
    return Success;
}

DOUBLE cudaHostUnregister(void* memory) { return forget(memory, Host) ? Success : InvalidValue; }

DOUBLE cudaPointerGetAttributes(PointerAttributes* out, const void* memory) {
    *out = {};
    out->type = kind_of(memory);
    out->device = out->type == Unregistered ? -1 : current_device;
    out->devicePointer = out->type == Unregistered ? nullptr : const_cast<void*>(memory);
    out->hostPointer = out->type == Device ? nullptr : const_cast<void*>(memory);
    return Success;
}

DOUBLE cudaMemcpyAsync(void* to, const void* from, size_t size, int, Stream* stream) {
    return submit(stream, [=] {
        std::memcpy(to, from, size);
        Kind source = kind_of(from), destination = kind_of(to);
        std::lock_guard lock(blocks_mutex);
        copied[source][destination] += size;
    });
}

// Bytes that cudaMemcpyAsync has copied from memory of one cudaMemoryType to another; CUDA has no such function.
extern "C" __attribute__((visibility("default"))) uint64_t double_copied(int from, int to) {
    std::lock_guard lock(blocks_mutex);
    return copied[from][to];
}

DOUBLE cudaMemsetAsync(void* memory, int value, size_t size, Stream* stream) {
    return submit(stream, [=] { std::memset(memory, value, size); });
}

// Streams, events, graphs -----------------------------------------------------------------------------------------------

DOUBLE cudaStreamCreateWithFlags(Stream** out, unsigned) {
    *out = new Stream;
    std::lock_guard lock(streams_mutex);
    streams.insert(*out);
    return Success;
}

DOUBLE cudaStreamDestroy(Stream* stream) {
    {
        std::lock_guard lock(streams_mutex);
        if (streams.erase(stream) == 0) return InvalidResourceHandle;
    }
    delete stream;
    return Success;
}

DOUBLE cudaStreamQuery(Stream* stream) { return stream == nullptr || stream->idle() ? Success : NotReady; }

DOUBLE cudaStreamSynchronize(Stream* stream) {
    if (int status = refused_while_capturing()) return status;
    if (!known(stream)) return InvalidResourceHandle;
    if (stream != nullptr) stream->wait();
    return Success;
}

// Whether there is such a stream, and whether it is being captured; CUDA has no such functions.
extern "C" __attribute__((visibility("default"))) int double_stream_known(const void* stream) { return known(stream); }

extern "C" __attribute__((visibility("default"))) int double_stream_captured(Stream* stream) {
    if (stream == nullptr) return 0;
    std::lock_guard lock(stream->mutex);
    return stream->capture != nullptr;
}

DOUBLE cudaStreamWaitEvent(Stream* stream, Event* event, unsigned) {
    return submit(stream, [event, number = event->last()] { event->wait(number); });
}

DOUBLE cudaLaunchHostFunc(Stream* stream, void (*function)(void*), void* data) {
    return submit(stream, [=] { function(data); });
}

DOUBLE cudaEventCreateWithFlags(Event** out, unsigned) { return *out = new Event, Success; }
DOUBLE cudaEventDestroy(Event* event) { return delete event, Success; }
DOUBLE cudaEventSynchronize(Event* event) { return event->wait(event->last()), Success; }

DOUBLE cudaEventRecord(Event* event, Stream* stream) {
    uint64_t number;
    {
        std::lock_guard lock(event->mutex);
        number = ++event->recorded;
    }
    return submit(stream, [=] { event->reach(number); });
}

DOUBLE cudaEventQuery(Event* event) {
    std::lock_guard lock(event->mutex);
    return event->reached >= event->recorded ? Success : NotReady;
}

DOUBLE cudaEventElapsedTime(float* milliseconds, Event* start, Event* end) {
    *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
    return Success;
}

DOUBLE cudaStreamBeginCapture(Stream* stream, int mode) {
    constexpr int THREAD_LOCAL = 1;
    if (stream == nullptr) return StreamCaptureUnsupported;
    if (!known(stream)) return InvalidResourceHandle;
    if (mode != THREAD_LOCAL) return InvalidValue;  // a mode for other threads' work too is none that this program means
    if (captured != nullptr) return IllegalState;
    std::lock_guard lock(stream->mutex);
    stream->capture = std::make_unique<Graph>();
    stream->invalid = false;
    captured = stream;
    return Success;
}

DOUBLE cudaStreamEndCapture(Stream* stream, Graph** out) {
    *out = nullptr;
    if (!known(stream) || stream == nullptr) return InvalidResourceHandle;
    std::lock_guard lock(stream->mutex);
    if (stream->capture == nullptr) return IllegalState;
    if (captured != stream) return StreamCaptureWrongThread;
    captured = nullptr;
    std::unique_ptr<Graph> graph = std::move(stream->capture);
    if (stream->invalid) return StreamCaptureInvalidated;
    *out = graph.release();
    return Success;
}

DOUBLE cudaGraphInstantiate(Graph** out, Graph* graph, unsigned long long) { return *out = new Graph(*graph), Success; }
DOUBLE cudaGraphDestroy(Graph* graph) { return delete graph, Success; }
DOUBLE cudaGraphExecDestroy(Graph* executable) { return delete executable, Success; }

DOUBLE cudaGraphLaunch(Graph* executable, Stream* stream) {
    if (int status = refused_while_capturing()) return status;
    for (const Work& work : *executable) {
        if (int status = submit(stream, work)) return status;
    }
    return Success;
}
