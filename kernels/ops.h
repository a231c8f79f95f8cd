// Every op that a device computes, in one table.
//
// An op is a plain struct: what it reads, what it writes, sizes. Device::run takes it, check()
// refuses what is wrong with it, reference::run is what it means in plain loops, and each backend
// has a function for it. All of these are generated from KFCTL_OPS, so none can be forgotten.
#pragma once

#include "base/result.h"
#include "kernels/ops/all.h"

namespace kfctl {

/// Errors: kInternal if a size is out of range or a pointer that must be given is null.
#define KFCTL_DECLARE_CHECK(Op) Status check(const Op& op);
KFCTL_OPS(KFCTL_DECLARE_CHECK)
#undef KFCTL_DECLARE_CHECK

namespace reference {

/// The op in plain loops, sums in double, on host memory: what every device is compared with.
/// Errors: those of check.
#define KFCTL_DECLARE_REFERENCE(Op) Status run(const Op& op);
KFCTL_OPS(KFCTL_DECLARE_REFERENCE)
#undef KFCTL_DECLARE_REFERENCE

}  // namespace reference
}  // namespace kfctl
