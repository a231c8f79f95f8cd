#include "base/websocket.h"

#include <array>
#include <bit>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr uint64_t kMaxMessage = uint64_t{32} << 20;

Error wrong(const std::string& what) {
  return Error(ErrorKind::kNetwork, "the server breaks the WebSocket protocol: " + what);
}

std::string big_endian(uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}

uint64_t number(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

// SHA-1 (FIPS 180-4), which the handshake is defined with; it protects nothing.
std::string sha1(std::string bytes) {
  const uint64_t bits = uint64_t{bytes.size()} * 8;
  bytes += '\x80';
  while (bytes.size() % 64 != 56) bytes += '\0';
  bytes += big_endian(bits, 8);
  std::array<uint32_t, 5> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for (size_t at = 0; at < bytes.size(); at += 64) {
    std::array<uint32_t, 80> w = {};
    for (size_t i = 0; i < 16; ++i) {
      w[i] = static_cast<uint32_t>(number(std::string_view(bytes).substr(at + 4 * i, 4)));
    }
    for (size_t i = 16; i < 80; ++i) {
      w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }
    auto [a, b, c, d, e] = state;
    for (size_t i = 0; i < 80; ++i) {
      const uint32_t f = i < 20   ? (b & c) | (~b & d)
                         : i < 40 ? b ^ c ^ d
                         : i < 60 ? (b & c) | (b & d) | (c & d)
                                  : b ^ c ^ d;
      constexpr std::array<uint32_t, 4> kRound = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
      const uint32_t next = std::rotl(a, 5) + f + e + kRound[i / 20] + w[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
  }
  std::string digest;
  for (const uint32_t word : state) digest += big_endian(word, 4);
  return digest;
}

}  // namespace

std::string websocket_frame(WebSocketKind kind, std::string_view payload, uint32_t mask) {
  std::string out;
  out += static_cast<char>(0x80 | static_cast<uint8_t>(kind));
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() <= 0xffff) {
    out += '\xfe' + big_endian(payload.size(), 2);
  } else {
    out += '\xff' + big_endian(payload.size(), 8);
  }
  const std::string key = big_endian(mask, 4);
  out += key;
  out.reserve(out.size() + payload.size());
  for (size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ key[i % 4]);
  return out;
}

std::string websocket_accept(std::string_view key) {
  return base64_encode(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

Status WebSocketDecoder::feed(
    std::string_view bytes,
    const std::function<void(const WebSocketMessage& message)>& on_message) {
  rest_ += bytes;
  size_t done = 0;
  while (true) {
    const std::string_view left = std::string_view(rest_).substr(done);
    Head head;
    KF_TRY(const bool complete, read_head(left, head));
    if (!complete || left.size() - head.size < head.payload) break;
    const auto length = static_cast<size_t>(head.payload);
    KF_DO(take(head, left.substr(head.size, length), on_message));
    done += head.size + length;
  }
  rest_.erase(0, done);
  return Ok{};
}

Result<bool> WebSocketDecoder::read_head(std::string_view bytes, Head& head) {
  if (bytes.size() < 2) return false;
  const auto first = static_cast<uint8_t>(bytes[0]), second = static_cast<uint8_t>(bytes[1]);
  head.last = (first & 0x80) != 0;
  head.code = first & 0x0f;
  if ((first & 0x70) != 0) return wrong("a reserved bit is set");
  if ((second & 0x80) != 0) return wrong("a frame of the server is masked");
  const size_t more = second == 127 ? 8 : second == 126 ? 2 : 0;
  head.size = 2 + more;
  if (bytes.size() < head.size) return false;
  head.payload = more == 0 ? second : number(bytes.substr(2, more));
  if (head.code >= 8 && (!head.last || head.payload > 125)) {
    return wrong("a control message is in pieces or too long");
  }
  if (head.payload > kMaxMessage) return wrong("a message is too long");
  return true;
}

Status WebSocketDecoder::take(
    const Head& head, std::string_view payload,
    const std::function<void(const WebSocketMessage& message)>& on_message) {
  if (head.code >= 8) {
    if (head.code > 10) return wrong("a message of an unknown kind");
    on_message({static_cast<WebSocketKind>(head.code), std::string(payload)});
    return Ok{};
  }
  if (head.code > 2 || (head.code == 0) != fragmented_) return wrong("a fragment out of place");
  if (head.code != 0) partial_.kind = static_cast<WebSocketKind>(head.code);
  if (partial_.payload.size() + payload.size() > kMaxMessage) return wrong("a message is too long");
  partial_.payload += payload;
  fragmented_ = !head.last;
  if (!head.last) return Ok{};
  on_message(partial_);
  partial_.payload.clear();
  return Ok{};
}

}  // namespace kfctl
