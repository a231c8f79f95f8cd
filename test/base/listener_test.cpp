#include "base/listener.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>

using namespace kfctl;

namespace {

Descriptor connect_to(int port) {
  Descriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  REQUIRE(connect(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return made;
}

}  // namespace

TEST_CASE("port 0 is a free one, the same on all addresses") {
  const Listener listener = std::move(Listener::open({"localhost"}, 0)).value();
  CHECK(listener.port() > 0);
  REQUIRE_FALSE(listener.places().empty());
  CHECK(listener.places()[0] == "127.0.0.1:" + std::to_string(listener.port()));
  CHECK_FALSE(listener.accept(0));

  const Descriptor client = connect_to(listener.port());
  pollfd one = {listener.sockets()[0].get(), POLLIN, 0};
  REQUIRE(poll(&one, 1, 5000) == 1);
  const std::optional<Descriptor> taken = listener.accept(0);
  REQUIRE(taken);
  CHECK(send(client.get(), "x", 1, 0) == 1);
  one.fd = taken->get();
  REQUIRE(poll(&one, 1, 5000) == 1);
  char letter = 0;
  CHECK(recv(taken->get(), &letter, 1, 0) == 1);
}

TEST_CASE("a port that is taken, and what is no address, say so") {
  const Listener first = std::move(Listener::open({"127.0.0.1"}, 0)).value();
  const Result<Listener> second = Listener::open({"127.0.0.1"}, first.port());
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().kind == ErrorKind::kNetwork);
  CHECK(second.error().message ==
        "cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": Address already in use");
  CHECK(Listener::open({"example.org"}, 0).error().kind == ErrorKind::kUsage);
  CHECK(Listener::open({"192.0.2.1"}, 0).error().kind == ErrorKind::kNetwork);
}
