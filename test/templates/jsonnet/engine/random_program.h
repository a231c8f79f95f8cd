// Random jsonnet programs, typed enough that most of them evaluate.
//
// The same seed always gives the same program. They use locals, functions with defaults and named
// arguments, laziness, comprehensions, slices, objects with inheritance, self, super, $, hidden
// and added fields, assertions, and the functions of std that the reference implementation has had
// since version 0.18.
#pragma once

#include <cstdint>
#include <string>

namespace kfctl {

std::string random_program(uint64_t seed);

}  // namespace kfctl
