// libkfctl_http.so: HttpClient on libcurl's multi interface.
//
// One CurlClient owns one multi handle, hence one connection cache: over HTTP/2 all requests to a
// server share one connection (PIPEWAIT makes the first ones wait for it instead of opening their
// own). Requests are queued until the window (base/http_window.h) admits them, streams aside;
// delayed ones and timers wait in maps by the time they are due. Easy handles are kept and used
// again.
//
// A connection can be open and dead: a firewall has forgotten it, the machine behind it is gone
// without a word. The kernel sees that nobody acknowledges (TCP_USER_TIMEOUT, keepalive); a proxy
// that swallows everything is seen by an exchange that ran out of time while nothing came for any
// other. libcurl would go on using it for what comes, so then all connections are given up.
#include <chrono>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "base/curl_setup.h"
#include "base/curl_stream.h"
#include "base/http.h"
#include "base/http_retry.h"
#include "base/http_window.h"
#include "base/module.h"

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 100;  // how long a cancellation may go unseen
constexpr int kMaxStreams = 100;
constexpr int kMaxConnectionsPerHost = 16;  // for servers that speak only HTTP/1.1

struct Transfer {
  HttpRequest request;
  HttpClient::Done done;
  HttpAnswer answer;
  Easy easy;
  CurlTarget target;
  uint64_t received = 0;
  uint64_t max_body_bytes = 0;
  int cuts = 0;  // of the window, before it began
  Clock::time_point begun;
  Clock::time_point heard;                 // the first line of the answer
  HttpFault aborted = HttpFault::kNone;    // why a callback of ours ended the transfer
  Clock::time_point* any_heard = nullptr;  // when anything came for any transfer
  char error[CURL_ERROR_SIZE] = {};
};

struct Timer {
  std::function<void()> done;
  std::shared_ptr<const CancelToken> stop;
};

size_t on_header(char* data, size_t, size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  *transfer.any_heard = Clock::now();
  std::string_view line(data, size);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    transfer.heard = Clock::now();
    transfer.answer.headers.clear();  // what came before belonged to an interim (1xx) answer
    return size;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  transfer.answer.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
  return size;
}

size_t on_body(char* data, size_t, size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  *transfer.any_heard = Clock::now();
  long status = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (transfer.request.on_body && status >= 200 && status < 300) {
    if (transfer.request.on_body(std::string_view(data, size))) return size;
    transfer.aborted = HttpFault::kCancelled;
    return 0;
  }
  transfer.received += size;
  if (transfer.received > transfer.max_body_bytes) {
    transfer.aborted = HttpFault::kTooLarge;
    return 0;
  }
  transfer.answer.body.append(data, size);
  return size;
}

CURLM* make_multi() {
  CURLM* const multi = curl_multi_init();
  if (multi == nullptr) return nullptr;
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, long{kMaxStreams});
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, long{kMaxConnectionsPerHost});
  return multi;
}

class CurlClient : public HttpClient {
 public:
  CurlClient(HttpOptions options, CURLM* multi)
      : options_(std::move(options)),
        multi_(multi),
        window_(static_cast<size_t>(std::max(1, options_.max_in_flight))) {}

  ~CurlClient() override {
    for (auto& [handle, transfer] : in_flight_) curl_multi_remove_handle(multi_, handle);
    curl_multi_cleanup(multi_);
  }

  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  void start(HttpRequest request, Done done, int delay_ms) override {
    auto transfer = std::make_unique<Transfer>();
    transfer->request = std::move(request);
    transfer->done = std::move(done);
    transfer->max_body_bytes = options_.max_body_bytes;
    if (delay_ms <= 0) {
      waiting_.push_back(std::move(transfer));
    } else {
      delayed_.emplace(Clock::now() + std::chrono::milliseconds(delay_ms), std::move(transfer));
    }
  }

