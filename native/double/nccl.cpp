// A stand-in for NCCL, for tests: ranks are processes, or threads, of this host and talk over sockets; buffers must be "device"
// memory of the double of the CUDA runtime. Like NCCL, a rank that waits for one that has died waits until it is aborted, and
// tells of it only as its asynchronous error. Numbers and structs as in nccl.h of NCCL 2.30. Unlike NCCL, it looks whether both
// sides of a transfer agree, and whether a communicator that does not block was asked too early.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "double.h"

extern "C" int cudaLaunchHostFunc(void* stream, void (*function)(void*), void* data);
extern "C" int cudaPointerGetAttributes(PointerAttributes* out, const void* memory);

namespace {

enum Result { Success, UnhandledCudaError, SystemError, InternalError, InvalidArgument, InvalidUsage, RemoteError, InProgress };

constexpr int kPatience = 10;  // milliseconds between looks whether it was aborted

struct UniqueId {
    uint64_t nonce;
    uint16_t port;
    char unused[118];
};
static_assert(sizeof(UniqueId) == 128);

struct Config {
    size_t size;
    unsigned magic;
    unsigned version;
    int blocking;
};

std::mutex error_mutex;
std::string last_error;

Result fail(Result result, std::string text) {
    std::lock_guard lock(error_mutex);
    last_error = std::move(text);
    return result;
}

// Sockets ---------------------------------------------------------------------------------------------------------------

void close_all(std::vector<int>& sockets) {
    for (int& socket : sockets) {
        if (socket >= 0) close(socket);
        socket = -1;
    }
}

sockaddr_in loopback(uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

int listen_on_loopback(uint16_t& port) {
    int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(socket, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(socket, 64) != 0) return close(socket), -1;
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
    port = ntohs(address.sin_port);
    return socket;
}

int call(uint16_t port) {
    int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(port);
    if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return close(socket), -1;
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

bool wait_readable(int socket, const std::atomic<bool>& aborted) {
    pollfd wanted{socket, POLLIN, 0};
    while (!aborted) {
        if (poll(&wanted, 1, kPatience) > 0) return true;
    }
    return false;
}

// Small messages while ranks meet; false when the other is gone or this one gives up.
bool read_all(int socket, void* data, size_t size, const std::atomic<bool>& aborted) {
    for (size_t done = 0; done < size;) {
        if (!wait_readable(socket, aborted)) return false;
        ssize_t count = recv(socket, static_cast<char*>(data) + done, size - done, 0);
        if (count <= 0) return false;
        done += count;
    }
    return true;
}

bool write_all(int socket, const void* data, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = send(socket, static_cast<const char*>(data) + done, size - done, MSG_NOSIGNAL);
        if (count <= 0) return false;
        done += count;
    }
    return true;
}

struct Hello {
    uint64_t nonce;
    int32_t rank;
    int32_t size;
    uint16_t port;
};

// Where the ranks of a unique id learn each other's ports. Ends when all have come, or with the process.
void introduce(int listening, uint64_t nonce) {
    static const std::atomic<bool> never{false};
    std::vector<int> sockets;
    std::vector<uint16_t> ports;
    int size = 1;
    for (int come = 0; come < size; come++) {
        int socket = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
        Hello hello;
        if (socket < 0 || !read_all(socket, &hello, sizeof hello, never) || hello.nonce != nonce || hello.rank >= hello.size) break;
        size = hello.size;
        sockets.resize(size, -1);
        ports.resize(size);
        sockets[hello.rank] = socket;
        ports[hello.rank] = hello.port;
    }
    for (int socket : sockets) write_all(socket, ports.data(), ports.size() * sizeof(uint16_t));
    close_all(sockets);
    close(listening);
}

// Transfers -------------------------------------------------------------------------------------------------------------

enum Kind : uint32_t { Point, AllReduce, ReduceScatter, Broadcast, AllGather };

struct Head {
    uint32_t kind;
    uint32_t type;
    uint64_t bytes;
    bool operator==(const Head&) const = default;
};

struct Transfer {
    int peer;
    Head head;
    char* data;
    bool outgoing;
};

// What one call comes to: transfers, and what is done when all of the group have come to their end.
struct Operation {
    std::vector<Transfer> transfers;
    std::function<void()> finish = [] {};
};

// One direction of the connection to a peer while a group runs.
struct Flow {
    std::vector<Transfer> transfers;
    size_t index = 0;
    size_t done = 0;  // bytes of the current one, its head included
    Head head;
    bool finished() const { return index == transfers.size(); }
};

struct Communicator {
    int rank;
    int size;
    bool blocking;
    std::vector<int> sockets;
    std::atomic<int> state{Success};
    std::atomic<bool> aborted{false};
    std::atomic<int> running{0};
    std::thread background;
    std::shared_ptr<Communicator> self;  // until it is destroyed

    // Runs what a call begins: at once, or in its own time when the communicator does not block.
    template <typename F>
    int begin(F work) {
        if (background.joinable()) background.join();
        if (blocking) return work();
        state = InProgress;
        background = std::thread([this, keep = self, work] {
            int result = work();
            int expected = InProgress;
            state.compare_exchange_strong(expected, result);
        });
        return InProgress;
    }

    int meet(UniqueId id);
    bool run(const std::vector<Operation>& operations);
    Result move(Flow& flow, int socket, bool outgoing);

    void lost(Result result, std::string text) {
        state = fail(result, "rank " + std::to_string(rank) + ": " + text);
        while (!aborted) usleep(kPatience * 1000);
    }

    void end() {
        if (background.joinable()) background.join();
        while (running > 0) usleep(1000);
        close_all(sockets);
        self.reset();  // frees this
    }
};

int Communicator::meet(UniqueId id) {
    sockets.assign(size, -1);
    Hello hello{id.nonce, rank, size, 0};
    int listening = listen_on_loopback(hello.port);
    int root = call(id.port);
    std::vector<uint16_t> ports(size);
    bool met = root >= 0 && listening >= 0 && write_all(root, &hello, sizeof hello) && read_all(root, ports.data(), size * sizeof(uint16_t), aborted);
    for (int peer = 0; met && peer < rank; peer++) {
        sockets[peer] = call(ports[peer]);
        met = sockets[peer] >= 0 && write_all(sockets[peer], &hello, sizeof hello);
    }
    for (int count = rank + 1; met && count < size; count++) {
        Hello caller;
        int socket = wait_readable(listening, aborted) ? accept4(listening, nullptr, nullptr, SOCK_CLOEXEC) : -1;
        met = socket >= 0 && read_all(socket, &caller, sizeof caller, aborted) && caller.nonce == id.nonce;
        if (met) sockets[caller.rank] = socket;
    }
    close(listening);
    if (root >= 0) close(root);
    for (int socket : sockets) {
        if (socket >= 0) fcntl(socket, F_SETFL, O_NONBLOCK);
    }
    return met ? Success : fail(RemoteError, "rank " + std::to_string(rank) + " could not meet the others");
}

// Moves what can be moved without waiting.
Result Communicator::move(Flow& flow, int socket, bool outgoing) {
    while (!flow.finished()) {
        Transfer& transfer = flow.transfers[flow.index];
        bool head = flow.done < sizeof(Head);
        if (outgoing) flow.head = transfer.head;
        char* data = head ? reinterpret_cast<char*>(&flow.head) + flow.done : transfer.data + (flow.done - sizeof(Head));
        size_t left = (head ? 0 : transfer.head.bytes) + sizeof(Head) - flow.done;
        ssize_t count = left == 0 ? 0 : outgoing ? send(socket, data, left, MSG_NOSIGNAL) : recv(socket, data, left, 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Success;
        if (count < 0 || (count == 0 && left > 0)) return RemoteError;
        flow.done += count;
        if (flow.done == sizeof(Head) && !outgoing && !(flow.head == transfer.head)) return InvalidUsage;
        if (flow.done == sizeof(Head) + transfer.head.bytes) {
            flow.index++;
            flow.done = 0;
        }
    }
    return Success;
}

// False when it was aborted before the end.
bool Communicator::run(const std::vector<Operation>& operations) {
    std::vector<Flow> out(size), in(size);
    for (bool points : {false, true}) {  // collectives and transfers between two ranks are each in order, but not among each other
        for (const Operation& operation : operations) {
            for (const Transfer& transfer : operation.transfers) {
                if ((transfer.head.kind == Point) == points) (transfer.outgoing ? out : in)[transfer.peer].transfers.push_back(transfer);
            }
        }
    }
    for (size_t i = 0; i < out[rank].transfers.size() && i < in[rank].transfers.size(); i++) {
        std::memmove(in[rank].transfers[i].data, out[rank].transfers[i].data, out[rank].transfers[i].head.bytes);
    }
    while (!aborted) {
        std::vector<pollfd> waiting;
        for (int peer = 0; peer < size; peer++) {
            if (peer == rank) continue;
            for (bool outgoing : {true, false}) {
                Result result = move((outgoing ? out : in)[peer], sockets[peer], outgoing);
                if (result != Success) {
                    lost(result, result == RemoteError ? "rank " + std::to_string(peer) + " is gone" : "rank " + std::to_string(peer) + " sends something else");
                    return false;
                }
            }
            short events = (out[peer].finished() ? 0 : POLLOUT) | (in[peer].finished() ? 0 : POLLIN);
            if (events != 0) waiting.push_back({sockets[peer], events, 0});
        }
        if (waiting.empty()) {
            for (const Operation& operation : operations) operation.finish();
            return true;
        }
        poll(waiting.data(), waiting.size(), kPatience);
    }
    return false;
}

// Groups ----------------------------------------------------------------------------------------------------------------

struct Launch {
    std::shared_ptr<Communicator> communicator;
    void* stream;
    std::vector<Operation> operations;
};

thread_local int group_depth = 0;
thread_local std::vector<std::unique_ptr<Launch>> group;

int launch(std::unique_ptr<Launch> work) {
    std::shared_ptr<Communicator> communicator = work->communicator;
    communicator->running++;
    return communicator->begin([shared = std::shared_ptr<Launch>(std::move(work))] {
        auto run = [](void* data) {
            std::unique_ptr<std::shared_ptr<Launch>> held(static_cast<std::shared_ptr<Launch>*>(data));
            std::shared_ptr<Communicator> owner = (*held)->communicator;
            owner->run((*held)->operations);
            owner->running--;
        };
        return cudaLaunchHostFunc(shared->stream, run, new std::shared_ptr<Launch>(shared)) == 0 ? Success : UnhandledCudaError;
    });
}

int submit(Communicator* communicator, void* stream, Operation operation) {
    if (communicator->state == InProgress) return fail(InvalidUsage, "the communicator is still busy with the call before");
    if (communicator->state != Success) return communicator->state;
    Launch* found = nullptr;
    for (auto& each : group) {
        if (each->communicator.get() == communicator && each->stream == stream) found = each.get();
    }
    if (found == nullptr) {
        group.push_back(std::make_unique<Launch>(communicator->self, stream));
        found = group.back().get();
    }
    found->operations.push_back(std::move(operation));
    if (group_depth > 0) return Success;
    std::unique_ptr<Launch> alone = std::move(group.back());
    group.clear();
    return launch(std::move(alone));
}

// Elements --------------------------------------------------------------------------------------------------------------

size_t width(int type) {
    constexpr size_t widths[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2};
    return type >= 0 && type < 10 ? widths[type] : 0;
}

struct Bfloat16 {
    uint16_t bits;
    Bfloat16() = default;
    explicit Bfloat16(double value) {
        float number = static_cast<float>(value);
        uint32_t word;
        std::memcpy(&word, &number, 4);
        bits = (word + 0x7fff + (word >> 16 & 1)) >> 16;
    }
    explicit operator double() const {
        uint32_t word = uint32_t{bits} << 16;
        float number;
        std::memcpy(&number, &word, 4);
        return number;
    }
    friend Bfloat16 operator+(Bfloat16 a, Bfloat16 b) { return Bfloat16(double(a) + double(b)); }
    friend Bfloat16 operator*(Bfloat16 a, Bfloat16 b) { return Bfloat16(double(a) * double(b)); }
    friend bool operator<(Bfloat16 a, Bfloat16 b) { return double(a) < double(b); }
};

template <typename T>
void reduce(T* result, const std::vector<const T*>& addends, size_t count, int operation) {
    for (size_t i = 0; i < count; i++) {
        T value = addends[0][i];
        for (size_t rank = 1; rank < addends.size(); rank++) {
            T other = addends[rank][i];
            switch (operation) {
                case 1: value = T(value * other); break;
                case 2: value = value < other ? other : value; break;
                case 3: value = other < value ? other : value; break;
                default: value = T(value + other);
            }
        }
        result[i] = operation == 4 ? T(double(value) / addends.size()) : value;
    }
}

template <typename T>
void reduce_as(char* result, const std::vector<const char*>& addends, size_t count, int operation) {
    std::vector<const T*> typed;
    for (const char* addend : addends) typed.push_back(reinterpret_cast<const T*>(addend));
    reduce(reinterpret_cast<T*>(result), typed, count, operation);
}

void reduce(char* result, const std::vector<const char*>& addends, size_t count, int type, int operation) {
    switch (type) {
        case 0: return reduce_as<int8_t>(result, addends, count, operation);
        case 1: return reduce_as<uint8_t>(result, addends, count, operation);
        case 2: return reduce_as<int32_t>(result, addends, count, operation);
        case 3: return reduce_as<uint32_t>(result, addends, count, operation);
        case 4: return reduce_as<int64_t>(result, addends, count, operation);
        case 5: return reduce_as<uint64_t>(result, addends, count, operation);
        case 7: return reduce_as<float>(result, addends, count, operation);
        case 8: return reduce_as<double>(result, addends, count, operation);
        case 9: return reduce_as<Bfloat16>(result, addends, count, operation);
    }
}

bool on_device(const void* memory) {
    PointerAttributes attributes;
    return cudaPointerGetAttributes(&attributes, memory) == 0 && attributes.type == 2;
}

Result check(Communicator* communicator, const void* send, const void* receive, size_t count, int type) {
    if (communicator == nullptr) return fail(InvalidArgument, "the communicator is NULL");
    if (width(type) == 0 || type == 6) return fail(InvalidArgument, "the double knows no type " + std::to_string(type));
    if (count > 0 && (!on_device(send) || !on_device(receive))) return fail(InvalidArgument, "a buffer is not device memory");
    return Success;
}

// All ranks' parts for this one, added in the order of ranks. Parts of `send` are `stride` bytes apart.
int reduce_parts(Kind kind, const char* send, size_t stride, char* receive, size_t count, int type, int operation, Communicator* c, void* stream) {
    size_t bytes = count * width(type);
    auto scratch = std::make_shared<std::vector<std::vector<char>>>(c->size);
    Operation all;
    for (int peer = 0; peer < c->size; peer++) {
        if (peer == c->rank) continue;
        (*scratch)[peer].resize(bytes);
        Head head{kind, uint32_t(type << 4 | operation), bytes};
        all.transfers.push_back({peer, head, const_cast<char*>(send) + peer * stride, true});
        all.transfers.push_back({peer, head, (*scratch)[peer].data(), false});
    }
    all.finish = [=, size = c->size, own = c->rank] {
        std::vector<const char*> addends;
        for (int rank = 0; rank < size; rank++) addends.push_back(rank == own ? send + own * stride : (*scratch)[rank].data());
        std::vector<char> sum(bytes);
        reduce(sum.data(), addends, count, type, operation);
        std::memcpy(receive, sum.data(), bytes);
    };
    return submit(c, stream, std::move(all));
}

int point(void* memory, size_t count, int type, int peer, Communicator* c, void* stream, bool outgoing) {
    if (Result bad = check(c, memory, memory, count, type)) return bad;
    if (peer < 0 || peer >= c->size) return fail(InvalidArgument, "there is no rank " + std::to_string(peer));
    Operation one;
    one.transfers.push_back({peer, {Point, uint32_t(type), count * width(type)}, static_cast<char*>(memory), outgoing});
    return submit(c, stream, std::move(one));
}

}  // namespace

// The library -----------------------------------------------------------------------------------------------------------

DOUBLE ncclGetVersion(int* version) { return *version = 29999, Success; }

extern "C" __attribute__((visibility("default"))) const char* ncclGetErrorString(int result) {
    switch (result) {
        case Success: return "no error";
        case UnhandledCudaError: return "unhandled cuda error";
        case SystemError: return "unhandled system error";
        case InternalError: return "internal error";
        case InvalidArgument: return "invalid argument";
        case InvalidUsage: return "invalid usage";
        case RemoteError: return "remote process exited or there was a network error";
        case InProgress: return "NCCL operation in progress";
        default: return "unknown result code";
    }
}

extern "C" __attribute__((visibility("default"))) const char* ncclGetLastError(void*) {
    static thread_local std::string text;
    std::lock_guard lock(error_mutex);
    text = last_error;
    return text.c_str();
}

DOUBLE ncclGetUniqueId(UniqueId* out) {
    *out = {};
    std::random_device random;
    out->nonce = uint64_t{random()} << 32 | random();
    int listening = listen_on_loopback(out->port);
    if (listening < 0) return fail(SystemError, "no port is free");
    std::thread(introduce, listening, out->nonce).detach();
    return Success;
}

DOUBLE ncclCommInitRankConfig(Communicator** out, int size, UniqueId id, int rank, const Config* config) {
    if (config->magic != 0xcafebeef) return fail(InvalidArgument, "the config was not initialised");
    if (rank < 0 || rank >= size) return fail(InvalidArgument, "there is no rank " + std::to_string(rank));
    auto made = std::make_shared<Communicator>();
    made->rank = rank;
    made->size = size;
    made->blocking = config->blocking != 0;
    made->self = made;
    *out = made.get();
    return made->begin([c = made.get(), id] { return c->meet(id); });
}

DOUBLE ncclCommGetAsyncError(Communicator* communicator, int* result) { return *result = communicator->state, Success; }

DOUBLE ncclCommFinalize(Communicator* communicator) {
    if (communicator->state != Success) return fail(InvalidUsage, "the communicator is busy, or has failed");
    return communicator->begin([communicator] {
        while (communicator->running > 0 && !communicator->aborted) usleep(1000);
        return Success;
    });
}

DOUBLE ncclCommDestroy(Communicator* communicator) {
    communicator->aborted = communicator->running > 0;
    return communicator->end(), Success;
}

DOUBLE ncclCommAbort(Communicator* communicator) {
    communicator->aborted = true;
    return communicator->end(), Success;
}

DOUBLE ncclGroupStart() { return group_depth++, Success; }

DOUBLE ncclGroupEnd() {
    if (group_depth == 0) return fail(InvalidUsage, "no group was begun");
    if (--group_depth > 0) return Success;
    int result = Success;
    std::vector<std::unique_ptr<Launch>> all = std::move(group);
    group.clear();
    for (auto& each : all) {
        int status = launch(std::move(each));
        if (status != Success) result = status;
    }
    return result;
}

DOUBLE ncclSend(const void* send, size_t count, int type, int peer, Communicator* c, void* stream) {
    return point(const_cast<void*>(send), count, type, peer, c, stream, true);
}

DOUBLE ncclRecv(void* receive, size_t count, int type, int peer, Communicator* c, void* stream) {
    return point(receive, count, type, peer, c, stream, false);
}

DOUBLE ncclAllReduce(const char* send, char* receive, size_t count, int type, int operation, Communicator* c, void* stream) {
    if (Result bad = check(c, send, receive, count, type)) return bad;
    return reduce_parts(AllReduce, send, 0, receive, count, type, operation, c, stream);
}

DOUBLE ncclReduceScatter(const char* send, char* receive, size_t count, int type, int operation, Communicator* c, void* stream) {
    if (Result bad = check(c, send, receive, count, type)) return bad;
    return reduce_parts(ReduceScatter, send, count * width(type), receive, count, type, operation, c, stream);
}

DOUBLE ncclBroadcast(const char* send, char* receive, size_t count, int type, int root, Communicator* c, void* stream) {
    if (Result bad = check(c, c != nullptr && c->rank == root ? send : receive, receive, count, type)) return bad;
    size_t bytes = count * width(type);
    Head head{Broadcast, uint32_t(type), bytes};
    Operation all;
    if (c->rank == root) {
        for (int peer = 0; peer < c->size; peer++) {
            if (peer != root) all.transfers.push_back({peer, head, const_cast<char*>(send), true});
        }
        all.finish = [=] { std::memmove(receive, send, bytes); };
    } else {
        all.transfers.push_back({root, head, receive, false});
    }
    return submit(c, stream, std::move(all));
}

DOUBLE ncclAllGather(const char* send, char* receive, size_t count, int type, Communicator* c, void* stream) {
    if (Result bad = check(c, send, receive, count, type)) return bad;
    size_t bytes = count * width(type);
    Head head{AllGather, uint32_t(type), bytes};
    Operation all;
    for (int peer = 0; peer < c->size; peer++) {
        if (peer == c->rank) continue;
        all.transfers.push_back({peer, head, const_cast<char*>(send), true});
        all.transfers.push_back({peer, head, receive + peer * bytes, false});
    }
    all.finish = [=, own = c->rank] { std::memmove(receive + own * bytes, send, bytes); };
    return submit(c, stream, std::move(all));
}
