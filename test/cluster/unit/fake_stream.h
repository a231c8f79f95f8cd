// A ByteStream whose other side is the test.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/byte_stream.h"

namespace kfctl {

/// Shared with the stream that is handed out, which goes when its user does.
struct FakeWire {
  std::string sent;              // all that was sent to the server
  std::deque<std::string> come;  // what the server says, a piece for each receive()
  bool closed = false;           // and then it closes
  bool broken = false;           // or breaks
  size_t takes = 1 << 20;        // bytes at a time
};

class FakeStream : public ByteStream {
 public:
  explicit FakeStream(std::shared_ptr<FakeWire> wire)
      : wire_(std::move(wire)), always_(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~FakeStream() override { close(always_); }

  Result<size_t> send(std::string_view bytes) override {
    const size_t taken = std::min(bytes.size(), wire_->takes);
    wire_->sent += bytes.substr(0, taken);
    return taken;
  }

  Result<Received> receive(std::string& out) override {
    if (!wire_->come.empty()) {
      out += wire_->come.front();
      wire_->come.pop_front();
      return Received::kSome;
    }
    if (wire_->broken) return Error(ErrorKind::kNetwork, "broke");
    return wire_->closed ? Received::kEnd : Received::kNothing;
  }

  int descriptor() const override { return always_; }

 private:
  std::shared_ptr<FakeWire> wire_;
  int always_;  // can always be read, so that nobody waits for it
};

}  // namespace kfctl
