// What lies in the caller's arrays, looked at before a kernel begins.
#include <cstring>

#include "packed.h"
#include "status.h"

namespace drllava {

Check& Check::indices(const char* name, const int64_t* pointer, int64_t count, int64_t limit) {
    memory(name, pointer, count > 0);
    for (int64_t i = 0; i < count && !failed(); i++) {
        that(pointer[i] >= 0 && pointer[i] < limit, "%s[%lld] is %lld, not in 0 to %lld", name, static_cast<long long>(i),
             static_cast<long long>(pointer[i]), static_cast<long long>(limit - 1));
    }
    return *this;
}

Check& Check::rising_indices(const char* name, const int64_t* pointer, int64_t count, int64_t limit) {
    indices(name, pointer, count, limit);
    for (int64_t i = 1; i < count && !failed(); i++) {
        that(pointer[i] > pointer[i - 1], "%s[%lld] is %lld after %lld", name, static_cast<long long>(i),
             static_cast<long long>(pointer[i]), static_cast<long long>(pointer[i - 1]));
    }
    return *this;
}

Check& Check::offsets(const char* name, const int64_t* pointer, int64_t count) {
    memory(name, pointer);
    if (failed()) {
        return *this;
    }
    that(pointer[0] == 0, "%s begins with %lld, not 0", name, static_cast<long long>(pointer[0]));
    for (int64_t i = 0; i < count && !failed(); i++) {
        that(pointer[i + 1] >= pointer[i] && pointer[i + 1] <= INT32_MAX, "%s[%lld] is %lld after %lld", name,
             static_cast<long long>(i + 1), static_cast<long long>(pointer[i + 1]), static_cast<long long>(pointer[i]));
    }
    return *this;
}

Check& Check::ends(const char* name, const int64_t* pointer, int64_t count, int64_t end) {
    that(pointer[count - 1] == end, "%s ends with %lld where there are %lld outputs", name, static_cast<long long>(pointer[count - 1]),
         static_cast<long long>(end));
    for (int64_t i = 0; i < count && !failed(); i++) {
        int64_t before = i == 0 ? 0 : pointer[i - 1];
        that(pointer[i] >= before, "%s[%lld] is %lld after %lld", name, static_cast<long long>(i), static_cast<long long>(pointer[i]),
             static_cast<long long>(before));
    }
    return *this;
}

Check& Check::places(const char* name, const int64_t* pointer, const int64_t* query_offsets, const int64_t* key_offsets, int64_t sequences) {
    for (int64_t s = 0; s < sequences && !failed(); s++) {
        int64_t keys = key_offsets[s + 1] - key_offsets[s];
        indices(name, pointer + query_offsets[s], query_offsets[s + 1] - query_offsets[s], keys);
    }
    return *this;
}

int64_t counted(const int64_t* offsets, int64_t count) { return offsets[count]; }

Check& check_packed(Check& check, const Kernels& table, const char* name, const float* packed, int64_t n_in, int64_t n_out) {
    check.memory(name, packed);
    if (check.failed()) {
        return check;
    }
    PackedHeader header;
    std::memcpy(&header, packed, sizeof header);
    return check.that(header.mark == PACKED_MARK && header.panel == table.panel, "%s was not made by dl_pack_weight in this process", name)
        .that(header.n_in == n_in && header.n_out == n_out, "%s has %lld inputs and %lld outputs where the call has %lld and %lld",
              name, static_cast<long long>(header.n_in), static_cast<long long>(header.n_out), static_cast<long long>(n_in),
              static_cast<long long>(n_out));
}

Panels panels_of(const float* packed, int64_t) {
    PackedHeader header;
    std::memcpy(&header, packed, sizeof header);
    return {packed + HEADER_FLOATS, header.n_in, header.pairs};
}

int put_header(float* packed, const PackedHeader& header) {
    std::memcpy(packed, &header, sizeof header);
    return DL_OK;
}

}  // namespace drllava
