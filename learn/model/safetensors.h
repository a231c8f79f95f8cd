// safetensors: named tensors behind a JSON header, the format of checkpoints and models.
//
// The header's length (u64, little-endian), a JSON object that gives each tensor's dtype, shape and
// place, and text under "__metadata__", then the data without holes. Files written here carry the
// CRC-32C of every tensor and of the rest of the metadata under the metadata key "kfctl.crc32c";
// reading checks it, and passes over its absence so that files of others can be read.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kfctl {

struct NamedTensor {
  std::string name;
  std::string dtype = "F32";  // F32, F64, I64, U64, U8
  std::vector<int64_t> shape;
  std::string bytes;  // little-endian
};

struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::vector<NamedTensor> tensors;

  const NamedTensor* find(std::string_view name) const;
  void add(std::string name, std::vector<int64_t> shape, std::span<const float> values);
};

/// The same content gives the same bytes.
std::string write_safetensors(const Safetensors& content);

/// `path` is for messages. Errors: kProject if the file is cut off or damaged, naming the tensor
/// whose checksum does not match.
Result<Safetensors> read_safetensors(std::string_view bytes, const std::string& path);

/// The values of an F32 tensor. Errors: kProject if it is not there or has another shape.
Result<std::vector<float>> floats_of(const Safetensors& content, std::string_view name,
                                     std::span<const int64_t> shape, const std::string& path);

}  // namespace kfctl
