#include "cluster/spdy.h"

#include <doctest/doctest.h>

using namespace kfctl;
using namespace std::string_literals;

namespace {

std::string text_of(const SpdyFrame& frame) {
  return std::to_string(static_cast<int>(frame.kind)) + "/" + std::to_string(frame.stream) + "/" +
         std::to_string(frame.number) + (frame.last ? "/last" : "") + ":" +
         std::string(frame.payload) + "\n";
}

std::string read(std::string_view bytes, size_t piece = 1000) {
  SpdyDecoder decoder;
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const Status fed = decoder.feed(bytes.substr(at, piece),
                                    [&out](const SpdyFrame& frame) { out += text_of(frame); });
    if (!fed.ok()) return out + "error";
  }
  return out;
}

}  // namespace

TEST_CASE("a stream is opened with its headers in stored blocks of one zlib stream") {
  SpdyEncoder encoder;
  const std::string block =
      "\0\0\0\1\0\0\0\4port\0\0\0\2"
      "80"s;
  const std::string stored =
      "\0\x12\0\xed\xff"s + block.substr(0, 18);  // 18 bytes, and their complement
  REQUIRE(block.size() == 18);
  // Version 3, SYN_STREAM, 43 bytes: stream 1, of no other, with the head of zlib and its
  // dictionary.
  CHECK(encoder.open(1, {{"port", "80"}}) == "\x80\x03\0\1\0\0\0\x2c\0\0\0\1\0\0\0\0\0\0"s +
                                                 "\x78\x20\xe3\xc6\xa7\xc2"s + stored +
                                                 "\0\0\0\xff\xff"s);
  CHECK(encoder.open(3, {{"port", "80"}}) ==
        "\x80\x03\0\1\0\0\0\x26\0\0\0\3\0\0\0\0\0\0"s + stored + "\0\0\0\xff\xff"s);
}

TEST_CASE("data and pings are written as they are read") {
  CHECK(SpdyEncoder::data(3, "abc", true) ==
        "\0\0\0\3\1\0\0\3"
        "abc"s);
  CHECK(read(SpdyEncoder::data(3, "abc", false) + SpdyEncoder::data(1, "", true) +
             SpdyEncoder::ping(7)) == "0/3/0:abc\n0/1/0/last:\n3/0/7:\n");
}

TEST_CASE("where a stream is cut makes no difference; what means nothing is passed over") {
  const std::string reply = "\x80\x03\0\2\0\0\0\4\0\0\0\3"s;
  const std::string reset = "\x80\x03\0\3\0\0\0\x8\0\0\0\3\0\0\0\5"s;
  const std::string settings = "\x80\x03\0\4\0\0\0\4\0\0\0\0"s;
  const std::string goaway = "\x80\x03\0\7\0\0\0\x8\0\0\0\0\0\0\0\0"s;
  const std::string all = reply + SpdyEncoder::data(3, "x", false) + settings + reset + goaway;
  for (const size_t piece : {1, 3, 7, 100}) {
    CHECK(read(all, piece) == "1/3/0:\n0/3/0:x\n5/0/0:\n2/3/5:\n4/0/0:\n");
  }
}

TEST_CASE("what is no SPDY/3 is refused") {
  CHECK(read("\x80\x02\0\2\0\0\0\4\0\0\0\3"s) == "error");
  CHECK(read("\x80\x03\0\6\0\0\0\0"s) == "error");          // a ping without a number
  CHECK(read("\x80\x03\0\3\0\0\0\4\0\0\0\3"s) == "error");  // a reset without a reason
}
