#include "base/upgrade.h"

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("a request to upgrade names the host as the URL does") {
  const Url url = parse_url("https://[::1]:6443/a/b?c=d").value();
  CHECK(upgrade_request("GET", url, {{"Upgrade", "websocket"}}) ==
        "GET /a/b?c=d HTTP/1.1\r\nHost: [::1]:6443\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\n\r\n");
  CHECK(upgrade_request("GET", parse_url("http://h").value(), {}) ==
        "GET / HTTP/1.1\r\nHost: h:80\r\nConnection: Upgrade\r\n\r\n");
}

TEST_CASE("the head of the answer is read once it is complete") {
  const std::string text =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade:  SPDY/3.1 \r\nodd line\r\n\r\n";
  for (size_t size = 0; size < text.size(); ++size) {
    CHECK_FALSE(read_upgrade_head(text.substr(0, size)).value());
  }
  const UpgradeHead head = *read_upgrade_head(text + "\x80\x03").value();
  CHECK(head.size == text.size());
  CHECK(head.answer.status == 101);
  CHECK(*head.answer.header("upgrade") == "SPDY/3.1");
}

TEST_CASE("what is no HTTP/1 answer is refused at once") {
  for (const char* const bad :
       {"SSH-2.0-OpenSSH", "HTTP/2 200\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1\r\n\r\n", "X"}) {
    CHECK_MESSAGE(!read_upgrade_head(bad).ok(), bad);
  }
  CHECK_FALSE(read_upgrade_head("HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'x')).ok());
}
