#include "base/websocket.h"

#include <vector>

#include <doctest/doctest.h>

using namespace kfctl;
using namespace std::string_literals;

namespace {

// "KIND:payload" of each message; "error" at the end if the stream was refused. Fed in pieces.
std::vector<std::string> read(std::string_view bytes, size_t piece = 1000) {
  WebSocketDecoder decoder;
  std::vector<std::string> out;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const Status fed = decoder.feed(bytes.substr(at, piece), [&](const WebSocketMessage& one) {
      out.push_back(std::to_string(static_cast<int>(one.kind)) + ":" + one.payload);
    });
    if (!fed.ok()) {
      out.push_back("error");
      break;
    }
  }
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the key of a handshake is answered as the RFC says") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

// The examples of RFC 6455, 5.7.
TEST_CASE("frames are written and read") {
  CHECK(websocket_frame(WebSocketKind::kText, "Hello", 0x37fa213d) ==
        "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
  CHECK(read("\x81\x05Hello"s) == Lines{"1:Hello"});
  CHECK(read("\x01\x03Hel\x80\x02lo"s) == Lines{"1:Hello"});
  CHECK(read("\x89\x05Hello"s) == Lines{"9:Hello"});
  CHECK(read("\x82\x7e\x01\x00"s + std::string(256, 'x')) == Lines{"2:" + std::string(256, 'x')});
  const std::string large(65536, 'y');
  CHECK(read("\x82\x7f\0\0\0\0\0\1\0\0"s + large) == Lines{"2:" + large});
}

TEST_CASE("the length of a frame is written in its shortest form") {
  const auto head = [](size_t size) {
    return websocket_frame(WebSocketKind::kBinary, std::string(size, 'x'), 0).substr(1, 3);
  };
  CHECK(head(125)[0] == '\xfd');
  CHECK(head(126) == "\xfe\x00\x7e"s);
  CHECK(head(65535) == "\xfe\xff\xff"s);
  CHECK(head(65536)[0] == '\xff');
}

TEST_CASE("where a stream is cut makes no difference, and a ping may come between fragments") {
  const std::string bytes = "\x01\x03Hel\x89\x01p\x80\x02lo\x88\x02\x03\xe8"s;
  const Lines whole = {"9:p", "1:Hello", "8:\x03\xe8"};
  for (const size_t piece : {1, 2, 3, 5, 100}) CHECK(read(bytes, piece) == whole);
}

TEST_CASE("what no server may send is refused") {
  for (const std::string& bad : {
           "\xc1\x00"s,           // a reserved bit
           "\x81\x81\0\0\0\0x"s,  // masked
           "\x83\x00"s,           // a reserved kind
           "\x8b\x00"s,
           "\x09\x00"s,                  // a ping in pieces
           "\x89\x7e\x00\x7e"s,          // a long one
           "\x80\x01x"s,                 // the rest of nothing
           "\x01\x01x\x81\x01y"s,        // a new message within one
           "\x82\x7f\0\0\0\1\0\0\0\0"s,  // 4 GiB
       }) {
    CAPTURE(bad);
    const Lines lines = read(bad);
    REQUIRE_FALSE(lines.empty());
    CHECK(lines.back() == "error");
  }
}
