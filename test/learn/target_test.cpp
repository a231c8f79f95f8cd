#include "learn/data/target.h"

#include <numeric>

#include <doctest/doctest.h>

#include "read_text.h"

using namespace kfctl;

namespace {

Result<Target> fit(const Dataset& dataset, const TargetOptions& options = {}) {
  std::vector<uint32_t> rows(dataset.frame.rows);
  std::iota(rows.begin(), rows.end(), 0U);
  return fit_target(dataset, rows, options);
}

}  // namespace

TEST_CASE("text and few whole numbers are classes, other numbers are regressed on") {
  const Target text = fit(dataset_of("x,label\n1,b\n2,a\n3,b\n")).value();
  CHECK(text.classes == std::vector<std::string>{"a", "b"});
  const Target whole = fit(dataset_of("x,label\n1,10\n2,9\n")).value();
  CHECK(whole.classes == std::vector<std::string>{"9", "10"});
  const Dataset numbers = dataset_of("x,label\n1,0.5\n2,1.5\n");
  const Target number = fit(numbers).value();
  REQUIRE_FALSE(number.is_classes());
  CHECK(encode_target(number, numbers).value().values == std::vector<float>{-1, 1});
  CHECK(target_from_json(number.to_json()).value().deviation == 0.5);
  CHECK(target_from_json(text.to_json()).value().classes == text.classes);
}

TEST_CASE("labels that cannot be learned are named with their place") {
  CHECK(fit(dataset_of("x,label\n1,a\n2,\n")).error().message ==
        "d.csv:3: column 'label': the label is missing");
  CHECK(fit(dataset_of("x,label\n1,0.5\n2,nan\n")).error().message ==
        "d.csv:3: column 'label': the label is missing");
  CHECK(fit(dataset_of("x,label\n1,a\n2,a\n")).error().message.find("every row of the training") !=
        std::string::npos);
  CHECK(fit(dataset_of("x,label\n1,0.5\n2,0.5\n")).error().message.find("label 0.5") !=
        std::string::npos);
  const Result<Target> wrong = fit(dataset_of("price,size\n1,a\n2,a\n"), {.label = "prize"});
  CHECK(wrong.error().kind == ErrorKind::kUsage);
  CHECK(wrong.error().hint == "did you mean 'price'?");
}

TEST_CASE("a class that training did not see has no code") {
  const Dataset seen = dataset_of("x,label\n1,a\n2,b\n"), other = dataset_of("x,label\n1,c\n2,b\n");
  CHECK(encode_target(fit(seen).value(), other).value().labels == std::vector<int32_t>{-1, 1});
}
