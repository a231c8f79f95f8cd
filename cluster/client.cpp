#include "cluster/client.h"

#include "base/log.h"
#include "base/text.h"
#include "cluster/api_error.h"

namespace kfctl {
namespace {

RetryPolicy policy() {
  RetryPolicy out;
  out.also = [](const HttpAnswer& answer) {
    if (is_transient_conflict(answer)) return std::optional<std::string>("409 Conflict");
    if (is_still_starting(answer)) return std::optional<std::string>("403, still starting");
    return std::optional<std::string>();
  };
  out.never = is_lasting_failure;
  return out;
}

std::string url_of(const std::string& server, const KubeRequest& request) {
  std::string_view base = server;
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string url = std::string(base) + request.path;
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    url += separator + name + "=" + url_encode(value);
    separator = '&';
  }
  return url;
}

// The text of a header: 299 - "some \"text\"" ["date"].
std::string warning_text(std::string_view header) {
  const size_t open = header.find('"');
  if (open == std::string_view::npos) return "";
  std::string text;
  for (size_t i = open + 1; i < header.size() && header[i] != '"'; ++i) {
    if (header[i] == '\\' && i + 1 < header.size()) ++i;
    text += header[i];
  }
  return text;
}

}  // namespace

KubeClient::KubeClient(std::string server, Credentials credentials, int timeout_ms,
                       MakeHttp make_http, const CancelToken& cancel)
    : server_(std::move(server)),
      credentials_(std::move(credentials)),
      timeout_ms_(timeout_ms),
      make_http_(std::move(make_http)),
      cancel_(cancel) {}

void KubeClient::start(KubeRequest request, Done done, int delay_ms) {
  send_once(std::move(request), std::move(done), delay_ms, true);
}

void KubeClient::send_once(KubeRequest request, Done done, int delay_ms, bool may_refresh) {
  Result<std::vector<HttpHeader>> headers = credentials_.headers();
  if (!headers.ok()) return failed_.emplace_back(std::move(done), headers.error()), void();
  Result<Channel*> opened = channel();
  if (!opened.ok()) return failed_.emplace_back(std::move(done), opened.error()), void();
  Channel* const used = opened.value();

  HttpRequest http;
  http.method = request.method;
  http.url = url_of(server_, request);
  http.headers = std::move(headers).value();
  http.headers.push_back({"Accept", request.accept});
  if (!request.content_type.empty()) {
    http.headers.push_back({"Content-Type", request.content_type});
  }
  if (!request.if_none_match.empty()) {
    http.headers.push_back({"If-None-Match", request.if_none_match});
  }
  http.body = request.body;
  http.timeout_ms = timeout_ms_;
  http.no_timeout = request.on_body != nullptr;
  http.on_body = request.on_body;
  http.stop = request.stop;
  http.repeatable = request.repeatable;
  if (log_level() >= 2) log_debug(request.method + " " + http.url);

  ++used->pending;
  auto answered = [this, used, request = std::move(request), done = std::move(done),
                   generation = generation_, may_refresh](HttpAnswer answer) mutable {
    --used->pending;
    if (answer.answered() && answer.status == 401 && may_refresh) {
      const Status refreshed = refresh_once(generation);
      if (!refreshed.ok()) return done(KubeAnswer{std::move(answer), refreshed.error()});
      if (generation != generation_) {
        return send_once(std::move(request), std::move(done), 0, false);
      }
    }
    collect_warnings(answer);
    done(KubeAnswer{std::move(answer), std::nullopt});
  };
  used->retrying->start(std::move(http), std::move(answered), delay_ms);
}

void KubeClient::run() {
  bool any = true;
  while (any) {
    any = !failed_.empty();
    while (!failed_.empty()) {
      auto [done, error] = std::move(failed_.front());
      failed_.pop_front();
      done(KubeAnswer{HttpAnswer{}, std::move(error)});
    }
    for (size_t i = 0; i < channels_.size(); ++i) {  // an answer may open another channel
      Channel& one = *channels_[i];
      if (one.pending == 0 && !one.timers) continue;
      one.timers = false;
      one.retrying->run(cancel_);
      any = true;
    }
  }
}

