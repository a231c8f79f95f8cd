#include "learn/data/number_text.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("numbers are read as strtod reads them") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    char text[64];
    const double value = static_cast<double>(static_cast<int64_t>(random())) /
                         std::pow(10.0, static_cast<double>(random() % 22));
    std::snprintf(text, sizeof text, i % 2 == 0 ? "%.6f" : "%.17g", value);
    const std::optional<double> read = parse_number(text);
    REQUIRE(read.has_value());
    REQUIRE(*read == std::strtod(text, nullptr));
  }
}

TEST_CASE("what is and what is not a number") {
  CHECK(*parse_number(" 1.5 ") == 1.5);
  CHECK(*parse_number("+2") == 2);
  CHECK(*parse_number("-.5") == -0.5);
  CHECK(*parse_number("1e-400") == 0);
  CHECK(std::isinf(*parse_number("inf")));
  for (const char* missing : {"", " ", "NA", "nan", "?", "NULL"}) {
    CHECK(std::isnan(*parse_number(missing)));
  }
  for (const char* text : {"1,5", "1.2.3", "abc", "-", ".", "1x", "+-1", "1e999", "-nan"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
}
