#include "learn/data/transform.h"

#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include "read_text.h"

using namespace kfctl;

namespace {

std::vector<uint32_t> first(uint32_t count) {
  std::vector<uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

}  // namespace

TEST_CASE("only the training rows are learned from") {
  const Dataset dataset = dataset_of("n,c\n1,a\n3,b\n1000,z\n");
  const InputTransform transform = fit_transform(dataset, first(2), {}).value().transform;
  CHECK(transform.mean == std::vector<float>{2});
  CHECK(transform.scale == std::vector<float>{1});
  CHECK(transform.features[1].vocabulary == std::vector<std::string>{"a", "b"});
  const EncodedRows rows = encode_rows(transform, dataset.frame, "d.csv").value();
  CHECK(rows.codes == std::vector<int32_t>{0, 1, -1});
  CHECK(rows.dense[2] == 1000);
}

TEST_CASE("missing numbers get an indicator, categories one column each where asked for") {
  const Dataset dataset = dataset_of("n,c\n1,a\n,b\n5,a\n");
  FeatureOptions options;
  options.one_hot = true;
  const InputTransform transform = fit_transform(dataset, first(3), options).value().transform;
  REQUIRE(transform.dense_width() == 4);
  const EncodedRows rows = encode_rows(transform, dataset.frame, "d.csv").value();
  CHECK(std::isnan(rows.dense[4]));
  CHECK(rows.dense[5] == 1);
  CHECK(rows.dense[7] == 1);
  CHECK(transform.missing[0] == 3);
}

TEST_CASE("a description of features survives printing and reading") {
  const Dataset dataset = dataset_of("n,c\n1,a\n,b\n5,a\n");
  const InputTransform transform = fit_transform(dataset, first(3), {}).value().transform;
  const InputTransform read = transform_from_json(transform.to_json()).value();
  CHECK(read.to_json() == transform.to_json());
  CHECK(read.columns() == transform.columns());
  CHECK_FALSE(transform_from_json(Json::object()).ok());
}

TEST_CASE("columns that cannot be used are named") {
  const Dataset dataset = dataset_of("n,c\n1,a\ninf,b\n");
  CHECK(fit_transform(dataset, first(2), {}).error().message ==
        "d.csv:3: column 'n': an infinite value");
  FeatureOptions options;
  options.types["c"] = "numeric";
  options.ignored = {"n"};
  CHECK(fit_transform(dataset, first(2), options).error().message ==
        "d.csv:2: column 'c': 'a' is not a number");
  options.types = {{"d", "numeric"}};
  CHECK(fit_transform(dataset, first(2), options).error().kind == ErrorKind::kUsage);
  options.types = {};
  const InputTransform transform = fit_transform(dataset, first(2), options).value().transform;
  CHECK(encode_rows(transform, dataset_of("x\n1\n").frame, "p.csv").error().message ==
        "p.csv: no column 'c', which the model needs");
}

TEST_CASE("hashed words: length one, case and punctuation do not count, order does") {
  std::vector<float> a(64), b(64), c(64);
  hash_words("The quick fox!", a);
  hash_words("the QUICK, fox", b);
  hash_words("fox quick the", c);
  CHECK(a == b);
  CHECK(a != c);
  double squares = 0;
  for (const float x : a) squares += static_cast<double>(x * x);
  CHECK(squares == doctest::Approx(1));
}
