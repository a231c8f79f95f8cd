// Repeating HTTP requests that failed for a reason that passes: overload, a restarting server, a
// connection that broke off.
//
// decide_retry is a pure function and holds the whole policy. RetryingClient is an HttpClient
// around another one that follows it: while one request waits for its next attempt, the others go
// on.
#pragma once

#include <functional>
#include <optional>
#include <random>
#include <string>

#include "base/http.h"

namespace kfctl {

struct RetryPolicy {
  int max_attempts = 10;         // the first one included
  int max_outage_attempts = 20;  // of a server that was there and is gone: half a minute or more
  int first_wait_ms = 100;       // doubled for each further attempt
  int max_wait_ms = 5'000;       // without Retry-After
  int max_asked_ms = 120'000;    // a Retry-After beyond this is not waited for
  /// What else makes an attempt worth repeating: a reason, or nothing. Asked about answers that the
  /// rules of decide_retry would return, and only for repeatable requests.
  std::function<std::optional<std::string>(const HttpAnswer& answer)> also;
  /// Answers that are final although their status is not: a 500 that will be a 500 again.
  std::function<bool(const HttpAnswer& answer)> never;
};

struct RetryDecision {
  bool again = false;
  int wait_ms = 0;
  std::string reason;  // for progress and logs: "429 Too Many Requests"
};

/// What to do after attempt number `attempt` (from 1) of `request` ended in `answer`.
/// - 429 and 503 with Retry-After were not acted on: any request is repeated.
/// - 500, 502, 503, 504, a broken connection and a timeout leave that open: only what is
/// repeatable.
/// - A server that is not there (refused, unreachable) is waited for only if it `was_there`: it has
///   answered this client before, and not as what stands before it does (5xx). Else the person
///   wants to know at once. The same says how long 502 is borne.
/// `jitter` is in [0, 1): waits are spread over their upper half, so that many clients part.
RetryDecision decide_retry(const RetryPolicy& policy, const HttpRequest& request,
                           const HttpAnswer& answer, int attempt, bool was_there, double jitter);

/// The time that Retry-After asks for, given in seconds; its other form, a date, is not used by any
/// API server, and is nothing here.
std::optional<int> asked_wait_ms(const HttpAnswer& answer);

class RetryingClient : public HttpClient {
 public:
  using OnRetry = std::function<void(const HttpRequest& request, const RetryDecision& decision)>;

  /// `inner` must outlive this. `on_retry` may be empty.
  RetryingClient(HttpClient& inner, RetryPolicy policy, OnRetry on_retry);

  void start(HttpRequest request, Done done, int delay_ms = 0) override;
  void after(int delay_ms, std::function<void()> done,
             std::shared_ptr<const CancelToken> stop) override {
    inner_.after(delay_ms, std::move(done), std::move(stop));
  }
  void run(const CancelToken& cancel) override { inner_.run(cancel); }

 private:
  void attempt(HttpRequest request, Done done, int number, int delay_ms);

  HttpClient& inner_;
  RetryPolicy policy_;
  OnRetry on_retry_;
  bool was_there_ = false;
  std::minstd_rand random_;
};

}  // namespace kfctl
