#include "kernels/cpu/isa.h"
#include "kernels/cpu/ops/ops.h"
#include "kernels/cpu/ops/simd.h"

namespace kfctl::cpu::KFCTL_ISA {

extern const OpTable kTable;

const OpTable kTable = {KFCTL_ISA_NAME, KFCTL_LANES,
#define KFCTL_ENTRY(Op) static_cast<void (*)(const Op&, Context&)>(run),
                        KFCTL_OPS(KFCTL_ENTRY)
#undef KFCTL_ENTRY
};

}  // namespace kfctl::cpu::KFCTL_ISA
