// HTTP: many requests in flight on few connections, behind an interface that tests can fake.
//
// An HttpClient is an event loop of one thread. start() queues a request with the function that
// takes its answer; run() drives everything until nothing is left. An answer's function may start
// more requests, which is how graphs of dependent requests are walked:
//
//     client.start(get("/api"), [&](HttpAnswer answer) { ...client.start(next, ...); });
//     client.run(cancel);
//
// The real client lives in libkfctl_http.so (libcurl: HTTP/2 multiplexing, keep-alive, TLS), which
// make_http_client loads on first use. A failure to get any answer is part of the answer, as an
// HttpFault, because callers treat "refused", "wrong certificate" and "reset" differently.
// Repeating requests is the matter of base/http_retry.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"

namespace kfctl {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;                  // absolute, http or https
  std::vector<HttpHeader> headers;  // a name may come several times
  std::string body;
  int timeout_ms = 0;       // for the whole exchange, from being sent; 0: the client's
  bool no_timeout = false;  // a stream that lasts until it is cancelled (a watch)
  /// May be sent again after a failure that leaves open whether the server acted on it.
  bool repeatable = false;
  /// Takes the body piece by piece as it arrives, instead of HttpAnswer::body, when the status is
  /// 2xx. Returning false ends the exchange with kCancelled.
  std::function<bool(std::string_view piece)> on_body;
  /// Once it is cancelled, this exchange alone ends with kCancelled, within a tenth of a second.
  std::shared_ptr<const CancelToken> stop;

  bool stopped() const { return stop != nullptr && stop->cancelled(); }
};

enum class HttpFault {
  kNone,               // there is an answer
  kBadUrl,             // not an URL, or a scheme other than http and https
  kUnresolved,         // the host's (or proxy's) name has no address
  kRefused,            // nothing listens on the port
  kUnreachable,        // no route, or any other failure to connect
  kProxy,              // the proxy refused to connect us
  kCertificate,        // the server's certificate is not trusted or for another name
  kTls,                // TLS failed otherwise: not a TLS port, no common version
  kClientCertificate,  // our client certificate or key is unusable, or the server refused it
  kTimeout,            // no connection or no complete answer in time
  kReset,              // the connection broke off before the answer was complete
  kTooLarge,           // the answer is larger than HttpOptions::max_body_bytes
  kCancelled,
  kOther,
};

struct HttpAnswer {
  HttpFault fault = HttpFault::kNone;
  std::string detail;  // the transport's own words, when there is a fault
  bool sent = false;   // with a fault: the server may have seen the request
  int status = 0;      // such as 200, when there is no fault
  std::vector<HttpHeader> headers;
  std::string body;

  bool answered() const { return fault == HttpFault::kNone; }
  bool success() const { return answered() && status >= 200 && status < 300; }

  /// The first header of that name (ASCII case ignored), or nullptr. Valid as long as this is.
  const std::string* header(std::string_view name) const;
};

class HttpClient {
 public:
  using Done = std::function<void(HttpAnswer answer)>;

  virtual ~HttpClient() = default;

  /// Queues a request, to be sent after `delay_ms`. `done` is called exactly once, from run().
  /// May be called from inside a `done`.
  virtual void start(HttpRequest request, Done done, int delay_ms = 0) = 0;

  /// Calls `done` once from run(), `delay_ms` from now: for deadlines. Until then run() does not
  /// return. It is dropped, and not called, when `stop` (which may be null) or run's token is
  /// cancelled before.
  virtual void after(int delay_ms, std::function<void()> done,
                     std::shared_ptr<const CancelToken> stop) = 0;

  /// Sends what is queued and returns when every `done` was called. Once `cancel` is cancelled all
  /// that is queued or in flight is answered with kCancelled. Not to be called from a `done`.
  virtual void run(const CancelToken& cancel) = 0;

  /// One request, start to answer. REQUIRES: nothing else is queued, and not inside a `done`.
  HttpAnswer send(HttpRequest request, const CancelToken& cancel);
};

struct HttpOptions {
  std::string ca_pem;       // trust these certificates only; empty: those of the system
  bool insecure = false;    // do not verify the server: only because a person asked for it
  std::string server_name;  // verify the certificate (and send SNI) for this name instead
  std::string client_cert_pem;
  std::string client_key_pem;
  std::string proxy;  // http://, https://, socks5:// or socks5h:// URL; empty: none
  std::string user_agent = "kfctl";
  int connect_timeout_ms = 10'000;
  int timeout_ms = 60'000;  // for one exchange; 0: none
  /// Requests being answered at once, streams not counted; the rest wait. How many it is below this
  /// adapts to the server: base/http_window.h. An API server allows a connection 100 (its
  /// SETTINGS_MAX_CONCURRENT_STREAMS); where a server allows less, more connections are opened.
  int max_in_flight = 100;
  uint64_t max_body_bytes = uint64_t{512} << 20;
  bool compress = true;  // offer gzip
};

/// A client that speaks real HTTP. The environment is not consulted, for proxies neither.
/// Errors: those of load_module; kInternal if libcurl cannot be started.
Result<std::unique_ptr<HttpClient>> make_http_client(HttpOptions options);

/// "refused", "certificate", ...: for logs and tests.
std::string_view http_fault_name(HttpFault fault);

/// What a fault means to the person at the keyboard, of kind kNetwork (kInterrupted if cancelled).
/// `server` is the place that was asked, such as "https://10.0.0.1:6443".
/// REQUIRES: !answer.answered().
Error http_fault_error(const HttpAnswer& answer, std::string_view server);

/// The parts of an absolute URL; port is filled in from the scheme.
struct Url {
  std::string scheme;  // lower case
  std::string host;    // lower case, IPv6 without brackets
  int port = 0;
  std::string path;  // with its '/', "" if there is none; query included
};

/// Errors: kUsage if `text` is not an absolute http or https URL, or has a user in it.
Result<Url> parse_url(std::string_view text);

/// Percent-encodes everything but unreserved characters (RFC 3986), for one path segment or value.
std::string url_encode(std::string_view text);

/// The proxy for `url` as the variables say, or "": https_proxy or http_proxy by scheme (the lower
/// case spelling first), unless no_proxy ("*", names, .suffixes, addresses, CIDR blocks, each with
/// an optional port) lists the host. Loopback addresses and localhost are never proxied.
struct ProxyVariables {
  std::string http_proxy;
  std::string https_proxy;
  std::string no_proxy;
};
std::string proxy_for(const Url& url, const ProxyVariables& variables);

// What libkfctl_http.so offers. Raise the number when anything above changes.
inline constexpr uint32_t kHttpModuleAbi = 4;
class ByteStream;
struct HttpModule {
  HttpClient* (*make_client)(const HttpOptions& options);  // nullptr: libcurl cannot be started
  // nullptr: `failure` says why, in fault and detail
  ByteStream* (*open_stream)(const HttpOptions& options, const std::string& url,
                             const CancelToken& cancel, HttpAnswer& failure);
};

}  // namespace kfctl