  void after(int delay_ms, std::function<void()> done,
             std::shared_ptr<const CancelToken> stop) override {
    timers_.emplace(Clock::now() + std::chrono::milliseconds(std::max(0, delay_ms)),
                    Timer{std::move(done), std::move(stop)});
  }

  void run(const CancelToken& cancel) override {
    while (has_work()) {
      if (cancel.cancelled()) {
        cancel_all();
        continue;  // what was answered may have started more
      }
      fire_timers();
      stop_stopped();
      wake_delayed();
      while (may_begin()) begin_next();
      int running = 0;
      curl_multi_perform(multi_, &running);
      const bool any = finish_completed();
      if (std::exchange(silent_, false)) give_up_connections();
      if (!any) curl_multi_poll(multi_, nullptr, 0, poll_ms(), nullptr);
    }
  }

 private:
  bool has_work() {
    std::erase_if(timers_, [](const auto& timer) {
      return timer.second.stop != nullptr && timer.second.stop->cancelled();
    });
    return !waiting_.empty() || !delayed_.empty() || !in_flight_.empty() || !timers_.empty();
  }

  size_t exchanges() const { return in_flight_.size() - streams_; }

  bool may_begin() const { return !waiting_.empty() && window_.admits(exchanges(), Clock::now()); }

  // One at a time: what is called may add timers and stop others.
  void fire_timers() {
    const Clock::time_point now = Clock::now();
    while (!timers_.empty() && timers_.begin()->first <= now) {
      const Timer timer = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      if (timer.stop == nullptr || !timer.stop->cancelled()) timer.done();
    }
  }

  // Ends the exchanges whose own token was cancelled.
  void stop_stopped() {
    std::vector<std::unique_ptr<Transfer>> ended;
    const auto take_from = [&ended](auto& queue, auto transfer_of) {
      for (auto it = queue.begin(); it != queue.end();) {
        std::unique_ptr<Transfer>& transfer = transfer_of(*it);
        if (!transfer->request.stopped()) {
          ++it;
          continue;
        }
        ended.push_back(std::move(transfer));
        it = queue.erase(it);
      }
    };
    take_from(
        waiting_, [](auto& entry) -> auto& { return entry; });
    take_from(
        delayed_, [](auto& entry) -> auto& { return entry.second; });
    std::vector<CURL*> flying;
    for (const auto& [handle, transfer] : in_flight_) {
      if (transfer->request.stopped()) flying.push_back(handle);
    }
    for (CURL* const handle : flying) {
      ended.push_back(take(handle));
      ended.back()->answer.sent = true;
    }
    answer_cancelled(ended);
  }

