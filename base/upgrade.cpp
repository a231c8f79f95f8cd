#include "base/upgrade.h"

#include <charconv>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr size_t kMaxHead = size_t{64} << 10;

Error no_http() {
  return Error(ErrorKind::kNetwork, "the server does not answer in HTTP/1.1",
               "a proxy or a load balancer before it may not pass upgrades on");
}

std::optional<int> status_of(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return std::nullopt;
  int status = 0;
  const auto [end, error] = std::from_chars(line.data() + 9, line.data() + 12, status);
  if (error != std::errc() || end != line.data() + 12 || status < 100) return std::nullopt;
  return status;
}

}  // namespace

std::string upgrade_request(std::string_view method, const Url& url,
                            const std::vector<HttpHeader>& headers) {
  const bool v6 = url.host.find(':') != std::string::npos;
  std::string text = std::string(method) + " " + (url.path.empty() ? "/" : url.path) +
                     " HTTP/1.1\r\nHost: " + (v6 ? "[" + url.host + "]" : url.host) + ":" +
                     std::to_string(url.port) + "\r\nConnection: Upgrade\r\n";
  for (const HttpHeader& header : headers) text += header.name + ": " + header.value + "\r\n";
  return text + "\r\n";
}

Result<std::optional<UpgradeHead>> read_upgrade_head(std::string_view bytes) {
  const std::string_view begin = bytes.substr(0, 5);
  if (begin != std::string_view("HTTP/").substr(0, begin.size())) return no_http();
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() > kMaxHead) return no_http();
    return std::optional<UpgradeHead>();
  }
  const std::vector<std::string_view> lines = split_lines(bytes.substr(0, end));
  const std::optional<int> status = status_of(lines[0]);
  if (!status || end > kMaxHead) return no_http();
  UpgradeHead head;
  head.size = end + 4;
  head.answer.status = *status;
  for (size_t i = 1; i < lines.size(); ++i) {
    const size_t colon = lines[i].find(':');
    if (colon == std::string_view::npos) continue;
    head.answer.headers.push_back(
        {std::string(lines[i].substr(0, colon)), std::string(trim(lines[i].substr(colon + 1)))});
  }
  return std::optional(std::move(head));
}

}  // namespace kfctl
