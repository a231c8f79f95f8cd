// The ops of the CPU, compiled for each instruction set: the machine that runs kfctl is not the one
// that built it.
//
// kernels/cpu/ops/ is compiled once per instruction set, each time into a namespace of its name. So
// that no code for a newer processor gets into the rest of the program, those files define nothing
// outside of their namespace, not even an instance of a template of the standard library;
// test/kernels/isa_symbols_test.sh looks.
#pragma once

#include <span>

#include "kernels/cpu/context.h"
#include "kernels/ops.h"

namespace kfctl::cpu {

struct OpTable {
  const char* name;  // "AVX-512"
  int lanes;         // floats in a vector
#define KFCTL_MEMBER(Op) void (*run_##Op)(const Op& op, Context& context);
  KFCTL_OPS(KFCTL_MEMBER)
#undef KFCTL_MEMBER
};

/// What this processor can run, the best first; never empty.
std::span<const OpTable* const> op_tables();

/// Does this processor have matrix tiles for bfloat16 (AMX), and does the kernel let us use them?
/// Asks the kernel for them the first time.
bool has_amx();

}  // namespace kfctl::cpu
