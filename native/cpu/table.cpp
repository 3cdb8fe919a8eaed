#include "kernels.h"
#include "linear.h"

namespace drllava {
namespace DL_ISA {
namespace {

constexpr Kernels TABLE = {
    .name = DL_NAME,
    .panel = 2 * DL_LANES,
    .pack = pack,
    .linear = linear,
};

}  // namespace

const Kernels* table() { return &TABLE; }

}  // namespace DL_ISA
}  // namespace drllava
