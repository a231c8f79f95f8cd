#include "kernels/cpu/reference.h"

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("a product by hand, not square in any direction") {
  const std::vector<float> a = {1, 2, 3, 4, 5, 6};                      // 2 x 3
  const std::vector<float> b = {1, 0, 2, -1, 3, 1, 0, 2, 1, 1, 0, -2};  // 3 x 4
  std::vector<float> c(8, 99.0f);
  REQUIRE(multiply_reference({a, b, c, 2, 4, 3}).ok());
  CHECK(c == std::vector<float>{10, 5, 2, -3, 25, 11, 8, -6});
}

TEST_CASE("sums are in double: a small term survives between two large ones") {
  const std::vector<float> a = {1e8f, 1.0f, -1e8f};
  const std::vector<float> b = {1.0f, 1.0f, 1.0f};
  std::vector<float> c(1);
  REQUIRE(multiply_reference({a, b, c, 1, 1, 3}).ok());
  CHECK(c[0] == 1.0f);  // in float the sum is 0
}

TEST_CASE("arrays that do not fit their shape are refused, and nothing is written") {
  const std::vector<float> six(6, 1.0f);
  std::vector<float> c(4, 99.0f);
  CHECK_FALSE(multiply_reference({six, six, c, 2, 2, 4}).ok());
  CHECK_FALSE(multiply_reference({six, six, c, 3, 3, 2}).ok());
  CHECK_FALSE(multiply_reference({six, six, c, 2, 2, 0}).ok());
  CHECK(c == std::vector<float>(4, 99.0f));
}

TEST_CASE("normalised_error is a share of the wanted result, and sees NaN") {
  const std::vector<float> want = {3.0f, 4.0f};
  CHECK(normalised_error(want, want) == 0.0);
  CHECK(normalised_error(std::vector<float>{3.0f, 4.5f}, want) == doctest::Approx(0.01));
  const std::vector<float> broken = {std::numeric_limits<float>::quiet_NaN(), 4.0f};
  CHECK(std::isnan(normalised_error(broken, want)));
}
