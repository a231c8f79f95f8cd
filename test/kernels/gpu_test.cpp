// What a device computes, against the reference on the CPU.
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "kernels/cpu/reference.h"
#include "test/kernels/device_fixture.h"

using namespace kfctl;

namespace {

/// Numbers in [-1, 1), the same on every machine.
std::vector<float> numbers(size_t count, uint64_t seed) {
  std::vector<float> values(count);
  for (float& value : values) {
    seed = seed * 6364136223846793005 + 1442695040888963407;
    value = static_cast<float>(static_cast<int32_t>(seed >> 32)) * 0x1p-31f;
  }
  return values;
}

double error_of_product(Device& device, int rows, int columns, int inner) {
  const size_t m = static_cast<size_t>(rows);
  const size_t n = static_cast<size_t>(columns);
  const size_t k = static_cast<size_t>(inner);
  const std::vector<float> a = numbers(m * k, 1);
  const std::vector<float> b = numbers(k * n, 2);
  std::vector<float> got(m * n, NAN);
  std::vector<float> want(m * n);
  const Status status = device.multiply({a, b, got, rows, columns, inner});
  REQUIRE_MESSAGE(status.ok(), status.error().to_text());
  REQUIRE(multiply_reference({a, b, want, rows, columns, inner}).ok());
  return normalised_error(got, want);
}

}  // namespace

// Rounding of a float sum of k terms is below k * 2^-24 of the sum of their sizes, which for random
// signs is about sqrt(k) times the sum: (257^1.5 * 2^-24)^2 = 6e-8 at the very worst. A product in
// tf32, which has 10 bits, or with a transposed operand is far above.
TEST_CASE_FIXTURE(DeviceTest, "a matrix product matches its reference") {
  if (device() == nullptr) return;
  CHECK(error_of_product(*device(), 1, 1, 1) < 1e-9);
  CHECK(error_of_product(*device(), 3, 5, 7) < 1e-9);
  CHECK(error_of_product(*device(), 127, 33, 257) < 1e-9);
  CHECK(error_of_product(*device(), 512, 256, 64) < 1e-9);
}

TEST_CASE_FIXTURE(DeviceTest, "the same product twice gives the same bits") {
  if (device() == nullptr) return;
  const std::vector<float> a = numbers(64 * 300, 3);
  const std::vector<float> b = numbers(300 * 96, 4);
  std::vector<float> first(64 * 96);
  std::vector<float> second(64 * 96);
  REQUIRE(device()->multiply({a, b, first, 64, 96, 300}).ok());
  REQUIRE(device()->multiply({a, b, second, 64, 96, 300}).ok());
  CHECK(first == second);
}

TEST_CASE_FIXTURE(DeviceTest,
                  "a product with wrong shapes is refused, and the device goes on working") {
  if (device() == nullptr) return;
  const std::vector<float> a(4);
  std::vector<float> c(4);
  CHECK_FALSE(device()->multiply({a, a, c, 2, 2, 1 << 20}).ok());
  CHECK(error_of_product(*device(), 8, 8, 8) < 1e-9);
}
