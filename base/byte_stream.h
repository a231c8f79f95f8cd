// ByteStream: a connection to a server whose bytes are the caller's own, with TLS and through a
// proxy where HttpOptions say so. For protocols that begin as HTTP and go on as something else
// (base/upgrade.h).
//
// Nothing here waits but open_byte_stream: poll descriptor() and try again. A stream belongs to one
// thread at a time. The real one lives in libkfctl_http.so.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/http.h"
#include "base/result.h"

namespace kfctl {

class ByteStream {
 public:
  enum class Received {
    kSome,     // bytes were appended
    kNothing,  // none are there now
    kEnd,      // the other side has closed
  };

  virtual ~ByteStream() = default;

  /// Sends the beginning of `bytes`, as much as fits now, and says how much: maybe 0. What was not
  /// sent must be given again, unchanged. Errors: kNetwork if the connection broke.
  virtual Result<size_t> send(std::string_view bytes) = 0;

  /// Appends what has come, some 16 KiB at most. Call until kNothing before polling: TLS may hold
  /// bytes that the descriptor does not show. Errors: kNetwork if the connection broke.
  virtual Result<Received> receive(std::string& out) = 0;

  /// For poll().
  virtual int descriptor() const = 0;
};

/// Connects to the server of `url` (its path does not matter), within the connect timeout.
/// Errors: as http_fault_error, kInterrupted once `cancel` is cancelled; those of load_module.
Result<std::unique_ptr<ByteStream>> open_byte_stream(const HttpOptions& options,
                                                     const std::string& url,
                                                     const CancelToken& cancel);

/// open_byte_stream, or what stands for it in tests.
using OpenByteStream = std::function<Result<std::unique_ptr<ByteStream>>(
    const HttpOptions& options, const std::string& url, const CancelToken& cancel)>;

}  // namespace kfctl
