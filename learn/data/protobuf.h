// Protocol buffers as bytes on the wire: enough to read tf.Example and to write ONNX models and
// TensorBoard events without the protobuf library.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace kfctl {

/// Builds one message; fields appear in the order of the calls.
class ProtoWriter {
 public:
  void varint(int field, uint64_t value) {
    raw_varint(static_cast<uint64_t>(field) << 3);
    raw_varint(value);
  }
  void bytes(int field, std::string_view value) {
    raw_varint((static_cast<uint64_t>(field) << 3) | 2);
    raw_varint(value.size());
    out_ += value;
  }
  void message(int field, const ProtoWriter& value) { bytes(field, value.out_); }
  void float32(int field, float value) { fixed(field, 5, &value, sizeof value); }
  void float64(int field, double value) { fixed(field, 1, &value, sizeof value); }

  /// The message so far; packed arrays are built with this from raw_varint.
  const std::string& text() const { return out_; }
  void raw_varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>((value & 0x7f) | 0x80);
    out_ += static_cast<char>(value);
  }

 private:
  void fixed(int field, int wire, const void* value, size_t size) {
    raw_varint((static_cast<uint64_t>(field) << 3) | static_cast<uint64_t>(wire));
    out_.append(static_cast<const char*>(value), size);
  }
  std::string out_;
};

/// Walks one message. next() moves to a field; which of the values holds depends on wire().
class ProtoReader {
 public:
  explicit ProtoReader(std::string_view message) : rest_(message) {}

  /// False at the end, and when the message is damaged: then ok() is false.
  bool next() {
    uint64_t tag = 0;
    if (rest_.empty() || !take_varint(tag)) return false;
    field_ = static_cast<int>(tag >> 3);
    wire_ = static_cast<int>(tag & 7);
    if (wire_ == 0) return take_varint(varint_);
    if (wire_ == 1) return take(8);
    if (wire_ == 5) return take(4);
    uint64_t size = 0;
    if (wire_ == 2 && take_varint(size)) return take(size);
    return ok_ = false;
  }
  bool ok() const { return ok_; }
  int field() const { return field_; }
  int wire() const { return wire_; }
  uint64_t varint() const { return varint_; }
  std::string_view bytes() const { return bytes_; }  // of wire types 1, 2 and 5

  /// Takes a varint off what is left: for packed arrays.
  bool take_varint(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return ok_ = false;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  bool take(uint64_t size) {
    if (size > rest_.size()) return ok_ = false;
    bytes_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  std::string_view rest_;
  std::string_view bytes_;
  uint64_t varint_ = 0;
  int field_ = 0;
  int wire_ = 0;
  bool ok_ = true;
};

}  // namespace kfctl
