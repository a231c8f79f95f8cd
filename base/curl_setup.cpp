#include "base/curl_setup.h"

#include <cerrno>
#include <string_view>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace kfctl {
namespace {

constexpr unsigned kUnacknowledgedMs = 20'000;
constexpr long kIdleSeconds = 15;  // then the kernel asks whether the other side is there

int on_socket(void*, curl_socket_t socket, curlsocktype) {
  // Where the system does not know it, keepalive is all there is.
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMs, sizeof kUnacknowledgedMs);
  return CURL_SOCKOPT_OK;
}

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

// The bytes stay in HttpOptions, which outlives every handle.
void set_blob(CURL* handle, CURLoption option, const std::string& pem) {
  curl_blob blob = {const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(handle, option, &blob);
}

}  // namespace

bool start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  return started == CURLE_OK;
}

bool append(HeaderList& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

void set_target(CURL* handle, const HttpOptions& options, const std::string& text, const Url& url,
                CurlTarget& target) {
  if (options.server_name.empty() || url.scheme != "https") {
    curl_easy_setopt(handle, CURLOPT_URL, text.c_str());
  } else {
    const std::string port = ":" + std::to_string(url.port);
    const bool v6 = url.host.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + url.host + "]" : url.host;
    append(target.connect_to, options.server_name + port + ":" + host + port);
    append(target.headers, "Host: " + host + port);
    const std::string named = "https://" + options.server_name + port + url.path;
    curl_easy_setopt(handle, CURLOPT_URL, named.c_str());
    curl_easy_setopt(handle, CURLOPT_CONNECT_TO, target.connect_to.get());
  }
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, target.headers.get());
}

void set_connection(CURL* handle, const HttpOptions& options) {
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPIDLE, kIdleSeconds);
  curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, on_socket);
  curl_easy_setopt(handle, CURLOPT_PROXY, options.proxy.c_str());  // "" overrides the variables
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, long{options.connect_timeout_ms});
}

void set_tls(CURL* handle, const HttpOptions& options) {
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (options.insecure) {
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
  } else if (!options.ca_pem.empty()) {
    set_blob(handle, CURLOPT_CAINFO_BLOB, options.ca_pem);
    // Else the certificates of the system's directory would be trusted beside the given ones.
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  }
  if (!options.client_cert_pem.empty()) {
    set_blob(handle, CURLOPT_SSLCERT_BLOB, options.client_cert_pem);
    set_blob(handle, CURLOPT_SSLKEY_BLOB, options.client_key_pem);
  }
}

HttpFault fault_of(CURL* handle, CURLcode code, const std::string& detail) {
  switch (code) {
    case CURLE_OK:
      return HttpFault::kNone;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return HttpFault::kBadUrl;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return HttpFault::kUnresolved;
    case CURLE_COULDNT_CONNECT: {
      long error = 0;
      curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &error);
      return error == ECONNREFUSED ? HttpFault::kRefused : HttpFault::kUnreachable;
    }
    case CURLE_PROXY:
      return HttpFault::kProxy;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return HttpFault::kCertificate;
    case CURLE_SSL_CERTPROBLEM:
      return HttpFault::kClientCertificate;
    case CURLE_SSL_CONNECT_ERROR:
      // A connection that breaks during the handshake is a broken connection, not bad TLS.
      if (mentions(detail, "reset by peer") || mentions(detail, "SSL_ERROR_SYSCALL")) {
        return HttpFault::kReset;
      }
      return mentions(detail, "alert") && mentions(detail, "certificate")
                 ? HttpFault::kClientCertificate
                 : HttpFault::kTls;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFault::kTimeout;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      if (mentions(detail, "CONNECT tunnel failed")) return HttpFault::kProxy;
      if (mentions(detail, "alert") && mentions(detail, "certificate")) {
        return HttpFault::kClientCertificate;
      }
      return HttpFault::kReset;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_SHUTDOWN_FAILED:
      return HttpFault::kReset;
    default:
      return HttpFault::kOther;
  }
}

}  // namespace kfctl