  void wake_delayed() {
    const Clock::time_point now = Clock::now();
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
      waiting_.push_back(std::move(delayed_.begin()->second));
      delayed_.erase(delayed_.begin());
    }
  }

  int poll_ms() const {
    if (may_begin()) return 0;
    Clock::time_point next = Clock::now() + std::chrono::milliseconds(kPollMs);
    if (!delayed_.empty()) next = std::min(next, delayed_.begin()->first);
    if (!timers_.empty()) next = std::min(next, timers_.begin()->first);
    if (!waiting_.empty() && exchanges() < window_.size()) {
      next = std::min(next, window_.closed_until());
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    return static_cast<int>(std::clamp<int64_t>(left.count(), 0, kPollMs));
  }

  void begin_next() {
    std::unique_ptr<Transfer> transfer = std::move(waiting_.front());
    waiting_.pop_front();
    if (idle_.empty()) {
      transfer->easy.reset(curl_easy_init());
    } else {
      transfer->easy = std::move(idle_.back());
      idle_.pop_back();
    }
    CURL* const handle = transfer->easy.get();
    if (handle == nullptr) return fail(*transfer, HttpFault::kOther, "out of memory");
    if (!prepare(*transfer)) return;
    transfer->cuts = window_.cuts();
    transfer->begun = Clock::now();
    transfer->any_heard = &heard_;
    curl_multi_add_handle(multi_, handle);
    if (transfer->request.no_timeout) ++streams_;
    in_flight_.emplace(handle, std::move(transfer));
  }

  // Sets up the handle, or answers the request with a fault and returns false.
  bool prepare(Transfer& transfer) {
    CURL* const handle = transfer.easy.get();
    const HttpRequest& request = transfer.request;
    const Result<Url> url = parse_url(request.url);
    if (!url.ok()) {
      fail(transfer, HttpFault::kBadUrl, url.error().message);
      return false;
    }
    if (!set_headers(transfer)) {
      fail(transfer, HttpFault::kOther, "a header holds a line break");
      return false;
    }
    set_target(handle, options_, request.url, url.value(), transfer.target);
    set_method(handle, request);
    set_tls(handle, options_);
    set_connection(handle, options_);
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
    curl_easy_setopt(handle, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, options_.user_agent.c_str());
    const int timeout = request.timeout_ms > 0 ? request.timeout_ms : options_.timeout_ms;
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, request.no_timeout ? 0L : long{timeout});
    if (options_.compress) curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer.error);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
    return true;
  }

  bool set_headers(Transfer& transfer) {
    // Neither a wait for "100 Continue" nor a form's content type is wanted by default.
    HeaderList& headers = transfer.target.headers;
    bool complete = append(headers, "Expect:");
    bool typed = false;
    for (const HttpHeader& header : transfer.request.headers) {
      constexpr std::string_view kBreaks("\r\n\0", 3);
      if (header.name.find_first_of(kBreaks) != std::string::npos ||
          header.value.find_first_of(kBreaks) != std::string::npos) {
        return false;
      }
      typed = typed || curl_strequal(header.name.c_str(), "Content-Type");
      complete =
          complete && append(headers, header.value.empty() ? header.name + ";"
                                                           : header.name + ": " + header.value);
    }
    if (!typed) complete = complete && append(headers, "Content-Type:");
    return complete;
  }

  static void set_method(CURL* handle, const HttpRequest& request) {
    const bool bodiless = request.method == "GET" || request.method == "HEAD" ||
                          (request.method == "DELETE" && request.body.empty());
    if (!bodiless || !request.body.empty()) {
      curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }

  bool finish_completed() {
    bool any = false;
    int left = 0;
    while (CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      finish(message->easy_handle, message->data.result);
      any = true;
    }
    return any;
  }

  void finish(CURL* handle, CURLcode code) {
    const bool full = exchanges() >= window_.size();
    std::unique_ptr<Transfer> transfer = take(handle);
    HttpAnswer& answer = transfer->answer;
    answer.fault = transfer->aborted != HttpFault::kNone ? transfer->aborted
                                                         : fault_of(handle, code, transfer->error);
    if (answer.answered()) {
      long status = 0;
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      answer.status = static_cast<int>(status);
    } else {
      long request_bytes = 0;
      curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &request_bytes);
      answer.sent = request_bytes > 0;
      answer.detail = transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(code);
      answer.body.clear();
    }
    if (!transfer->request.no_timeout) tell_window(*transfer, full);
    if (answer.fault == HttpFault::kTimeout && silent_since(*transfer)) silent_ = true;
    curl_easy_reset(handle);  // forgets the pointers into this transfer
    idle_.push_back(std::move(transfer->easy));
    transfer->done(std::move(answer));
  }

  void tell_window(const Transfer& transfer, bool full) {
    const HttpAnswer& answer = transfer.answer;
    const bool overloaded = answer.status == 429 || (answer.status >= 500 && answer.status != 501);
    if (overloaded || answer.fault == HttpFault::kTimeout || answer.fault == HttpFault::kReset) {
      const std::chrono::milliseconds asked(asked_wait_ms(answer).value_or(0));
      return window_.refused(transfer.cuts, Clock::now(), asked);
    }
    if (!answer.answered()) return;
    // The time until there was a connection does not count. (For libcurl a transfer of a body has
    // started with the first byte that is sent, so its own time of the start is not of use.)
    curl_off_t connected_us = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &connected_us);
    const Clock::time_point sent = transfer.begun + std::chrono::microseconds(connected_us);
    window_.answered(transfer.request.method, transfer.heard - sent, full);
  }

  // Others may have been answered at first: nothing came for the second half of its time.
  bool silent_since(const Transfer& transfer) const {
    const Clock::time_point now = Clock::now();
    return heard_ < now - (now - transfer.begun) / 2;
  }

  // Ends what is in flight, which would wait as long as the first did; what comes opens new ones.
  void give_up_connections() {
    CURLM* const fresh = make_multi();
    if (fresh == nullptr) return;
    std::vector<std::unique_ptr<Transfer>> ended;
    while (!in_flight_.empty()) ended.push_back(take(in_flight_.begin()->first));
    curl_multi_cleanup(std::exchange(multi_, fresh));
    for (const std::unique_ptr<Transfer>& transfer : ended) {
      HttpAnswer answer;
      answer.fault = HttpFault::kReset;
      answer.detail = "the connection has gone silent";
      answer.sent = true;
      transfer->done(std::move(answer));
    }
  }

  std::unique_ptr<Transfer> take(CURL* handle) {
    const auto it = in_flight_.find(handle);
    std::unique_ptr<Transfer> transfer = std::move(it->second);
    in_flight_.erase(it);
    curl_multi_remove_handle(multi_, handle);
    if (transfer->request.no_timeout) --streams_;
    return transfer;
  }

  static void fail(Transfer& transfer, HttpFault fault, std::string detail) {
    HttpAnswer answer;
    answer.fault = fault;
    answer.detail = std::move(detail);
    transfer.done(std::move(answer));
  }

  void cancel_all() {
    timers_.clear();
    std::vector<std::unique_ptr<Transfer>> ended;
    for (std::unique_ptr<Transfer>& transfer : waiting_) ended.push_back(std::move(transfer));
    waiting_.clear();
    for (auto& [due, transfer] : delayed_) ended.push_back(std::move(transfer));
    delayed_.clear();
    while (!in_flight_.empty()) {
      ended.push_back(take(in_flight_.begin()->first));
      ended.back()->answer.sent = true;
    }
    answer_cancelled(ended);
  }

  static void answer_cancelled(const std::vector<std::unique_ptr<Transfer>>& ended) {
    for (const std::unique_ptr<Transfer>& transfer : ended) {
      HttpAnswer answer;
      answer.fault = HttpFault::kCancelled;
      answer.sent = transfer->answer.sent;
      transfer->done(std::move(answer));
    }
  }

  HttpOptions options_;
  CURLM* multi_;
  HttpWindow window_;
  Clock::time_point heard_;
  bool silent_ = false;
  std::deque<std::unique_ptr<Transfer>> waiting_;
  std::multimap<Clock::time_point, std::unique_ptr<Transfer>> delayed_;
  std::multimap<Clock::time_point, Timer> timers_;
  size_t streams_ = 0;  // of those in flight, the ones without a time limit
  std::map<CURL*, std::unique_ptr<Transfer>> in_flight_;
  std::vector<Easy> idle_;
};

HttpClient* make_client(const HttpOptions& options) {
  CURLM* const multi = start_curl() ? make_multi() : nullptr;
  return multi == nullptr ? nullptr : std::make_unique<CurlClient>(options, multi).release();
}

ByteStream* open_stream(const HttpOptions& options, const std::string& url,
                        const CancelToken& cancel, HttpAnswer& failure) {
  if (!start_curl()) return nullptr;
  return open_curl_stream(options, url, cancel, failure);
}

constexpr HttpModule kModule = {make_client, open_stream};

}  // namespace
}  // namespace kfctl

KFCTL_EXPORT_MODULE(kfctl::kHttpModuleAbi, &kfctl::kModule)
