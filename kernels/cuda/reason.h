// Fills the fixed texts of abi.h.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include "kernels/cuda/abi.h"

namespace kfctl {

/// Copies what fits of `text`, and ends it.
template <size_t Size>
void set_text(char (&target)[Size], std::string_view text) {
  const size_t length = text.size() < Size - 1 ? text.size() : Size - 1;
  std::memcpy(target, text.data(), length);
  target[length] = '\0';
}

inline void set_reason(CudaReason& why, std::string_view reason, std::string_view hint) {
  set_text(why.reason, reason);
  set_text(why.hint, hint);
}

}  // namespace kfctl
