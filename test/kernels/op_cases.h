// Cases for every op, to be run on a device and by the reference, and compared.
//
// A case builds its op from arrays that a Side gives it. The same calls in the same order give the
// same contents on either side, so that afterwards all arrays can be compared: outputs within
// `tolerance`, inputs unchanged.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
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

struct OpCase {
  std::string name;
  double tolerance;  // of normalised_error, per array
  std::function<Status(Side& side)> reference;
  std::function<Status(Side& side, Device& device)> on_device;
};

/// At least one per op, with odd sizes.
std::vector<OpCase> op_cases();

/// Those of the dense layers, computed in `precision` by the device.
std::vector<OpCase> dense_cases(Precision precision);

/// The greatest normalised error of an array; infinite if one of `want` is all zeros and `got` is
/// not, or if only one has a NaN in a place.
double greatest_error(const std::vector<std::vector<double>>& got,
                      const std::vector<std::vector<double>>& want);

}  // namespace kfctl
