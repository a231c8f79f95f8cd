#include "learn/data/split.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "read_text.h"

using namespace kfctl;

namespace {

Dataset numbers(int count) {
  std::string text = "x,part\n";
  for (int i = 0; i < count; ++i)
    text += std::to_string(i / 2) + "," + (i < 3 ? "test" : "0") + "\n";
  return dataset_of(text);
}

}  // namespace

TEST_CASE("by hash: every row is in one part, equal rows in the same, shares are near") {
  const Dataset dataset = numbers(4000);
  const Split split = split_rows(dataset, {.train = 8, .validation = 1, .test = 1}).value();
  CHECK(split.train.size() + split.validation.size() + split.test.size() == 4000);
  CHECK(split.train.size() > 3050);
  CHECK(split.train.size() < 3350);
  const std::set<uint32_t> train(split.train.begin(), split.train.end());
  for (uint32_t row = 4; row < 4000; row += 2) REQUIRE(train.count(row) == train.count(row + 1));
}

TEST_CASE("by fraction: exact shares, another seed draws others") {
  const Dataset dataset = numbers(100);
  SplitOptions options{.train = 0.7, .validation = 0.2, .test = 0.1, .by = "fraction"};
  const Split split = split_rows(dataset, options).value();
  CHECK(split.validation.size() == 20);
  CHECK(split.test.size() == 10);
  CHECK(split_rows(dataset, options).value().test == split.test);
  options.seed = 43;
  CHECK(split_rows(dataset, options).value().test != split.test);
}

TEST_CASE("by column, and what is wrong") {
  const Dataset dataset = numbers(10);
  CHECK(split_rows(dataset, {.by = "column", .column = "part"}).value().test ==
        std::vector<uint32_t>{0, 1, 2});
  CHECK(split_rows(dataset, {.by = "column", .column = "x"}).error().message ==
        "d.csv:8: column 'x': '3' is no split");
  CHECK(split_rows(dataset, {.train = 0}).error().kind == ErrorKind::kUsage);
  CHECK(split_rows(dataset, {.by = "luck"}).error().kind == ErrorKind::kUsage);
}
