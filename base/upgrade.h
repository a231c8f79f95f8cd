// The head of an HTTP/1.1 exchange that turns a connection over to another protocol (RFC 9110,
// 7.8): the request as text, and the answer as it comes in. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/result.h"

namespace kfctl {

/// The request for the path of `url`, with Host and Connection: Upgrade.
/// REQUIRES: no line breaks in any of it.
std::string upgrade_request(std::string_view method, const Url& url,
                            const std::vector<HttpHeader>& headers);

struct UpgradeHead {
  HttpAnswer answer;  // status and headers
  size_t size = 0;    // bytes of the head; what comes behind it is the new protocol, or a body
};

/// The head at the beginning of `bytes`, or nothing while it is not complete.
/// Errors: kNetwork if this is no HTTP/1 answer, or one with a head over 64 KiB.
Result<std::optional<UpgradeHead>> read_upgrade_head(std::string_view bytes);

}  // namespace kfctl
