// JSON lines, libsvm and TFRecord.
#include <cmath>

#include <doctest/doctest.h>

#include "learn/data/crc32c.h"
#include "learn/data/protobuf.h"
#include "read_text.h"

using namespace kfctl;

TEST_CASE("JSON lines: nested members become columns, absent ones are missing") {
  const Frame frame = read_text(
                          "{\"a\": 1, \"b\": {\"c\": \"x\"}}\n\n"
                          "{\"a\": true, \"d\": [1, 2]}\n",
                          "j.jsonl")
                          .value();
  REQUIRE(frame.rows == 2);
  CHECK(frame.find("a")->numbers == std::vector<double>{1, 1});
  CHECK(frame.find("b.c")->text[0] == "x");
  CHECK(frame.find("b.c")->text[1].empty());
  CHECK(std::isnan(frame.find("d.1")->numbers[0]));
  CHECK(frame.find("d.1")->numbers[1] == 2);
  CHECK(frame.lines == std::vector<uint64_t>{1, 3});
}

TEST_CASE("JSON lines: errors name the line") {
  CHECK(read_error("{\"a\": 1}\n[1]\n", "j.jsonl") == "j.jsonl:2: not a JSON object");
  CHECK(read_error("{\"a\": 1}\n{\"a\": }\n", "j.jsonl").find("j.jsonl:2: not JSON: ") == 0);
}

TEST_CASE("libsvm: indices from 1, comments, what is absent is zero") {
  const Frame frame = read_text("+1 1:0.5 3:2 # first\n-1 qid:7 2:1\n", "s.svm").value();
  CHECK(frame.find("label")->numbers == std::vector<double>{1, -1});
  CHECK(frame.find("features")->tensor.floats == std::vector<float>{0.5F, 0, 2, 0, 1, 0});
  CHECK(read_error("1 3:1 2:1\n", "s.svm") == "s.svm:1: indices have to ascend");
  CHECK(read_error("1 x:1\n", "s.svm") == "s.svm:1: 'x:1' is not INDEX:NUMBER");
  CHECK(read_error("1 4000000000:1\n", "s.svm").find("too much for a dense matrix") !=
        std::string::npos);
  CHECK(read_error("1 1:1\nx 1:1\n", "s.svm") == "s.svm:2: the label 'x' is not a number");
}

TEST_CASE("CRC-32C has its published check value") {
  CHECK(crc32c("123456789") == 0xe3069283U);
  CHECK(masked_crc32c("123456789") == 0xc78ab0e5U);
}

namespace {

template <typename T>
std::string bytes_as(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string record(const std::string& data) {
  const std::string length = bytes_as(static_cast<uint64_t>(data.size()));
  return length + bytes_as(masked_crc32c(length)) + data + bytes_as(masked_crc32c(data));
}

ProtoWriter entry(std::string_view name, int kind, const std::string& packed) {
  ProtoWriter list, feature, map;
  list.bytes(1, packed);
  feature.message(kind, list);
  map.bytes(1, name);
  map.message(2, feature);
  return map;
}

std::string example(float x, uint64_t y, std::string_view word) {
  ProtoWriter features, whole, packed;
  features.message(1, entry("x", 2, bytes_as(x) + bytes_as(x + 1)));
  packed.raw_varint(y);
  features.message(1, entry("y", 3, packed.text()));
  features.message(1, entry("word", 1, std::string(word)));
  whole.message(1, features);
  return whole.text();
}

}  // namespace

TEST_CASE("TFRecord: floats are tensors, one integer is a number, bytes are text") {
  const std::string text =
      record(example(0.5F, 3, "a")) + record(example(2.0F, static_cast<uint64_t>(-4), "b"));
  const Frame frame = read_text(text, "t.tfrecord").value();
  CHECK(frame.find("x")->tensor.floats == std::vector<float>{0.5F, 1.5F, 2, 3});
  CHECK(frame.find("y")->numbers == std::vector<double>{3, -4});
  CHECK(frame.find("word")->text[1] == "b");
}

TEST_CASE("TFRecord: damage is found and named by its record") {
  std::string text = record(example(0.5F, 3, "a")) + record(example(2.0F, 4, "b"));
  text[text.size() - 8] ^= 1;
  CHECK(read_error(text, "t.tfrecord") == "t.tfrecord: record 2: the checksum does not match");
  text.resize(text.size() - 6);
  CHECK(read_error(text, "t.tfrecord") ==
        "t.tfrecord: record 2: the file ends in the middle of it");
}
