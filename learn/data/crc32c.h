// CRC-32C (Castagnoli), as TFRecord, TensorBoard and checkpoints use it.
#pragma once

#include <cstdint>
#include <string_view>

namespace kfctl {

uint32_t crc32c(std::string_view bytes);

/// TFRecord's masked form, so that a checksum may be part of what is checksummed.
inline uint32_t masked_crc32c(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

}  // namespace kfctl
