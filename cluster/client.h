// KubeClient: requests to one API server, with credentials, retries and warnings taken care of.
//
// As HttpClient, which it stands on, it is an event loop of one thread: start() queues, run()
// drives until all is answered. A 401 gets new credentials once (an exec plugin is run, a token
// file read again) and the request is sent again; requests that fail for a passing reason are
// repeated as base/http_retry.h says.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/http.h"
#include "base/http_retry.h"
#include "base/json.h"
#include "base/result.h"
#include "cluster/credentials.h"

namespace kfctl {

/// Accept of a LIST that only wants to know the objects' metadata.
inline constexpr std::string_view kAcceptMetadataList =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

struct KubeRequest {
  std::string method = "GET";
  std::string path;  // "/api/v1/namespaces/x/pods", encoded
  std::vector<std::pair<std::string, std::string>> query;
  std::string accept = "application/json";
  std::string content_type;
  std::string if_none_match;  // an ETag: the answer may be 304 without a body
  std::string body;
  /// GET is; a PATCH that applies and a DELETE with preconditions are too.
  bool repeatable = true;
  /// Takes the body as it comes; the request lasts until the server or `stop` ends it, and is not
  /// repeated. As HttpRequest has them.
  std::function<bool(std::string_view piece)> on_body;
  std::shared_ptr<const CancelToken> stop;
};

struct KubeAnswer {
  HttpAnswer http;
  std::optional<Error> failure;  // the request could not even be made: credentials, module

  bool success() const { return !failure && http.success(); }
  bool status_is(int status) const { return !failure && http.answered() && http.status == status; }
};

class KubeClient {
 public:
  using Done = std::function<void(KubeAnswer answer)>;
  using MakeHttp = std::function<Result<std::unique_ptr<HttpClient>>(HttpOptions options)>;
  struct Events {
    std::function<void(const std::string& text)> on_warning;  // each text once
    std::function<void(const std::string& why)> on_retry;
  };

  /// `cancel` must outlive this. `make_http` is make_http_client, or a fake in tests.
  KubeClient(std::string server, Credentials credentials, int timeout_ms, MakeHttp make_http,
             const CancelToken& cancel);

  /// Queues a request; `done` is called exactly once, from run(), and may start more.
  void start(KubeRequest request, Done done, int delay_ms = 0);
  void run();

  /// Calls `done` from run() after that time, unless `stop` is cancelled before: see
  /// HttpClient::after. Dropped too if there cannot be a client, as every request then fails.
  void after(int delay_ms, std::function<void()> done, std::shared_ptr<const CancelToken> stop);

  /// start and run of a single request. Not inside a `done`.
  KubeAnswer send(KubeRequest request);

  /// For a connection of its own to the server: its settings, and the headers of a request.
  struct Access {
    HttpOptions http;
    std::vector<HttpHeader> headers;
  };
  /// Errors: those of the credentials.
  Result<Access> access();

  /// GETs of documents: the parsed body, or the error. `what` is for the message: "list pods".
  Result<Json> get(std::string path, std::string_view what);

  /// The body as Json. Errors: what the answer stands for (api_error); kCluster if it is not JSON.
  Result<Json> parse(const KubeAnswer& answer, std::string_view what) const;

  /// parse of an answer that is the object of that name, or a list: what somebody on the way put in
  /// its place must not pass for one. Errors: also kCluster if it is something else.
  Result<Json> parse_object(const KubeAnswer& answer, std::string_view name,
                            std::string_view what) const;
  Result<Json> parse_list(const KubeAnswer& answer, std::string_view what) const;

  /// The error an unsuccessful answer stands for.
  Error error_of(const KubeAnswer& answer, std::string_view what) const;

  const std::string& server() const { return server_; }
  const CancelToken& cancel() const { return cancel_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  void set_events(Events events) { events_ = std::move(events); }

 private:
  // The connections made with one client certificate. An old one ends its work while a new one
  // takes what comes.
  struct Channel {
    std::unique_ptr<HttpClient> http;
    std::unique_ptr<RetryingClient> retrying;
    size_t pending = 0;
    bool timers = false;  // there may be some
  };

  void send_once(KubeRequest request, Done done, int delay_ms, bool may_refresh);
  Result<Channel*> channel();
  Error not_from_server(std::string_view what, std::string_view instead) const;
  Status refresh_once(int generation);
  void collect_warnings(const HttpAnswer& answer);

  std::string server_;
  Credentials credentials_;
  int timeout_ms_;
  MakeHttp make_http_;
  const CancelToken& cancel_;
  Events events_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::deque<std::pair<Done, Error>> failed_;  // to be answered by run()
  int generation_ = 0;                         // counts refreshed credentials
  std::set<std::string> warned_;
  std::vector<std::string> warnings_;
};

}  // namespace kfctl
