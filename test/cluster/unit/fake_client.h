// A KubeClient without a network.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cluster/client.h"
#include "test/base/fake_http.h"
#include "test/cluster/unit/fake_files.h"

namespace kfctl {

inline const CancelToken kNever;

inline HttpAnswer status(int code, std::string body = "{}") {
  HttpAnswer out;
  out.status = code;
  out.body = std::move(body);
  return out;
}

// A client whose connections are fakes that all share one handler and one list of requests.
struct Setup {
  FakeFiles files;
  Connection connection;
  std::function<HttpAnswer(const HttpRequest&)> handler;
  std::vector<HttpRequest> requests;
  std::vector<HttpOptions> connections;

  Setup() {
    connection.cluster.server = "https://k:6443/base/";
    connection.user.token_file = "/token";
    files.files["/token"] = "one";
  }

  std::unique_ptr<KubeClient> client() {
    return std::make_unique<KubeClient>(
        connection.cluster.server, Credentials::open(files, connection, {}, kNever).value(), 1000,
        [this](HttpOptions options) -> Result<std::unique_ptr<HttpClient>> {
          connections.push_back(std::move(options));
          auto fake = std::make_unique<FakeHttp>();
          fake->handler = [this](const HttpRequest& request) {
            requests.push_back(request);
            return handler(request);
          };
          return std::unique_ptr<HttpClient>(std::move(fake));
        },
        kNever);
  }
};

}  // namespace kfctl
