// TCP sockets of this machine: one that takes connections, on several addresses of one port.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kfctl {

/// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

class Listener {
 public:
  /// Listens on `port`, or if it is 0 on one that is free on all of the addresses: IP addresses or
  /// "localhost", which is 127.0.0.1 and, where this machine has it, ::1.
  /// Errors: kUsage for what is no address; kNetwork, with the reason, if one cannot be had.
  static Result<Listener> open(const std::vector<std::string>& addresses, int port);

  int port() const { return port_; }
  /// "127.0.0.1:8080", "[::1]:8080".
  const std::vector<std::string>& places() const { return places_; }
  /// For poll(): when one can be read, accept() has something.
  const std::vector<Descriptor>& sockets() const { return sockets_; }

  /// A connection that has come to `sockets()[index]`, not waiting, or nothing. Reading and writing
  /// it does not wait either.
  std::optional<Descriptor> accept(size_t index) const;

 private:
  Listener() = default;

  int port_ = 0;
  std::vector<std::string> places_;
  std::vector<Descriptor> sockets_;
};

}  // namespace kfctl
