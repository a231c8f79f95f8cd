// Whoever stands between us and a server may answer anything to a request for a tunnel, and put
// anything into one. None of it may crash us, and where the bytes are cut makes no difference.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/upgrade.h"
#include "base/websocket.h"
#include "cluster/spdy.h"

using namespace kfctl;

namespace {

std::string messages_of(std::string_view bytes, size_t piece) {
  WebSocketDecoder decoder;
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const Status fed =
        decoder.feed(bytes.substr(at, piece), [&out](const WebSocketMessage& message) {
          out += std::to_string(static_cast<int>(message.kind)) + message.payload + "\n";
        });
    if (!fed.ok()) return out + "error";
  }
  return out;
}

std::string frames_of(std::string_view bytes, size_t piece) {
  SpdyDecoder decoder;
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const Status fed = decoder.feed(bytes.substr(at, piece), [&out](const SpdyFrame& frame) {
      out += std::to_string(frame.stream) + std::to_string(frame.number);
      out += frame.payload;
    });
    if (!fed.ok()) return out + "error";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (messages_of(bytes, 3) != messages_of(bytes, size + 1)) std::abort();
  if (frames_of(bytes, 3) != frames_of(bytes, size + 1)) std::abort();
  const Result<std::optional<UpgradeHead>> head = read_upgrade_head(bytes);
  if (head.ok() && head.value() && head.value()->size > size) std::abort();
  return 0;
}
