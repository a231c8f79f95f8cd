// Base64 into memory of the caller; base/text.h has it for whole strings.
#pragma once

#include <cstddef>
#include <string_view>

namespace kfctl {

/// The letters, padding included, that base64_encode() makes of so many bytes.
constexpr size_t base64_size(size_t bytes) { return (bytes + 2) / 3 * 4; }

/// Writes base64_size(bytes.size()) letters to `out`.
void base64_encode(std::string_view bytes, char* out);

/// Decodes groups of four letters up to the first that holds anything else. Returns how much of
/// `text` that is: four letters for every three bytes in `out`, which has room for
/// text.size() / 4 * 3.
size_t base64_decode_groups(std::string_view text, char* out);

}  // namespace kfctl
