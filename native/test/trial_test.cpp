// The trial that a set of kernels passes before it is taken: right tables pass, wrong ones do not.
#include "testing.h"
#include "trial.h"

using namespace testing;

namespace {

const drllava::Kernels* right = drllava::scalar_kernels();
int calls;

// Right but for one number of the call that `calls` counts down to.
int wrong_linear(const drllava::Linear& call) {
    int status = right->linear(call);
    if (calls-- == 0) {
        call.y.row(call.rows - 1)[call.n_out - 1] += 1;
    }
    return status;
}

}  // namespace

int main() {
    return run([] {
        EXPECT(drllava::multiplies_right(*right));
        drllava::Kernels wrong = *right;
        wrong.linear = wrong_linear;
        for (int call = 0; call < 4; call++) {
            calls = call;
            EXPECT(!drllava::multiplies_right(wrong));
        }
        calls = 4;
        EXPECT(drllava::multiplies_right(wrong));
        wrong.linear = [](const drllava::Linear&) -> int { return DL_OUT_OF_MEMORY; };
        EXPECT(!drllava::multiplies_right(wrong));
    });
}
