#include "learn/model/safetensors.h"

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

Safetensors sample() {
  Safetensors content;
  content.metadata["about"] = "a test";
  content.add("w", {2, 2}, std::vector<float>{1, 2, 3, 4});
  content.add("b", {1}, std::vector<float>{5});
  return content;
}

}  // namespace

TEST_CASE(
    "tensors and metadata survive writing and reading, and the bytes are the same each time") {
  const std::string bytes = write_safetensors(sample());
  CHECK(bytes == write_safetensors(sample()));
  const Safetensors read = read_safetensors(bytes, "f").value();
  CHECK(read.metadata.at("about") == "a test");
  const int64_t shape[] = {2, 2};
  CHECK(floats_of(read, "w", shape, "f").value() == std::vector<float>{1, 2, 3, 4});
  const int64_t other[] = {4};
  CHECK_FALSE(floats_of(read, "w", other, "f").ok());
}

TEST_CASE("every flipped byte and every cut is found") {
  const std::string bytes = write_safetensors(sample());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    const Result<Safetensors> read = read_safetensors(damaged, "f");
    // A byte of the header's padding, or one that renames what no checksum covers, is all that may
    // pass; the tensors and the metadata are then as they were.
    if (!read.ok()) continue;
    CAPTURE(i);
    CHECK(read.value().tensors.size() == 2);
    CHECK(read.value().metadata.at("about") == "a test");
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    REQUIRE_FALSE(read_safetensors(bytes.substr(0, size), "f").ok());
  }
  std::string damaged = bytes;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  CHECK(read_safetensors(damaged, "f").error().message ==
        "f: the file is damaged: tensor 'b' does not match its checksum");
}
