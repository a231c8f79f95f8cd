#include "cluster/tunnel.h"

#include <vector>

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "base/listener.h"
#include "cluster/pump.h"
#include "test/cluster/unit/fake_stream.h"

using namespace kfctl;
using namespace std::string_literals;

namespace {

const CancelToken kNever;

// Hands out one wire after the other, and answers the handshake on each.
class Server {
 public:
  explicit Server(std::vector<std::string> answers) : answers_(std::move(answers)) {}

  OpenByteStream opener() {
    return [this](const HttpOptions&, const std::string& url,
                  const CancelToken&) -> Result<std::unique_ptr<ByteStream>> {
      url_ = url;
      wires.push_back(std::make_shared<FakeWire>());
      wires.back()->come.push_back(answers_.at(wires.size() - 1));
      return std::unique_ptr<ByteStream>(std::make_unique<Stream>(wires.back()));
    };
  }

  const std::string& url() const { return url_; }
  std::vector<std::shared_ptr<FakeWire>> wires;

 private:
  // The answer to a WebSocket's key can be given only once the key is known.
  class Stream : public FakeStream {
   public:
    explicit Stream(std::shared_ptr<FakeWire> wire) : FakeStream(wire), wire_(std::move(wire)) {}
    Result<Received> receive(std::string& out) override {
      for (std::string& text : wire_->come) {
        const size_t mark = text.find("ACCEPT");
        if (mark == std::string::npos) continue;
        const size_t key = wire_->sent.find("Sec-WebSocket-Key: ") + 19;
        text.replace(mark, 6,
                     websocket_accept(wire_->sent.substr(key, wire_->sent.find('\r', key) - key)));
      }
      return FakeStream::receive(out);
    }

   private:
    std::shared_ptr<FakeWire> wire_;
  };

  std::vector<std::string> answers_;
  std::string url_;
};

const std::string kWebSocket =
    "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: ACCEPT\r\n"
    "Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n\r\n";
const std::string kSpdy = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\n\r\n";

std::string refusal(int status, const std::string& message) {
  const std::string body = R"({"kind": "Status", "message": ")" + message + "\"}";
  return "HTTP/1.1 " + std::to_string(status) +
         " No\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TunnelOptions options() {
  TunnelOptions out;
  out.server = "https://host:6443/";
  out.namespace_ = "ml";
  out.pod = "web-1";
  out.port = 80;
  out.headers = {{"Authorization", "Bearer t"}};
  out.http.timeout_ms = 2000;
  return out;
}

// A message of a server in a frame without a mask.
std::string framed(const std::string& payload) {
  REQUIRE(payload.size() < 126);
  return "\x82"s + static_cast<char>(payload.size()) + payload;
}

std::unique_ptr<Tunnel> open(Server& server) {
  Result<std::unique_ptr<Tunnel>> opened = Tunnel::open(options(), server.opener(), kNever);
  REQUIRE(opened.ok());
  return std::move(opened).value();
}

}  // namespace

TEST_CASE("a WebSocket is asked for, with who we are, and carries both streams") {
  Server server({kWebSocket + framed(SpdyEncoder::data(3, "early", false))});
  const std::unique_ptr<Tunnel> tunnel = open(server);
  FakeWire& wire = *server.wires.at(0);
  CHECK(server.url() == "https://host:6443/api/v1/namespaces/ml/pods/web-1/portforward");
  CHECK(wire.sent.starts_with("GET /api/v1/namespaces/ml/pods/web-1/portforward HTTP/1.1\r\n"));
  CHECK(wire.sent.find("Authorization: Bearer t\r\n") != std::string::npos);
  CHECK(tunnel->receive().value().data == "early");

  const size_t head = wire.sent.size();
  CHECK(tunnel->flush().value());
  CHECK(tunnel->unsent() == 0);
  CHECK(wire.sent[head] == '\x82');
  wire.come.push_back(framed(SpdyEncoder::data(3, "late", true)));
  CHECK(tunnel->receive().value().data == "late");
  CHECK(tunnel->ended());
}

