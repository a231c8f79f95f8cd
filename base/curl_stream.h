// ByteStream on libcurl's CURLOPT_CONNECT_ONLY: libcurl connects, through the proxy and with TLS,
// and then only carries bytes.
#pragma once

#include <string>

#include "base/byte_stream.h"
#include "base/cancel.h"
#include "base/http.h"

namespace kfctl {

/// nullptr: `failure` has the fault and its detail. The caller owns the stream.
ByteStream* open_curl_stream(const HttpOptions& options, const std::string& url,
                             const CancelToken& cancel, HttpAnswer& failure);

}  // namespace kfctl
