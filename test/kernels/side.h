// The arrays that a test hands to an op, on the host or on a device, with the same contents.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernels/device.h"

namespace kfctl {

class Side {
 public:
  /// Null: arrays of the host, for the reference. REQUIRES: `device` outlives this.
  explicit Side(Device* device) : device_(device) {}

  float* floats(int64_t count, float low = -1.0f, float high = 1.0f);
  int32_t* ints(int64_t count, int32_t low, int32_t high);  // both included
  int32_t* numbers(const std::vector<int32_t>& values);
  uint8_t* bytes(int64_t count);
  double* doubles(int64_t count);  // zeros
  int64_t* counts(int64_t count);  // zeros
  StepState* state(const StepState& state);
  Segment* segments(const std::vector<Segment>& segments);
  LossTotals* totals();
  Ranking* ranking();
  double* norm(double value);
  float* with_holes(int64_t count);  // in [-1, 1), an eighth of them NaN
  float* rounded(int64_t count);     // in [-1, 1], with many equals

  /// What the arrays hold now, as numbers, in the order in which they were asked for.
  std::vector<std::vector<double>> contents() const;

 private:
  uint32_t draw();
  std::vector<float> drawn(int64_t count, float low, float high);
  template <typename T>
  T* put(const std::vector<T>& values, std::vector<double> (*read)(const T&));

  struct Array {
    Buffer buffer;            // of the device
    std::vector<char> bytes;  // of the host
    std::function<std::vector<double>(const char*, size_t)> read;
  };

  Device* device_;
  uint64_t seed_ = 1;
  std::vector<Array> arrays_;
};

}  // namespace kfctl