void KubeClient::after(int delay_ms, std::function<void()> done,
                       std::shared_ptr<const CancelToken> stop) {
  Result<Channel*> opened = channel();
  if (!opened.ok()) return;
  opened.value()->timers = true;
  opened.value()->retrying->after(delay_ms, std::move(done), std::move(stop));
}

KubeAnswer KubeClient::send(KubeRequest request) {
  KubeAnswer result;
  start(std::move(request), [&result](KubeAnswer answer) { result = std::move(answer); });
  run();
  return result;
}

Result<KubeClient::Access> KubeClient::access() {
  Access out;
  KF_TRY(out.http, credentials_.http_options());
  KF_TRY(out.headers, credentials_.headers());
  return out;
}

Result<Json> KubeClient::get(std::string path, std::string_view what) {
  KubeRequest request;
  request.path = std::move(path);
  return parse(send(std::move(request)), what);
}

Result<Json> KubeClient::parse(const KubeAnswer& answer, std::string_view what) const {
  if (!answer.success()) return error_of(answer, what);
  Result<Json> parsed = parse_json(answer.http.body, "answer");
  if (parsed.ok()) return parsed;
  return not_from_server(what, "not JSON");
}

Result<Json> KubeClient::parse_object(const KubeAnswer& answer, std::string_view name,
                                      std::string_view what) const {
  Result<Json> body = parse(answer, what);
  if (!body.ok() || body.value().string_at({"metadata", "name"}) == name) return body;
  return not_from_server(what, "not that object");
}

Result<Json> KubeClient::parse_list(const KubeAnswer& answer, std::string_view what) const {
  Result<Json> body = parse(answer, what);
  if (!body.ok() || body.value().string_at({"kind"}).ends_with("List")) return body;
  return not_from_server(what, "not a list");
}

Error KubeClient::not_from_server(std::string_view what, std::string_view instead) const {
  return Error(
      ErrorKind::kCluster,
      server_ + ": " + std::string(what) + ": the answer is " + std::string(instead),
      "is this the address of a Kubernetes API server? something on the way to it may have "
      "answered instead");
}

Error KubeClient::error_of(const KubeAnswer& answer, std::string_view what) const {
  if (answer.failure) return *answer.failure;
  return api_error(answer.http, server_, what);
}

Result<KubeClient::Channel*> KubeClient::channel() {
  if (!channels_.empty() && !credentials_.connection_changed()) return channels_.back().get();
  KF_TRY(HttpOptions options, credentials_.http_options());
  auto made = std::make_unique<Channel>();
  KF_TRY(made->http, make_http_(std::move(options)));
  made->retrying = std::make_unique<RetryingClient>(
      *made->http, policy(), [this](const HttpRequest& request, const RetryDecision& decision) {
        log_info("again in " + std::to_string(decision.wait_ms) + " ms (" + decision.reason +
                 "): " + request.method + " " + request.url);
        if (events_.on_retry) events_.on_retry(decision.reason);
      });
  channels_.push_back(std::move(made));
  return channels_.back().get();
}

// Of many requests that fail at once with the same credentials, the first gets new ones for all.
Status KubeClient::refresh_once(int generation) {
  if (generation != generation_) return Ok{};
  KF_TRY(const bool changed, credentials_.refresh());
  if (changed) ++generation_;
  return Ok{};
}

void KubeClient::collect_warnings(const HttpAnswer& answer) {
  for (const HttpHeader& header : answer.headers) {
    if (to_lower_ascii(header.name) != "warning") continue;
    std::string text = warning_text(header.value);
    if (text.empty() || !warned_.insert(text).second) continue;
    warnings_.push_back(text);
    if (events_.on_warning) events_.on_warning(text);
  }
}

}  // namespace kfctl
