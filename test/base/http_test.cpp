#include "base/http.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include "base/text.h"
#include "test/base/loopback.h"

using namespace kfctl;

namespace {

const CancelToken kNever;

std::unique_ptr<HttpClient> client_with(HttpOptions options) {
  Result<std::unique_ptr<HttpClient>> client = make_http_client(std::move(options));
  REQUIRE(client.ok());
  return std::move(client).value();
}

HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

std::string ok_with(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("an URL is taken apart") {
  const Url url = parse_url("HTTPS://[::1]:6443/api?x=1").value();
  CHECK(url.scheme == "https");
  CHECK(url.host == "::1");
  CHECK(url.port == 6443);
  CHECK(url.path == "/api?x=1");
  CHECK(parse_url("http://Host").value().host == "host");
  CHECK(parse_url("http://host").value().port == 80);
  for (const char* bad : {"", "host:80", "ftp://host", "http://", "http://h:0", "http://h:99999",
                          "http://h:8a", "http://me:pw@host", "http://[::1", "http://a b/"}) {
    CHECK_FALSE_MESSAGE(parse_url(bad).ok(), bad);
  }
}

TEST_CASE("a proxy is used unless no_proxy or the loopback rule says otherwise") {
  const ProxyVariables variables = {"plain:1", "http://secure:2",
                                    "inside.org, .below.org,10.0.0.0/8,1.2.3.4:99,fd00::/8"};
  const auto proxy = [&](std::string_view url) {
    return proxy_for(parse_url(url).value(), variables);
  };
  CHECK(proxy("http://example.org") == "http://plain:1");
  CHECK(proxy("https://example.org") == "http://secure:2");
  CHECK(proxy("https://inside.org") == "");
  CHECK(proxy("https://a.inside.org") == "");
  CHECK(proxy("https://notinside.org") == "http://secure:2");
  CHECK(proxy("https://below.org") == "http://secure:2");
  CHECK(proxy("https://a.below.org") == "");
  CHECK(proxy("https://10.9.8.7:6443") == "");
  CHECK(proxy("https://11.9.8.7:6443") == "http://secure:2");
  CHECK(proxy("https://1.2.3.4:99") == "");
  CHECK(proxy("https://1.2.3.4:98") == "http://secure:2");
  CHECK(proxy("https://[fd12::1]:1") == "");
  CHECK(proxy("https://127.0.0.1:6443") == "");
  CHECK(proxy("https://localhost:6443") == "");
  CHECK(proxy("https://[::1]:6443") == "");
  CHECK(proxy_for(parse_url("http://x").value(), {"p", "", "*"}) == "");
}

TEST_CASE("url_encode leaves only unreserved characters") {
  CHECK(url_encode("a-b_c.~/ ü") == "a-b_c.~%2F%20%C3%BC");
}

TEST_CASE("method, headers and body arrive, status, headers and body come back") {
  std::string seen;
  Loopback server([&seen](const std::string& head) {
    seen = head;
    return ok_with("hello", "X-Reply: yes\r\n");
  });
  HttpRequest request = get(server.url("/path"));
  request.method = "PATCH";
  request.headers = {{"Content-Type", "text/plain"}, {"Multi", "1"}, {"Multi", "2"}};
  request.body = "body";
  const HttpAnswer answer = client_with({})->send(request, kNever);
  CHECK(answer.status == 200);
  CHECK(answer.body == "hello");
  CHECK(*answer.header("x-reply") == "yes");
  CHECK(seen.starts_with("PATCH /path HTTP/1.1\r\n"));
  CHECK(seen.find("Multi: 1\r\nMulti: 2\r\n") != std::string::npos);
  CHECK(seen.find("Content-Type: text/plain\r\n") != std::string::npos);
  CHECK(seen.find("Content-Length: 4\r\n") != std::string::npos);
}

TEST_CASE("one connection serves one request after the other") {
  Loopback server([](const std::string&) { return ok_with("x"); });
  const std::unique_ptr<HttpClient> client = client_with({});
  for (int i = 0; i < 5; ++i) CHECK(client->send(get(server.url()), kNever).success());
  CHECK(server.connections() == 1);
}

TEST_CASE("many requests are answered, each exactly once, and an answer may ask for more") {
  Loopback server([](const std::string&) { return ok_with("x"); });
  HttpOptions options;
  options.max_in_flight = 4;
  const std::unique_ptr<HttpClient> client = client_with(options);
  int answers = 0;
  for (int i = 0; i < 100; ++i) {
    client->start(get(server.url()), [&](HttpAnswer answer) {
      answers += answer.success();
      client->start(get(server.url()), [&](HttpAnswer second) { answers += second.success(); });
    });
  }
  client->run(kNever);
  CHECK(answers == 200);
  CHECK(server.connections() <= 4);
}

TEST_CASE("what goes wrong on the way is told apart") {
  const std::unique_ptr<HttpClient> client = client_with({});
  std::string dead;
  {
    const Loopback gone([](const std::string&) { return ""; });
    dead = gone.url();
  }
  CHECK(client->send(get(dead), kNever).fault == HttpFault::kRefused);
  CHECK(client->send(get("http://no-such-host.invalid/"), kNever).fault == HttpFault::kUnresolved);
  CHECK(client->send(get("ftp://host/"), kNever).fault == HttpFault::kBadUrl);

  Loopback closing([](const std::string&) { return ""; });
  const HttpAnswer closed = client->send(get(closing.url()), kNever);
  CHECK(closed.fault == HttpFault::kReset);
  CHECK(closed.sent);

  Loopback cut([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf";
  });
  const HttpAnswer half = client->send(get(cut.url()), kNever);
  CHECK(half.fault == HttpFault::kReset);
  CHECK(half.body.empty());

  // A port that does not speak TLS.
  Loopback plain([](const std::string&) { return ok_with("x"); });
  const HttpAnswer tls = client->send(get("https" + plain.url().substr(4)), kNever);
  CHECK(tls.fault == HttpFault::kTls);
}

TEST_CASE("an answer that does not come in time is a timeout") {
  Loopback slow([](const std::string&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    return ok_with("late");
  });
  HttpRequest request = get(slow.url());
  request.timeout_ms = 100;
  CHECK(client_with({})->send(request, kNever).fault == HttpFault::kTimeout);
}

TEST_CASE("when nothing comes at all, the connections are given up and new ones made") {
  std::atomic<int> asked = 0;
  Loopback server([&asked](const std::string& head) {
    if (head.starts_with("GET /silent") && ++asked <= 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    }
    return ok_with("x");
  });
  const std::unique_ptr<HttpClient> client = client_with({});
  HttpRequest hasty = get(server.url("/silent")), patient = hasty;
  hasty.timeout_ms = 200;
  patient.timeout_ms = 60'000;
  std::vector<std::string_view> faults;
  // Until a server has answered once, a second request waits for the connection of the first.
  REQUIRE(client->send(get(server.url()), kNever).success());
  const auto note = [&faults](const HttpAnswer& answer) {
    faults.push_back(http_fault_name(answer.fault));
  };
  client->start(patient, [&](HttpAnswer answer) {
    note(answer);
    client->start(patient, note);
  });
  client->start(hasty, note);
  client->run(kNever);
  CHECK(join({faults.begin(), faults.end()}, " ") == "timeout reset none");
}

TEST_CASE("a slow answer is no reason to give up a connection on which others come") {
  Loopback server([](const std::string& head) {
    const bool slow = head.starts_with("GET /slow");
    std::this_thread::sleep_for(std::chrono::milliseconds(slow ? 900 : 20));
    return ok_with("x");
  });
  const std::unique_ptr<HttpClient> client = client_with({});
  HttpRequest hasty = get(server.url("/slow")), patient = hasty;
  hasty.timeout_ms = 300;
  HttpFault first = HttpFault::kNone, second = HttpFault::kOther;
  int quick = 0;
  const std::function<void(HttpAnswer)> more = [&](HttpAnswer) {
    if (++quick < 20) client->start(get(server.url()), more);
  };
  client->start(patient, [&](HttpAnswer answer) { second = answer.fault; });
  client->start(hasty, [&](HttpAnswer answer) { first = answer.fault; });
  client->start(get(server.url()), more);
  client->run(kNever);
  CHECK(first == HttpFault::kTimeout);
  CHECK(second == HttpFault::kNone);
}

TEST_CASE("an answer beyond the limit is not kept") {
  Loopback server([](const std::string&) { return ok_with(std::string(10'000, 'x')); });
  HttpOptions options;
  options.max_body_bytes = 5'000;
  CHECK(client_with(options)->send(get(server.url()), kNever).fault == HttpFault::kTooLarge);
}

TEST_CASE("a line break cannot be smuggled into a header") {
  Loopback server([](const std::string&) { return ok_with("x"); });
  HttpRequest request = get(server.url());
  request.headers = {{"Authorization", "Bearer x\r\nX-Evil: 1"}};
  CHECK(client_with({})->send(request, kNever).fault == HttpFault::kOther);
  CHECK(server.connections() == 0);
}

TEST_CASE("a body can be taken piece by piece and ended by its reader") {
  Loopback server([](const std::string&) { return ok_with("piece"); });
  std::string got;
  HttpRequest request = get(server.url());
  request.on_body = [&got](std::string_view piece) { return got += piece, true; };
  const std::unique_ptr<HttpClient> client = client_with({});
  CHECK(client->send(request, kNever).success());
  CHECK(got == "piece");
  request.on_body = [](std::string_view) { return false; };
  CHECK(client->send(request, kNever).fault == HttpFault::kCancelled);
}

TEST_CASE("cancelling answers everything that is queued, in flight or waiting") {
  CancelToken cancel;
  Loopback slow([&cancel](const std::string&) {
    cancel.cancel();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return ok_with("late");
  });
  HttpOptions options;
  options.max_in_flight = 1;
  const std::unique_ptr<HttpClient> client = client_with(options);
  int cancelled = 0;
  const auto count = [&](HttpAnswer answer) { cancelled += answer.fault == HttpFault::kCancelled; };
  client->start(get(slow.url()), count);
  client->start(get(slow.url()), count);
  client->start(get(slow.url()), count, 60'000);
  client->run(cancel);
  CHECK(cancelled == 3);
}

TEST_CASE("a delayed request is sent after its delay") {
  Loopback server([](const std::string&) { return ok_with("x"); });
  const std::unique_ptr<HttpClient> client = client_with({});
  const auto started = std::chrono::steady_clock::now();
  bool done = false;
  client->start(
      get(server.url()), [&done](HttpAnswer answer) { done = answer.success(); }, 150);
  client->run(kNever);
  CHECK(done);
  CHECK(std::chrono::steady_clock::now() - started >= std::chrono::milliseconds(150));
}

TEST_CASE("a stream is read as it comes, and ends when its own token says so") {
  // The end of the body never comes.
  Loopback server([](const std::string& head) {
    return head.starts_with("GET /stream")
               ? std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
               : ok_with("x");
  });
  HttpOptions options;
  options.max_in_flight = 1;  // a stream must not take the place of the others
  const std::unique_ptr<HttpClient> client = client_with(options);
  const auto stop = std::make_shared<CancelToken>();
  std::string got;
  int stopped = 0, answered = 0;
  HttpRequest stream = get(server.url("/stream"));
  stream.no_timeout = true;
  stream.stop = stop;
  stream.on_body = [&](std::string_view piece) {
    got += piece;
    client->start(get(server.url()), [&](HttpAnswer answer) {
      answered += answer.success();
      stop->cancel();
    });
    return true;
  };
  client->start(stream,
                [&](HttpAnswer answer) { stopped += answer.fault == HttpFault::kCancelled; });
  HttpRequest waiting = get(server.url());
  waiting.stop = stop;
  client->start(
      waiting, [&](HttpAnswer answer) { stopped += answer.fault == HttpFault::kCancelled; },
      60'000);
  client->run(kNever);
  CHECK(got == "hello");
  CHECK(answered == 1);
  CHECK(stopped == 2);
}

TEST_CASE("a timer keeps run going until it has fired, was stopped or all is cancelled") {
  const std::unique_ptr<HttpClient> client = client_with({});
  const auto stop = std::make_shared<CancelToken>();
  const auto started = std::chrono::steady_clock::now();
  std::string fired;
  client->after(
      120, [&fired] { fired += "b"; }, nullptr);
  client->after(
      40, [&] { fired += "a", stop->cancel(); }, nullptr);
  client->after(
      60, [&fired] { fired += "x"; }, stop);
  client->run(kNever);
  CHECK(fired == "ab");
  CHECK(std::chrono::steady_clock::now() - started >= std::chrono::milliseconds(120));

  CancelToken cancel;
  client->after(
      10, [&cancel] { cancel.cancel(); }, nullptr);
  client->after(
      60'000, [&fired] { fired += "y"; }, nullptr);
  client->run(cancel);
  CHECK(fired == "ab");
}

TEST_CASE("a fault becomes an error that says what to check") {
  HttpAnswer answer;
  answer.fault = HttpFault::kRefused;
  const Error error = http_fault_error(answer, "https://10.0.0.1:6443");
  CHECK(error.kind == ErrorKind::kNetwork);
  CHECK(error.message == "https://10.0.0.1:6443: connection refused: nothing listens there");
  CHECK(error.hint == "check the port, and that the server is running");
  answer.fault = HttpFault::kCancelled;
  CHECK(http_fault_error(answer, "x").kind == ErrorKind::kInterrupted);
}
