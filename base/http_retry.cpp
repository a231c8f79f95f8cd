#include "base/http_retry.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.h"

namespace kfctl {
namespace {

std::string status_text(int status) {
  switch (status) {
    case 429:
      return "429 Too Many Requests";
    case 500:
      return "500 Internal Server Error";
    case 502:
      return "502 Bad Gateway";
    case 503:
      return "503 Service Unavailable";
    case 504:
      return "504 Gateway Timeout";
    default:
      return std::to_string(status);
  }
}

// The server is gone: it restarts, or what stands before it has none to ask.
bool is_outage(const HttpAnswer& answer) {
  return answer.fault == HttpFault::kRefused || answer.fault == HttpFault::kUnreachable ||
         (answer.answered() && answer.status == 502);
}

// Why the request is worth repeating, or nothing.
std::optional<std::string> reason_to_repeat(const RetryPolicy& policy, const HttpRequest& request,
                                            const HttpAnswer& answer, int attempt, bool was_there) {
  const std::string fault(http_fault_name(answer.fault));
  switch (answer.fault) {
    case HttpFault::kNone:
      break;
    case HttpFault::kRefused:
    case HttpFault::kUnreachable:
      return was_there ? std::optional("connection " + fault) : std::nullopt;
    case HttpFault::kReset:
      return request.repeatable || !answer.sent ? std::optional("connection " + fault)
                                                : std::nullopt;
    case HttpFault::kTimeout:
      // It took its whole time already: one more try, not ten.
      return request.repeatable && attempt == 1 ? std::optional(fault) : std::nullopt;
    default:
      return std::nullopt;
  }
  if (policy.never && policy.never(answer)) return std::nullopt;
  const int status = answer.status;
  const bool refused = status == 429 || (status == 503 && answer.header("Retry-After") != nullptr);
  const bool failed = status == 500 || (status >= 502 && status <= 504);
  if (refused || (failed && request.repeatable)) return status_text(status);
  if (request.repeatable && policy.also) return policy.also(answer);
  return std::nullopt;
}

}  // namespace

std::optional<int> asked_wait_ms(const HttpAnswer& answer) {
  const std::string* const text = answer.header("Retry-After");
  if (text == nullptr) return std::nullopt;
  int seconds = 0;
  const std::string_view digits = trim(*text);
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) return std::nullopt;
  return std::clamp(seconds, 0, 1'000'000) * 1000;
}

RetryDecision decide_retry(const RetryPolicy& policy, const HttpRequest& request,
                           const HttpAnswer& answer, int attempt, bool was_there, double jitter) {
  const int most =
      was_there && is_outage(answer) ? policy.max_outage_attempts : policy.max_attempts;
  if (attempt >= most || request.on_body) return {};
  std::optional<std::string> reason = reason_to_repeat(policy, request, answer, attempt, was_there);
  if (!reason) return {};
  if (const std::optional<int> asked = asked_wait_ms(answer)) {
    if (*asked > policy.max_asked_ms) return {};
    return {true, *asked, std::move(*reason)};
  }
  const double full =
      std::min<double>(policy.max_wait_ms, policy.first_wait_ms * std::exp2(attempt - 1));
  return {true, static_cast<int>(full * (0.5 + jitter / 2)), std::move(*reason)};
}

RetryingClient::RetryingClient(HttpClient& inner, RetryPolicy policy, OnRetry on_retry)
    : inner_(inner),
      policy_(std::move(policy)),
      on_retry_(std::move(on_retry)),
      random_(std::random_device{}()) {}

void RetryingClient::start(HttpRequest request, Done done, int delay_ms) {
  attempt(std::move(request), std::move(done), 1, delay_ms);
}

void RetryingClient::attempt(HttpRequest request, Done done, int number, int delay_ms) {
  // The answer needs the request again, to repeat it; what is sent is a copy.
  HttpRequest sent = request;
  auto answered = [this, request = std::move(request), done = std::move(done),
                   number](HttpAnswer answer) mutable {
    was_there_ = was_there_ || (answer.answered() && answer.status < 500);
    const double jitter = std::uniform_real_distribution<double>(0, 1)(random_);
    const RetryDecision decision =
        decide_retry(policy_, request, answer, number, was_there_, jitter);
    if (!decision.again) return done(std::move(answer));
    if (on_retry_) on_retry_(request, decision);
    attempt(std::move(request), std::move(done), number + 1, decision.wait_ms);
  };
  inner_.start(std::move(sent), std::move(answered), delay_ms);
}

}  // namespace kfctl
