// What the parts of libkfctl_http.so share: handles that free themselves, and how a handle is set
// up for a server.
#pragma once

#include <memory>
#include <string>

#include <curl/curl.h>

#include "base/http.h"

namespace kfctl {

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

/// Appends a copy of the line; false if there is no memory.
bool append(HeaderList& list, const std::string& line);

/// Lists that a handle refers to and that must live as long as its transfer.
struct CurlTarget {
  HeaderList headers;
  HeaderList connect_to;
};

/// Starts libcurl, once for the process. False if that cannot be done.
bool start_curl();

/// The URL, and the headers that are in `target` already. To verify another name than that of the
/// URL (HttpOptions::server_name), libcurl is given an URL with that name, a Host header with the
/// true one, and told to connect to the true host.
void set_target(CURL* handle, const HttpOptions& options, const std::string& text, const Url& url,
                CurlTarget& target);

/// Proxy, time limits of connecting and keep-alive.
void set_connection(CURL* handle, const HttpOptions& options);

/// Whom to trust and what to show. The certificates stay in `options`, which must outlive the
/// handle.
void set_tls(CURL* handle, const HttpOptions& options);

/// What a result of libcurl means. `detail` is what it wrote to its error buffer.
HttpFault fault_of(CURL* handle, CURLcode code, const std::string& detail);

}  // namespace kfctl
