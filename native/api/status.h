// Faults as a status and a sentence, and the checks that find them in arguments.
#pragma once

#include <cstdint>

namespace drllava {

// Keeps the sentence for dl_last_error and gives `status` back.
int fail(int status, const char* format, ...) __attribute__((format(printf, 2, 3)));

int no_memory(const char* function);

// Looks at a function's arguments one after the other; the first fault counts.
class Check {
public:
    explicit Check(const char* function) : function_(function) {}

    // 0 to 2^31 - 1, so that the product of two sizes and the size of a float cannot overflow.
    Check& size(const char* name, int64_t value);

    // `count` rows of `row` elements, `ld` apart; null only if there are none.
    Check& rows(const char* name, const void* pointer, int64_t ld, int64_t count, int64_t row);

    // The numbers in the caller's arrays are looked at where this code can read them: in a GPU's memory the kernels look, and
    // here the pointer alone counts.

    // `count` numbers in 0 to limit - 1.
    Check& indices(const char* name, const int64_t* pointer, int64_t count, int64_t limit);

    // `count` numbers in 0 to limit - 1, each larger than the one before.
    Check& rising_indices(const char* name, const int64_t* pointer, int64_t count, int64_t limit);

    // `count` + 1 numbers that begin with 0 and never fall.
    Check& offsets(const char* name, const int64_t* pointer, int64_t count);

    // `count` numbers that never fall, the last `end`.
    Check& ends(const char* name, const int64_t* pointer, int64_t count, int64_t end);

    // A number for each query of every sequence, below the sequence's count of keys.
    Check& places(const char* name, const int64_t* pointer, const int64_t* query_offsets, const int64_t* key_offsets, int64_t sequences);

    // May be null if nothing of it is used.
    Check& memory(const char* name, const void* pointer, bool used = true);

    // Finite and in [least, most].
    Check& real(const char* name, double value, double least, double most);

    Check& that(bool holds, const char* format, ...) __attribute__((format(printf, 3, 4)));

    bool failed() const { return status_ != 0; }
    int status() const { return status_; }

private:
    const char* function_;
    int status_ = 0;
};

// The last of `count` + 1 checked offsets; where it cannot be read here, 1 if there may be anything.
int64_t counted(const int64_t* offsets, int64_t count);

}  // namespace drllava
