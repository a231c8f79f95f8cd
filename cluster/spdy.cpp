#include "cluster/spdy.h"

#include <algorithm>

namespace kfctl {
namespace {

constexpr uint8_t kLast = 1;        // FLAG_FIN
constexpr size_t kHead = 8;         // bytes before the payload of any frame
constexpr size_t kStored = 0xffff;  // bytes that one stored block can hold

enum Type : uint16_t { kSynStream = 1, kSynReply = 2, kRstStream = 3, kPing = 6, kGoAway = 7 };

Error wrong(const std::string& what) {
  return Error(ErrorKind::kNetwork, "the server breaks the SPDY protocol: " + what);
}

std::string big_endian(uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}

uint32_t number(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

std::string control(Type type, std::string_view payload) {
  return big_endian(0x8003, 2) + big_endian(type, 2) + big_endian(0, 1) +
         big_endian(payload.size(), 3) + std::string(payload);
}

std::string stored_block(std::string_view bytes) {
  const uint64_t size = bytes.size();
  std::string head(1, '\0');  // not the last, stored
  for (const uint64_t field : {size, size ^ 0xffff}) {
    head += static_cast<char>(field & 0xff);
    head += static_cast<char>(field >> 8);
  }
  return head + std::string(bytes);
}

Result<SpdyFrame> control_frame(std::string_view head, std::string_view payload) {
  SpdyFrame frame;
  frame.last = (static_cast<uint8_t>(head[4]) & kLast) != 0;
  if (number(head.substr(0, 2)) != 0x8003) return wrong("a frame of another version");
  const uint32_t type = number(head.substr(2, 2));
  const bool known = type == kSynReply || type == kRstStream || type == kPing;
  if (known && payload.size() < (type == kRstStream ? 8U : 4U)) return wrong("a short frame");
  if (type == kGoAway) frame.kind = SpdyFrame::Kind::kGoAway;
  if (!known) return frame;
  const uint32_t first = number(payload.substr(0, 4));
  if (type == kPing) {
    frame.kind = SpdyFrame::Kind::kPing;
    frame.number = first;
    return frame;
  }
  frame.kind = type == kSynReply ? SpdyFrame::Kind::kReply : SpdyFrame::Kind::kReset;
  frame.stream = first & 0x7fffffff;
  if (type == kRstStream) frame.number = number(payload.substr(4, 4));
  return frame;
}

}  // namespace

std::string SpdyEncoder::open(uint32_t stream, const Headers& headers) {
  std::string block = big_endian(headers.size(), 4);
  for (const auto& [name, value] : headers) {
    block += big_endian(name.size(), 4) + name + big_endian(value.size(), 4) + value;
  }
  // No stream that this one belongs to, the highest priority, no slot.
  return control(kSynStream,
                 big_endian(stream, 4) + big_endian(0, 4) + big_endian(0, 2) + compressed(block));
}

std::string SpdyEncoder::data(uint32_t stream, std::string_view payload, bool last) {
  return big_endian(stream, 4) + big_endian(last ? kLast : 0, 1) + big_endian(payload.size(), 3) +
         std::string(payload);
}

std::string SpdyEncoder::ping(uint32_t id) { return control(kPing, big_endian(id, 4)); }

std::string SpdyEncoder::compressed(std::string_view block) {
  std::string out;
  if (!std::exchange(begun_, true)) {
    // Deflate, with the dictionary of SPDY/3, which is named by its checksum and which stored
    // blocks do not refer to.
    out = big_endian(0x7820, 2) + big_endian(0xe3c6a7c2, 4);
  }
  for (size_t at = 0; at < block.size(); at += kStored) {
    out += stored_block(block.substr(at, kStored));
  }
  return out + stored_block("");  // lets the reader have all that came before
}

Status SpdyDecoder::feed(std::string_view bytes,
                         const std::function<void(const SpdyFrame& frame)>& on_frame) {
  rest_ += bytes;
  size_t done = 0;
  while (rest_.size() - done >= kHead) {
    const std::string_view head = std::string_view(rest_).substr(done, kHead);
    const size_t size = number(head.substr(5, 3));
    if (rest_.size() - done - kHead < size) break;
    const std::string_view payload = std::string_view(rest_).substr(done + kHead, size);
    done += kHead + size;
    if ((static_cast<uint8_t>(head[0]) & 0x80) != 0) {
      KF_TRY(const SpdyFrame frame, control_frame(head, payload));
      on_frame(frame);
      continue;
    }
    SpdyFrame frame;
    frame.kind = SpdyFrame::Kind::kData;
    frame.stream = number(head.substr(0, 4));
    frame.last = (static_cast<uint8_t>(head[4]) & kLast) != 0;
    frame.payload = payload;
    on_frame(frame);
  }
  rest_.erase(0, done);
  return Ok{};
}

}  // namespace kfctl
