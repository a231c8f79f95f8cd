// SPDY/3.1 as far as port forwarding speaks it (protocol portforward.k8s.io): the frames of a
// client that opens streams and carries bytes. Pure.
//
// Kubelets and container runtimes speak it with moby/spdystream, which knows no flow control:
// frames of a window are not sent, and passed over. Headers travel in one zlib stream for the whole
// connection; ours is made of stored blocks, which every reader takes and which need no library.
// The headers of the other side say nothing that we need and are not read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kfctl {

struct SpdyFrame {
  enum class Kind {
    kData,    // payload
    kReply,   // the stream was accepted
    kReset,   // the stream is over, at once
    kPing,    // number: to be sent back if it is even, an answer to ours if it is odd
    kGoAway,  // the other side opens and takes no more streams
    kOther,   // of no meaning to us
  };
  Kind kind = Kind::kOther;
  uint32_t stream = 0;  // of kData, kReply, kReset
  uint32_t number = 0;  // of kReset its reason, of kPing its id
  bool last = false;    // the other side sends nothing more on this stream
  std::string_view payload;
};

class SpdyEncoder {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  /// Opens a stream. Ids are odd and must rise; the names of headers are in small letters.
  std::string open(uint32_t stream, const Headers& headers);
  /// Bytes of a stream; with `last` nothing more follows on it. REQUIRES: less than 16 MiB.
  static std::string data(uint32_t stream, std::string_view payload, bool last);
  static std::string ping(uint32_t id);

 private:
  std::string compressed(std::string_view block);

  bool begun_ = false;  // the zlib stream has its head
};

class SpdyDecoder {
 public:
  /// Takes bytes as they come; calls `on_frame` for each frame that is complete, whose payload is
  /// valid during the call. Errors: kNetwork, for good, if these are no frames of SPDY/3.
  Status feed(std::string_view bytes, const std::function<void(const SpdyFrame& frame)>& on_frame);

 private:
  std::string rest_;
};

}  // namespace kfctl
