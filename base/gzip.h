// gzip (RFC 1952) of whole texts, for what is kept compressed. Pure functions; the same text gives
// the same bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kfctl {

std::string gzip(std::string_view text);

/// Errors: kProject if `bytes` are no whole gzip member, are damaged, or would unpack to more than
/// `limit` bytes.
Result<std::string> gunzip(std::string_view bytes, size_t limit);

}  // namespace kfctl
