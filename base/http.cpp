#include "base/http.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

#include <arpa/inet.h>

#include "base/module.h"
#include "base/text.h"

namespace kfctl {
namespace {

struct FaultRow {
  HttpFault fault;
  std::string_view name;
  std::string_view meaning;
  std::string_view hint;
};

// The one table of transport failures: their word, what they mean, what to check next.
constexpr FaultRow kFaults[] = {
    {HttpFault::kNone, "none", "", ""},
    {HttpFault::kBadUrl, "bad-url", "not an http or https address",
     "an address looks like https://host:port"},
    {HttpFault::kUnresolved, "unresolved", "the name of the host has no address",
     "check the spelling of the host, the DNS and the VPN"},
    {HttpFault::kRefused, "refused", "connection refused: nothing listens there",
     "check the port, and that the server is running"},
    {HttpFault::kUnreachable, "unreachable", "cannot connect",
     "check the network, the VPN, and whether a proxy is needed (https_proxy, proxy-url)"},
    {HttpFault::kProxy, "proxy", "the proxy would not connect us",
     "check https_proxy, no_proxy and proxy-url"},
    {HttpFault::kCertificate, "certificate", "the certificate of the server is not trusted",
     "check the certificate authority and the name of the server that are configured for it"},
    {HttpFault::kTls, "tls", "TLS failed", "check that this port speaks TLS (https)"},
    {HttpFault::kClientCertificate, "client-certificate",
     "the client certificate or its key was not accepted",
     "check that the client certificate and key belong together and have not expired"},
    {HttpFault::kTimeout, "timeout", "no answer in time",
     "check the network and the load of the server, then try again"},
    {HttpFault::kReset, "reset", "the connection broke off", "try again"},
    {HttpFault::kTooLarge, "too-large", "the answer is too large", ""},
    {HttpFault::kCancelled, "cancelled", "interrupted", ""},
    {HttpFault::kOther, "other", "the exchange failed", ""},
};

const FaultRow& row(HttpFault fault) {
  for (const FaultRow& candidate : kFaults) {
    if (candidate.fault == fault) return candidate;
  }
  return kFaults[std::size(kFaults) - 1];
}

// An address of either family as 16 bytes, IPv4 mapped into IPv6; nothing if it is not one.
std::optional<std::string> address_bytes(const std::string& text) {
  std::string bytes(16, '\0');
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  std::fill_n(bytes.begin() + 10, 2, '\xff');
  if (inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const std::optional<std::string> bytes = address_bytes(host);
  if (!bytes) return false;
  const bool mapped = bytes->compare(0, 12, std::string(10, '\0') + "\xff\xff") == 0;
  return mapped ? (*bytes)[12] == 127 : *bytes == std::string(15, '\0') + '\1';
}

bool in_block(const std::string& host, std::string_view block) {
  const size_t slash = block.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string base(block.substr(0, slash));
  const std::string_view digits = block.substr(slash + 1);
  int bits = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (base.find(':') == std::string::npos) bits += 96;  // the prefix of the mapped form
  const std::optional<std::string> a = address_bytes(host), b = address_bytes(base);
  if (!a || !b || bits < 0 || bits > 128) return false;
  for (int bit = 0; bit < bits; ++bit) {
    const size_t byte = static_cast<size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((*a)[byte] & mask) != ((*b)[byte] & mask)) return false;
  }
  return true;
}

// One entry of no_proxy: "*", a name and all below it, ".suffix" for only what is below it, an
// address, a CIDR block; a ":port" narrows any of them but the last.
bool entry_covers(std::string entry, const Url& url) {
  if (entry == "*") return true;
  if (in_block(url.host, entry)) return true;
  if (address_bytes(entry)) return address_bytes(entry) == address_bytes(url.host);
  if (const size_t colon = entry.rfind(':'); colon != std::string::npos) {
    if (entry.substr(colon + 1) != std::to_string(url.port)) return false;
    entry.resize(colon);
    if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
    if (address_bytes(entry)) return address_bytes(entry) == address_bytes(url.host);
  }
  if (entry.empty()) return false;
  if (entry.starts_with("*.")) entry.erase(0, 1);
  if (entry.starts_with('.')) return url.host.ends_with(entry);
  return url.host == entry || url.host.ends_with("." + entry);
}

}  // namespace

const std::string* HttpAnswer::header(std::string_view name) const {
  const std::string wanted = to_lower_ascii(name);
  for (const HttpHeader& candidate : headers) {
    if (to_lower_ascii(candidate.name) == wanted) return &candidate.value;
  }
  return nullptr;
}

HttpAnswer HttpClient::send(HttpRequest request, const CancelToken& cancel) {
  HttpAnswer result;
  start(std::move(request), [&result](HttpAnswer answer) { result = std::move(answer); });
  run(cancel);
  return result;
}

Result<std::unique_ptr<HttpClient>> make_http_client(HttpOptions options) {
  KF_TRY(const void* const table, load_module("http", kHttpModuleAbi));
  std::unique_ptr<HttpClient> client(static_cast<const HttpModule*>(table)->make_client(options));
  if (client == nullptr) return internal_error("libcurl could not be started");
  return client;
}

std::string_view http_fault_name(HttpFault fault) { return row(fault).name; }

Error http_fault_error(const HttpAnswer& answer, std::string_view server) {
  if (answer.fault == HttpFault::kCancelled) return cancelled_error();
  const FaultRow& fault = row(answer.fault);
  std::string message = std::string(server) + ": " + std::string(fault.meaning);
  if (!answer.detail.empty()) message += " (" + answer.detail + ")";
  return Error(ErrorKind::kNetwork, std::move(message), std::string(fault.hint));
}

Result<Url> parse_url(std::string_view text) {
  const Error bad = usage_error("'" + std::string(text) + "' is not an http or https address",
                                "an address looks like https://host:port");
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return bad;
  Url url;
  url.scheme = to_lower_ascii(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return bad;
  const std::string_view rest = text.substr(colon + 3);
  const size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  url.path = std::string(rest.substr(slash));
  // A password in an address ends in logs and process lists; nobody needs one here.
  if (authority.find('@') != std::string_view::npos) return bad;

  const bool bracketed = authority.starts_with('[');
  const size_t host_end = bracketed ? authority.find(']') : authority.find(':');
  if (bracketed && host_end == std::string_view::npos) return bad;
  url.host =
      to_lower_ascii(bracketed ? authority.substr(1, host_end - 1) : authority.substr(0, host_end));
  authority.remove_prefix(std::min(authority.size(), bracketed ? host_end + 1 : host_end));
  url.port = url.scheme == "https" ? 443 : 80;
  if (!authority.empty()) {
    const std::string_view digits = authority.substr(1);
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (authority[0] != ':' || end.ec != std::errc() || end.ptr != digits.data() + digits.size() ||
        url.port < 1 || url.port > 65535) {
      return bad;
    }
  }
  const bool clean = url.host.find_first_of(" \t\r\n\"\\<>") == std::string::npos;
  if (url.host.empty() || !clean) return bad;
  return url;
}

std::string url_encode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const unsigned char byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string proxy_for(const Url& url, const ProxyVariables& variables) {
  const std::string& proxy = url.scheme == "https" ? variables.https_proxy : variables.http_proxy;
  if (proxy.empty() || is_loopback(url.host)) return "";
  for (const std::string_view entry : split(variables.no_proxy, ',')) {
    if (entry_covers(to_lower_ascii(trim(entry)), url)) return "";
  }
  return proxy.find("://") == std::string::npos ? "http://" + proxy : proxy;
}

}  // namespace kfctl
