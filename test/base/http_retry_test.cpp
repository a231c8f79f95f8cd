#include "base/http_retry.h"

#include <doctest/doctest.h>

#include "test/base/fake_http.h"

using namespace kfctl;

namespace {

HttpRequest patch() {
  HttpRequest request;
  request.method = "PATCH";
  request.repeatable = true;
  return request;
}

HttpRequest post() {
  HttpRequest request;
  request.method = "POST";
  return request;
}

HttpAnswer status(int code, std::string retry_after = "") {
  HttpAnswer answer;
  answer.status = code;
  if (!retry_after.empty()) answer.headers.push_back({"retry-after", std::move(retry_after)});
  return answer;
}

HttpAnswer fault(HttpFault kind, bool sent = true) {
  HttpAnswer answer;
  answer.fault = kind;
  answer.sent = sent;
  return answer;
}

RetryDecision decide(const HttpRequest& request, const HttpAnswer& answer, int attempt = 1,
                     bool was_there = true) {
  return decide_retry(RetryPolicy{}, request, answer, attempt, was_there, 0.0);
}

}  // namespace

TEST_CASE("429 is repeated after the time that Retry-After says, whatever the request") {
  const RetryDecision decision = decide(post(), status(429, "7"));
  CHECK(decision.again);
  CHECK(decision.wait_ms == 7000);
  CHECK(decision.reason == "429 Too Many Requests");
  CHECK_FALSE(decide(post(), status(429, "86400")).again);
}

TEST_CASE("a failed server is asked again only by what may be repeated") {
  CHECK(decide(patch(), status(500)).again);
  CHECK(decide(patch(), status(503)).again);
  CHECK_FALSE(decide(post(), status(500)).again);
  CHECK_FALSE(decide(post(), status(503)).again);
  CHECK(decide(post(), status(503, "1")).again);
  CHECK_FALSE(decide(patch(), status(501)).again);
  CHECK_FALSE(decide(patch(), status(422)).again);
  CHECK_FALSE(decide(patch(), status(200)).again);
}

TEST_CASE("a connection that broke is used again unless the server may have acted on a post") {
  CHECK(decide(patch(), fault(HttpFault::kReset)).again);
  CHECK_FALSE(decide(post(), fault(HttpFault::kReset)).again);
  CHECK(decide(post(), fault(HttpFault::kReset, false)).again);
}

TEST_CASE("a server that never answered is not waited for") {
  CHECK_FALSE(decide(patch(), fault(HttpFault::kRefused, false), 1, false).again);
  CHECK(decide(patch(), fault(HttpFault::kRefused, false), 1, true).again);
  CHECK_FALSE(decide(patch(), fault(HttpFault::kCertificate, false), 1, true).again);
}

TEST_CASE("a server that was there is waited for longer than one that fails") {
  for (const HttpAnswer& gone :
       {fault(HttpFault::kRefused, false), fault(HttpFault::kUnreachable, false), status(502)}) {
    CHECK(decide(patch(), gone, 19).again);
    CHECK_FALSE(decide(patch(), gone, 20).again);
  }
  CHECK_FALSE(decide(patch(), status(502), 10, false).again);
  CHECK_FALSE(decide(patch(), fault(HttpFault::kReset), 10).again);
}

TEST_CASE("a timeout is tried once more, a cancelled request never") {
  CHECK(decide(patch(), fault(HttpFault::kTimeout), 1).again);
  CHECK_FALSE(decide(patch(), fault(HttpFault::kTimeout), 2).again);
  CHECK_FALSE(decide(patch(), fault(HttpFault::kCancelled)).again);
}

TEST_CASE("waits double up to their limit and are spread over the upper half") {
  CHECK(decide(patch(), status(500), 1).wait_ms == 50);
  CHECK(decide(patch(), status(500), 3).wait_ms == 200);
  CHECK(decide(patch(), status(500), 9).wait_ms == 2500);
  CHECK(decide_retry(RetryPolicy{}, patch(), status(500), 1, true, 0.98).wait_ms == 99);
  CHECK_FALSE(decide(patch(), status(500), 10).again);
}

TEST_CASE("the caller may name more reasons, for repeatable requests") {
  RetryPolicy policy;
  policy.also = [](const HttpAnswer& answer) {
    return answer.status == 409 ? std::optional<std::string>("conflict") : std::nullopt;
  };
  CHECK(decide_retry(policy, patch(), status(409), 1, true, 0).reason == "conflict");
  CHECK_FALSE(decide_retry(policy, post(), status(409), 1, true, 0).again);
  policy.never = [](const HttpAnswer& answer) { return answer.status == 500; };
  CHECK_FALSE(decide_retry(policy, patch(), status(500), 1, true, 0).again);
}

TEST_CASE("the client repeats with the waits that were decided and reports each") {
  FakeHttp fake;
  int calls = 0;
  fake.handler = [&calls](const HttpRequest&) {
    ++calls;
    return calls < 3 ? status(429, std::to_string(calls)) : status(200);
  };
  std::vector<std::string> retries;
  RetryingClient client(fake, RetryPolicy{}, [&](const HttpRequest&, const RetryDecision& d) {
    retries.push_back(d.reason + " " + std::to_string(d.wait_ms));
  });
  const CancelToken cancel;
  CHECK(client.send(post(), cancel).status == 200);
  CHECK(retries ==
        std::vector<std::string>{"429 Too Many Requests 1000", "429 Too Many Requests 2000"});
  CHECK(fake.now_ms == 3000);
}
