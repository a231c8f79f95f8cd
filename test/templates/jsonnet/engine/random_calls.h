// Random jsonnet programs of few expressions each: calls of the functions of std with arguments
// that fit, or now and then do not; formats, slices, numbers and sums of objects.
#pragma once

#include <cstdint>
#include <string>

namespace kfctl {

/// The same seed always gives the same program. Without `all`, only what version 0.18 knows.
std::string random_calls(uint64_t seed, bool all);

}  // namespace kfctl
