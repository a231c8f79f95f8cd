// DeviceRows: encoded rows in the memory of a device, from which batches are gathered. The CPU
// takes them from where they lie, be that a file.
#pragma once

#include <span>
#include <vector>

#include "kernels/device.h"
#include "learn/data/target.h"
#include "learn/data/transform.h"
#include "learn/model/network.h"

namespace kfctl {

class DeviceRows {
 public:
  /// `rows`, `target` and `weights`, which may be empty, have to outlive the result.
  /// Errors: kDevice if the device has not enough memory.
  static Result<DeviceRows> upload(Device& device, const InputTransform& transform,
                                   const EncodedRows& rows, const EncodedTarget& target,
                                   const std::vector<float>& weights);

  /// Queues what fills the network's input from the rows `indices` (device memory); -1 is no row.
  Status gather_input(const int32_t* indices, int64_t rows, Network& network) const;

  /// Likewise what a loss needs; outputs of what the rows do not have are left alone.
  struct Truth {
    int32_t* labels = nullptr;
    float* values = nullptr;
    float* weights = nullptr;
  };
  Status gather_truth(const int32_t* indices, int64_t rows, const Truth& truth) const;

 private:
  Device* device_ = nullptr;
  ElementType type_ = ElementType::kFloat;
  int64_t width_ = 0;
  int64_t code_count_ = 0;
  Buffer dense_, codes_, labels_, values_, weights_;
  Buffer mean_, scale_, missing_;
};

/// A copy of `values` on the device; empty stays empty.
template <typename T>
Result<Buffer> upload_vector(Device& device, std::span<const T> values) {
  if (values.empty()) return Buffer();
  KF_TRY(Buffer buffer, device.allocate(values.size_bytes()));
  KF_DO(device.upload(buffer.as<T>(), values.data(), values.size_bytes()));
  return buffer;
}
template <typename T>
Result<Buffer> upload_vector(Device& device, const std::vector<T>& values) {
  return upload_vector(device, std::span<const T>(values));
}

/// The same for what outlives the buffer and is only read: on the CPU no copy is made.
template <typename T>
Result<Buffer> lend(Device& device, std::span<const T> values) {
  if (values.empty() || device.info().kind != DeviceKind::kCpu) {
    return upload_vector(device, values);
  }
  return Buffer(const_cast<T*>(values.data()), values.size_bytes(), [](void*) {});
}

template <typename T>
Result<std::vector<T>> download_vector(Device& device, const T* from, size_t count) {
  std::vector<T> values(count);
  if (count > 0) KF_DO(device.download(values.data(), from, count * sizeof(T)));
  return values;
}

}  // namespace kfctl
