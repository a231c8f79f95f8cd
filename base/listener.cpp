#include "base/listener.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kfctl {
namespace {

constexpr int kTries = 16;  // to find a port that is free on all addresses

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  std::string text;       // as it is shown before a port
  bool optional = false;  // does without where the machine has no such address

  void set_port(int port) {
    const uint16_t net = htons(static_cast<uint16_t>(port));
    if (storage.ss_family == AF_INET6) {
      reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port = net;
    } else {
      reinterpret_cast<sockaddr_in*>(&storage)->sin_port = net;
    }
  }
};

std::optional<Address> parse_address(const std::string& text) {
  Address out;
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    out.size = sizeof *v4;
    out.text = text;
    return out;
  }
  if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) != 1) return std::nullopt;
  v6->sin6_family = AF_INET6;
  out.size = sizeof *v6;
  out.text = "[" + text + "]";
  return out;
}

Result<std::vector<Address>> parse_addresses(const std::vector<std::string>& texts) {
  std::vector<Address> out;
  for (const std::string& text : texts) {
    if (text == "localhost") {
      out.push_back(*parse_address("127.0.0.1"));
      out.push_back(*parse_address("::1"));
      out.back().optional = true;
      continue;
    }
    const std::optional<Address> address = parse_address(text);
    if (!address) {
      return usage_error("'" + text + "' is not an address of this machine",
                         "write an IP address, or localhost");
    }
    out.push_back(*address);
  }
  return out;
}

// The socket, or the errno that says why not.
std::pair<Descriptor, int> listen_on(const Address& address) {
  Descriptor made(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (made.get() < 0) return {Descriptor(), errno};
  const int on = 1;
  setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Else ::1 and 127.0.0.1 could take each other's port.
  if (address.storage.ss_family == AF_INET6) {
    setsockopt(made.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  const auto* const place = reinterpret_cast<const sockaddr*>(&address.storage);
  if (bind(made.get(), place, address.size) != 0 || listen(made.get(), SOMAXCONN) != 0) {
    return {Descriptor(), errno};
  }
  return {std::move(made), 0};
}

int port_of(int socket) {
  sockaddr_storage storage = {};
  socklen_t size = sizeof storage;
  getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size);
  return ntohs(storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

bool does_without(const Address& address, int error) {
  return address.optional && (error == EADDRNOTAVAIL || error == EAFNOSUPPORT);
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

Result<Listener> Listener::open(const std::vector<std::string>& addresses, int port) {
  KF_TRY(std::vector<Address> all, parse_addresses(addresses));
  for (int attempt = 1;; ++attempt) {
    Listener made;
    made.port_ = port;
    int error = 0;
    std::string place;
    for (Address& address : all) {
      address.set_port(made.port_);
      auto [socket, why] = listen_on(address);
      if (does_without(address, why)) continue;
      if (why == 0 && made.port_ == 0) made.port_ = port_of(socket.get());
      place = address.text + ":" + std::to_string(made.port_);
      error = why;
      if (error != 0) break;
      made.places_.push_back(place);
      made.sockets_.push_back(std::move(socket));
    }
    if (error == 0 && !made.sockets_.empty()) return made;
    // One that was free on the first address is in use on the next: try another.
    if (port == 0 && error == EADDRINUSE && attempt < kTries) continue;
    return Error(ErrorKind::kNetwork, "cannot listen on " + place + ": " + std::strerror(error),
                 error == EACCES       ? "ports below 1024 are not for everybody: choose another"
                 : error == EADDRINUSE ? "choose another port; 0 takes one that is free"
                                       : "");
  }
}

std::optional<Descriptor> Listener::accept(size_t index) const {
  Descriptor taken(accept4(sockets_[index].get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (taken.get() < 0) return std::nullopt;
  const int on = 1;
  setsockopt(taken.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return taken;
}

}  // namespace kfctl
