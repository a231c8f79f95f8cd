// WebSocket (RFC 6455), the client's side, as bytes: the keys of the handshake and the framing.
// Pure; who sends the bytes, and picks the random ones, is the caller's matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kfctl {

enum class WebSocketKind : uint8_t {
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

struct WebSocketMessage {
  WebSocketKind kind = WebSocketKind::kBinary;
  std::string payload;  // of a close: a code of two bytes, then the reason; or nothing
};

/// A message in one frame, masked with the four bytes of `mask`, as a client must.
std::string websocket_frame(WebSocketKind kind, std::string_view payload, uint32_t mask);

/// What the server has to answer to the key of a handshake (Sec-WebSocket-Accept).
std::string websocket_accept(std::string_view key);

class WebSocketDecoder {
 public:
  /// Takes bytes as they come and calls `on_message` for each message that is complete; control
  /// messages may come between the fragments of others.
  /// Errors: kNetwork, for good, if this is no stream of a WebSocket server: reserved bits or
  /// kinds, a mask, fragments out of place, a message over 32 MiB.
  Status feed(std::string_view bytes,
              const std::function<void(const WebSocketMessage& message)>& on_message);

 private:
  struct Head {
    bool last = false;
    uint8_t code = 0;
    size_t size = 0;  // of the head itself
    uint64_t payload = 0;
  };

  /// False while the head is not complete.
  static Result<bool> read_head(std::string_view bytes, Head& head);
  Status take(const Head& head, std::string_view payload,
              const std::function<void(const WebSocketMessage& message)>& on_message);

  std::string rest_;          // of a frame that is not complete
  WebSocketMessage partial_;  // fragments so far
  bool fragmented_ = false;
};

}  // namespace kfctl
