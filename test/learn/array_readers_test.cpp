#include <doctest/doctest.h>
#include <zlib.h>

#include "read_text.h"

using namespace kfctl;

namespace {

std::string npy(std::string_view descr, std::string_view shape, std::string_view data) {
  std::string header = "{'descr': '" + std::string(descr) +
                       "', 'fortran_order': False, 'shape': " + std::string(shape) + ", }";
  while ((header.size() + 11) % 64 != 0) header += ' ';
  header += '\n';
  std::string text = "\x93NUMPY";
  text += '\x01';
  text += '\0';
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return text + header + std::string(data);
}

void put(std::string& to, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i));
}

// A zip of one stored member.
std::string zip(std::string_view name, const std::string& content) {
  const auto crc = static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
  const auto size = static_cast<uint32_t>(content.size());
  std::string text;
  const auto common = [&](std::string& to) {
    put(to, 20, 2), put(to, 0, 2), put(to, 0, 2), put(to, 0, 4), put(to, crc, 4);
    put(to, size, 4), put(to, size, 4), put(to, static_cast<uint32_t>(name.size()), 2);
    put(to, 0, 2);
  };
  put(text, 0x04034b50, 4), common(text), text += name, text += content;
  const auto directory = static_cast<uint32_t>(text.size());
  put(text, 0x02014b50, 4), put(text, 20, 2), common(text);
  put(text, 0, 2), put(text, 0, 2), put(text, 0, 2), put(text, 0, 4), put(text, 0, 4);
  text += name;
  const auto length = static_cast<uint32_t>(text.size()) - directory;
  put(text, 0x06054b50, 4), put(text, 0, 4), put(text, 1, 2), put(text, 1, 2);
  put(text, length, 4), put(text, directory, 4), put(text, 0, 2);
  return text;
}

std::string images() { return std::string("\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\2", 16) + "abcd"; }

}  // namespace

TEST_CASE("IDX: images are a tensor of bytes, one dimension is a label") {
  const Frame frame = read_text(images(), "train-images-idx3-ubyte").value();
  REQUIRE(frame.rows == 2);
  CHECK(frame.columns[0].tensor.shape == std::vector<int>{1, 2});
  CHECK(frame.columns[0].tensor.bytes == std::vector<uint8_t>{'a', 'b', 'c', 'd'});
  const Frame label = read_text(std::string("\0\0\x08\x01\0\0\0\2\3\4", 10), "l.idx").value();
  CHECK(label.find("label")->numbers == std::vector<double>{3, 4});
}

TEST_CASE("IDX: a file that is too short or none at all is refused") {
  CHECK(read_error(images().substr(0, 18), "i.idx") == "i.idx: 2 bytes of data where 4 belong");
  // 2^31 rows of nothing must not cost memory.
  CHECK(read_error(std::string("\0\0\x08\x02\x80\0\0\0\0\0\0\0", 12), "i.idx") ==
        "i.idx: dimension 1 has size 0");
  // No rows of a width that overflows, found by the fuzzer as a division by zero.
  CHECK(read_error(std::string("\0\0\x08\x05\0\0\0\0\x40\0\0\0\x40\0\0\0\0\0\0\2\0\0\0\2", 24),
                   "i.idx") == "i.idx: the array is too large");
  CHECK(read_error("hello", "i.idx") == "i.idx: this is no IDX file");
}

TEST_CASE("NPY: element types, shapes, and what cannot be read") {
  const Frame frame = read_text(npy("|u1", "(2, 2)", "abcd"), "x.npy").value();
  CHECK(frame.columns[0].tensor.is_bytes);
  CHECK(frame.columns[0].tensor.bytes[3] == 'd');
  const Frame column =
      read_text(npy(">i2", "(2,)", std::string("\0\1\xff\xff", 4)), "y.npy").value();
  CHECK(column.columns[0].numbers == std::vector<double>{1, -1});
  CHECK(read_error(npy("<c8", "(2,)", "abcd"), "y.npy").find("elements of type") !=
        std::string::npos);
  CHECK(read_error(npy("<f4", "(9, 9)", "abcd"), "y.npy").find("bytes of data where 324 belong") !=
        std::string::npos);
}

TEST_CASE("NPZ: members become columns, a wrong checksum is found") {
  std::string text = zip("x.npy", npy("|u1", "(2, 2)", "abcd"));
  const Frame frame = read_text(text, "d.npz").value();
  CHECK(frame.find("x")->tensor.bytes[0] == 'a');
  text[text.find("abcd")] = 'z';
  CHECK(read_error(text, "d.npz") ==
        "d.npz/x.npy: the checksum does not match; the file is damaged");
}
