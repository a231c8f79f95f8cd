#include "learn/model/safetensors.h"

#include <cstdio>
#include <cstring>

#include "base/json.h"
#include "learn/data/crc32c.h"

namespace kfctl {
namespace {

constexpr std::string_view kChecksums = "kfctl.crc32c";
constexpr size_t kLargestHeader = 100'000'000;

std::string hex(uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "%08x", value);
  return text;
}

std::string metadata_checksum(const std::map<std::string, std::string>& metadata) {
  std::string all;
  for (const auto& [key, value] : metadata) {
    if (key != kChecksums) all += key + '\0' + value + '\0';
  }
  return hex(crc32c(all));
}

size_t dtype_size(std::string_view dtype) {
  if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
  if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
  if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16") return 2;
  return dtype == "U8" || dtype == "I8" || dtype == "BOOL" ? 1 : 0;
}

Json checksums_of(const Safetensors& content) {
  Json sums = Json::object();
  sums[""] = metadata_checksum(content.metadata);  // no tensor has an empty name
  for (const NamedTensor& tensor : content.tensors) sums[tensor.name] = hex(crc32c(tensor.bytes));
  return sums;
}

Error damaged(const std::string& path, std::string_view what) {
  return project_error(path + ": the file is damaged: " + std::string(what),
                       "take another copy of it");
}

Result<NamedTensor> read_tensor(const std::string& name, const Json& entry, std::string_view data,
                                const std::string& path) {
  NamedTensor tensor;
  tensor.name = name;
  tensor.dtype = entry.string_at({"dtype"});
  const Json *shape = entry.find("shape"), *offsets = entry.find("data_offsets");
  const bool well = shape != nullptr && shape->is_array() && offsets != nullptr &&
                    offsets->is_array() && offsets->items().size() == 2 &&
                    offsets->items()[0].is_int() && offsets->items()[1].is_int();
  if (!well) return damaged(path, "tensor '" + name + "' is not described");
  size_t elements = 1;
  for (const Json& size : shape->items()) {
    if (!size.is_int() || size.as_int() < 0 || size.as_int() > (int64_t{1} << 40)) {
      return damaged(path, "the shape of tensor '" + name + "'");
    }
    tensor.shape.push_back(size.as_int());
    elements *= static_cast<size_t>(size.as_int());
    if (elements > (size_t{1} << 40)) return damaged(path, "the shape of tensor '" + name + "'");
  }
  const int64_t begin = offsets->items()[0].as_int(), end = offsets->items()[1].as_int();
  const size_t element = dtype_size(tensor.dtype);
  if (begin < 0 || end < begin || static_cast<size_t>(end) > data.size() || element == 0 ||
      static_cast<size_t>(end - begin) != elements * element) {
    return damaged(path, "the place of tensor '" + name + "'");
  }
  tensor.bytes = data.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  return tensor;
}

Status check_sums(const Safetensors& content, const std::string& path) {
  const auto written = content.metadata.find(std::string(kChecksums));
  if (written == content.metadata.end()) return Ok{};
  const Result<Json> sums = parse_json(written->second, path);
  if (!sums.ok() || !sums.value().is_object()) return damaged(path, "its checksums");
  const Json now = checksums_of(content);
  for (const auto& [name, sum] : now.members()) {
    const Json* before = sums.value().find(name);
    if (before != nullptr && *before == sum) continue;
    return damaged(path, name.empty() ? "the description does not match its checksum"
                                      : "tensor '" + name + "' does not match its checksum");
  }
  return Ok{};
}

}  // namespace

const NamedTensor* Safetensors::find(std::string_view name) const {
  for (const NamedTensor& tensor : tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

void Safetensors::add(std::string name, std::vector<int64_t> shape, std::span<const float> values) {
  NamedTensor& tensor = tensors.emplace_back();
  tensor.name = std::move(name);
  tensor.shape = std::move(shape);
  tensor.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

std::string write_safetensors(const Safetensors& content) {
  Json header = Json::object();
  Json& metadata = header["__metadata__"];
  metadata = Json::object();
  for (const auto& [key, value] : content.metadata) metadata[key] = value;
  metadata[kChecksums] = checksums_of(content).dump();
  int64_t offset = 0;
  for (const NamedTensor& tensor : content.tensors) {
    Json shape = Json::array();
    for (const int64_t size : tensor.shape) shape.push_back(size);
    const auto end = offset + static_cast<int64_t>(tensor.bytes.size());
    header[tensor.name] = Json::object({{"dtype", tensor.dtype},
                                        {"shape", std::move(shape)},
                                        {"data_offsets", Json::array({offset, end})}});
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes.reserve(bytes.size() + text.size() + static_cast<size_t>(offset));
  bytes += text;
  for (const NamedTensor& tensor : content.tensors) bytes += tensor.bytes;
  return bytes;
}

Result<Safetensors> read_safetensors(std::string_view bytes, const std::string& path) {
  uint64_t length = 0;
  if (bytes.size() < sizeof length) return project_error(path + ": this is no safetensors file");
  std::memcpy(&length, bytes.data(), sizeof length);
  bytes.remove_prefix(sizeof length);
  if (length > kLargestHeader || length > bytes.size() || !bytes.starts_with('{')) {
    return project_error(path + ": this is no safetensors file, or it is cut off");
  }
  const Result<Json> header = parse_json(bytes.substr(0, length), path);
  if (!header.ok()) return damaged(path, "its header is no JSON");
  const std::string_view data = bytes.substr(length);
  Safetensors content;
  size_t total = 0;
  for (const auto& [name, entry] : header.value().members()) {
    if (name == "__metadata__") {
      if (!entry.is_object()) return damaged(path, "its metadata");
      for (const auto& [key, value] : entry.members()) {
        if (!value.is_string()) return damaged(path, "its metadata");
        content.metadata[key] = value.as_string();
      }
      continue;
    }
    KF_TRY(NamedTensor tensor, read_tensor(name, entry, data, path));
    total += tensor.bytes.size();
    content.tensors.push_back(std::move(tensor));
  }
  if (total != data.size()) return damaged(path, "it is cut off, or tensors overlap");
  KF_DO(check_sums(content, path));
  return content;
}

Result<std::vector<float>> floats_of(const Safetensors& content, std::string_view name,
                                     std::span<const int64_t> shape, const std::string& path) {
  const NamedTensor* tensor = content.find(name);
  if (tensor == nullptr) return damaged(path, "no tensor '" + std::string(name) + "'");
  if (tensor->dtype != "F32" || tensor->shape != std::vector(shape.begin(), shape.end())) {
    return project_error(path + ": tensor '" + std::string(name) + "' has another shape",
                         "the file belongs to another model");
  }
  std::vector<float> values(tensor->bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor->bytes.data(), tensor->bytes.size());
  return values;
}

}  // namespace kfctl
