#include "base/curl_stream.h"

#include <memory>
#include <utility>

#include <curl/curl.h>

#include "base/curl_setup.h"

namespace kfctl {
namespace {

constexpr int kPollMs = 100;  // how long a cancellation may go unseen
constexpr size_t kPiece = 16 * 1024;

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

class CurlStream : public ByteStream {
 public:
  explicit CurlStream(HttpOptions options) : options_(std::move(options)) {}
  ~CurlStream() override {
    if (added_) curl_multi_remove_handle(multi_.get(), easy_.get());
  }
  CurlStream(const CurlStream&) = delete;
  CurlStream& operator=(const CurlStream&) = delete;

  HttpAnswer connect(const std::string& text, const CancelToken& cancel) {
    const Result<Url> url = parse_url(text);
    if (!url.ok()) return failed(HttpFault::kBadUrl, url.error().message);
    multi_.reset(curl_multi_init());
    easy_.reset(curl_easy_init());
    if (multi_ == nullptr || easy_ == nullptr) return failed(HttpFault::kOther, "out of memory");
    set_target(easy_.get(), options_, text, url.value(), target_);
    set_connection(easy_.get(), options_);
    set_tls(easy_.get(), options_);
    curl_easy_setopt(easy_.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy_.get(), CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    if (!options_.proxy.empty()) curl_easy_setopt(easy_.get(), CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, error_);
    curl_multi_add_handle(multi_.get(), easy_.get());
    added_ = true;
    return await_connection(cancel);
  }

  Result<size_t> send(std::string_view bytes) override {
    // OpenSSL wants what it could not send again from the same place in memory.
    if (piece_.empty()) piece_ = bytes.substr(0, kPiece);
    size_t sent = 0;
    const CURLcode code = curl_easy_send(easy_.get(), piece_.data(), piece_.size(), &sent);
    if (code == CURLE_AGAIN) return size_t{0};
    if (code != CURLE_OK) return broken(code);
    piece_.erase(0, sent);
    return sent;
  }

  Result<Received> receive(std::string& out) override {
    const size_t before = out.size();
    out.resize(before + kPiece);
    size_t got = 0;
    const CURLcode code = curl_easy_recv(easy_.get(), out.data() + before, kPiece, &got);
    out.resize(before + (code == CURLE_OK ? got : 0));
    if (code == CURLE_AGAIN) return Received::kNothing;
    if (code == CURLE_OK) return got > 0 ? Received::kSome : Received::kEnd;
    return broken(code);
  }

  int descriptor() const override { return socket_; }

 private:
  HttpAnswer await_connection(const CancelToken& cancel) {
    while (!cancel.cancelled()) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      int left = 0;
      const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left);
      if (message != nullptr && message->msg == CURLMSG_DONE) {
        return connected(message->data.result);
      }
      curl_multi_poll(multi_.get(), nullptr, 0, kPollMs, nullptr);
    }
    return failed(HttpFault::kCancelled, "");
  }

  HttpAnswer connected(CURLcode code) {
    if (code != CURLE_OK) {
      const char* const detail = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
      return failed(fault_of(easy_.get(), code, error_), detail);
    }
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy_.get(), CURLINFO_ACTIVESOCKET, &socket);
    socket_ = static_cast<int>(socket);
    if (socket == CURL_SOCKET_BAD) return failed(HttpFault::kOther, "there is no socket");
    return {};
  }

  static HttpAnswer failed(HttpFault fault, std::string detail) {
    HttpAnswer answer;
    answer.fault = fault;
    answer.detail = std::move(detail);
    return answer;
  }

  Error broken(CURLcode code) const {
    const char* const detail = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
    return Error(ErrorKind::kNetwork, std::string("the connection broke off (") + detail + ")");
  }

  HttpOptions options_;  // the certificates that the handle refers to
  CurlTarget target_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  Easy easy_;
  bool added_ = false;
  int socket_ = -1;
  std::string piece_;  // being sent
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace

ByteStream* open_curl_stream(const HttpOptions& options, const std::string& url,
                             const CancelToken& cancel, HttpAnswer& failure) {
  auto stream = std::make_unique<CurlStream>(options);
  failure = stream->connect(url, cancel);
  return failure.answered() ? stream.release() : nullptr;
}

}  // namespace kfctl