TEST_CASE("a server that refuses the WebSocket is asked for SPDY") {
  Server server({refusal(403, "cannot get"), kSpdy + SpdyEncoder::data(3, "x", false)});
  const std::unique_ptr<Tunnel> tunnel = open(server);
  FakeWire& wire = *server.wires.at(1);
  CHECK(wire.sent.starts_with("POST "));
  CHECK(wire.sent.find("X-Stream-Protocol-Version: portforward.k8s.io\r\n") != std::string::npos);
  const size_t head = wire.sent.size();
  tunnel->send("hello");
  tunnel->finish();
  wire.takes = 7;  // it comes through in pieces all the same
  while (tunnel->unsent() > 0) REQUIRE(tunnel->flush().value());
  SpdyEncoder encoder;
  const SpdyEncoder::Headers error = {{"streamtype", "error"}, {"port", "80"}, {"requestid", "0"}};
  const SpdyEncoder::Headers data = {{"streamtype", "data"}, {"port", "80"}, {"requestid", "0"}};
  std::string wanted = encoder.open(1, error) + SpdyEncoder::data(1, "", true);
  wanted += encoder.open(3, data) + SpdyEncoder::data(3, "hello", false);
  CHECK(wire.sent.substr(head) == wanted + SpdyEncoder::data(3, "", true));
}

TEST_CASE("a pod that is not there is not asked for twice; the server's words are told") {
  Server server({refusal(404, "pods web-1 not found")});
  const Result<std::unique_ptr<Tunnel>> opened = Tunnel::open(options(), server.opener(), kNever);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().kind == ErrorKind::kCluster);
  CHECK(opened.error().message.find("pods web-1 not found") != std::string::npos);
  CHECK(server.wires.size() == 1);
}

TEST_CASE("a stranger's handshake is no tunnel") {
  Server server(
      {"HTTP/1.1 101 X\r\nSec-WebSocket-Accept: bm90IG91cnM=\r\n"
       "Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n\r\n"});
  CHECK_FALSE(Tunnel::open(options(), server.opener(), kNever).ok());
  Server quiet({"HTTP/1.1 101 X\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n"});
  CHECK_FALSE(Tunnel::open(options(), quiet.opener(), kNever).ok());
}

TEST_CASE("what the kubelet says of a lost connection is kept, and pings are answered") {
  Server server({refusal(400, "no"), kSpdy + SpdyEncoder::ping(2) +
                                         SpdyEncoder::data(1, "connection refused", false) +
                                         "\x80\x03\0\3\0\0\0\x8\0\0\0\3\0\0\0\5"s});
  const std::unique_ptr<Tunnel> tunnel = open(server);
  CHECK(tunnel->ended());
  CHECK(tunnel->trouble() == "connection refused");
  CHECK(tunnel->flush().value());
  CHECK(server.wires[1]->sent.ends_with(SpdyEncoder::ping(2)));
}

TEST_CASE("a connection is pumped both ways to its end") {
  int pair[2] = {};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
  const Descriptor ours(pair[0]), theirs(pair[1]);
  Server server({refusal(400, "no"), kSpdy});
  const std::unique_ptr<Tunnel> tunnel = open(server);
  FakeWire& wire = *server.wires[1];
  REQUIRE(::send(ours.get(), "question", 8, 0) == 8);
  shutdown(ours.get(), SHUT_WR);
  wire.come.push_back(SpdyEncoder::data(3, "ans", false));
  wire.come.push_back(SpdyEncoder::data(3, "wer", true) + SpdyEncoder::data(1, "", true));
  CHECK(pump(theirs.get(), *tunnel, kNever).ok());
  char buffer[16] = {};
  CHECK(::recv(ours.get(), buffer, sizeof buffer, 0) == 6);
  CHECK(std::string(buffer) == "answer");
}

TEST_CASE("what the kubelet says after the pod's last byte is heard") {
  int pair[2] = {};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
  const Descriptor ours(pair[0]), theirs(pair[1]);
  Server server({refusal(400, "no"), kSpdy});
  const std::unique_ptr<Tunnel> tunnel = open(server);
  server.wires[1]->come.push_back(SpdyEncoder::data(3, "", true));
  server.wires[1]->come.push_back(SpdyEncoder::data(1, "connection refused", true));
  CHECK(pump(theirs.get(), *tunnel, kNever).error().message == "connection refused");
}

TEST_CASE("a tunnel that breaks, and an interrupt, end the pump") {
  int pair[2] = {};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
  const Descriptor ours(pair[0]), theirs(pair[1]);
  Server server({refusal(400, "no"), kSpdy});
  const std::unique_ptr<Tunnel> tunnel = open(server);
  CancelToken cancel;
  cancel.cancel();
  CHECK(pump(theirs.get(), *tunnel, cancel).error().kind == ErrorKind::kInterrupted);
  server.wires[1]->closed = true;
  CHECK(pump(theirs.get(), *tunnel, kNever).error().kind == ErrorKind::kNetwork);
}
