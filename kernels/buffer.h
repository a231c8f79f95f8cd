// Memory of a device, owned.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace kfctl {

/// Moved, not copied; gives its memory back when it goes. Must not outlive the Device it came from.
class Buffer {
 public:
  Buffer() = default;
  Buffer(void* data, size_t bytes, std::function<void(void*)> free)
      : data_(data, std::move(free)), bytes_(bytes) {}

  /// The memory as an array of T: an address on the device, which only the CPU's memory may be read
  /// through. 256-byte aligned. Null if the buffer is empty.
  template <typename T>
  T* as() const {
    return static_cast<T*>(data_.get());
  }
  size_t bytes() const { return bytes_; }

 private:
  std::unique_ptr<void, std::function<void(void*)>> data_;
  size_t bytes_ = 0;
};

}  // namespace kfctl
