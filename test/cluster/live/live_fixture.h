// What the tests against a real API server share: a session, a namespace of the test's own, kubectl
// to look at the result with other eyes, and the proxy that makes faults.
//
// scripts/test-cluster says by its variables where the cluster is; live_test.sh starts one.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/files.h"
#include "base/http.h"
#include "base/process.h"
#include "base/text.h"
#include "base/yaml.h"
#include "cluster/session.h"

namespace kfctl {

inline std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

inline Surroundings surroundings() {
  Surroundings out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    out.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  out.home = variable("HOME");
  return out;
}

class LiveTest {
 public:
  LiveTest() {
    static int count = 0;
    ns = "live-" + std::to_string(getpid()) + "-" + std::to_string(++count);
    REQUIRE_MESSAGE(!variable("KFCTL_TEST_SERVER").empty(), "run this by live_test.sh");
    options.environment = "test";
    options.destination.server = variable("KFCTL_TEST_SERVER");
    options.destination.context = "kfctl-test";
    options.destination.namespace_ = ns;
    options.around = surroundings();
  }

  ~LiveTest() { kubectl({"delete", "namespace", ns, "--ignore-not-found", "--wait=false"}); }

  /// A session to the cluster as `options` say; opened again after they changed.
  std::unique_ptr<Session> open() {
    Result<std::unique_ptr<Session>> session = Session::open(files, options, cancel);
    REQUIRE_MESSAGE(session.ok(), (session.ok() ? "" : session.error().to_text()));
    return std::move(session).value();
  }

  /// The same cluster, but through the proxy.
  void use_proxy() {
    options.around.variables["KUBECONFIG"] = variable("KFCTL_TEST_PROXY_KUBECONFIG");
    options.destination.server = variable("KFCTL_TEST_PROXY_SERVER");
    control("/reset", "POST");
  }

  ClusterReport apply(const std::vector<Json>& objects, const ApplyOptions& how = {}) {
    Result<ClusterReport> report = open()->apply(objects, how, on_event());
    REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().to_text()));
    return std::move(report).value();
  }

  DiffReport diff(const std::vector<Json>& objects, const DiffOptions& how = {}) {
    Result<DiffReport> report = open()->diff(objects, how, on_event());
    REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().to_text()));
    return std::move(report).value();
  }

  ClusterReport remove(const std::vector<Json>& objects, const DeleteOptions& how = {}) {
    Result<ClusterReport> report = open()->remove(objects, how, on_event());
    REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().to_text()));
    return std::move(report).value();
  }

  /// Keeps the words of what was told: "created ConfigMap/a", "warning ...".
  OnClusterEvent on_event() {
    return [this](const ClusterEvent& event) {
      switch (event.kind) {
        case ClusterEvent::Kind::kObjectDone:
          told.push_back(std::string(action_name(event.result->action)) + " " +
                         event.result->id.text());
          break;
        case ClusterEvent::Kind::kWarning:
          told.push_back("warning " + event.message);
          break;
        case ClusterEvent::Kind::kRetry:
          told.push_back("retry " + event.message);
          break;
        case ClusterEvent::Kind::kWaiting:
          told.push_back("waiting " + event.message);
          break;
        case ClusterEvent::Kind::kNamespaceCreated:
          told.push_back("namespace " + event.message);
          break;
        case ClusterEvent::Kind::kReady:
          told.push_back("ready " + event.result->id.text());
          break;
        case ClusterEvent::Kind::kPlanned:
        case ClusterEvent::Kind::kHealth:
          break;
      }
    };
  }

  bool was_told(const std::string& text) const {
    for (const std::string& line : told) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }

  /// kubectl as administrator, in this test's namespace: what it prints, without the last newline.
  std::string kubectl(const std::vector<std::string>& arguments, const std::string& input = "") {
    ProcessRequest request;
    request.argv = {variable("KFCTL_TEST_KUBECTL"), "--kubeconfig=" + variable("KUBECONFIG"),
                    "--namespace=" + ns};
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.env = {{"HOME", "/nonexistent"}, {"KUBECTL_APPLYSET", "true"}};
    request.input = input;
    const Result<ProcessResult> result = run_process(request, CancelToken());
    REQUIRE(result.ok());
    last_kubectl_error = result.value().err;
    return std::string(trim(result.value().out));
  }

  std::string resource_version(const std::string& object) {
    return kubectl({"get", object, "-o", "jsonpath={.metadata.resourceVersion}"});
  }

  /// A request to the proxy's control side: the body of its answer.
  std::string control(const std::string& path, const std::string& method = "GET",
                      const std::string& body = "") {
    HttpRequest request;
    request.method = method;
    request.url = variable("KFCTL_TEST_PROXY_CONTROL") + path;
    request.body = body;
    Result<std::unique_ptr<HttpClient>> client = make_http_client({});
    REQUIRE(client.ok());
    const HttpAnswer answer = client.value()->send(request, CancelToken());
    REQUIRE_MESSAGE(answer.success(), (answer.detail + answer.body));
    return std::string(trim(answer.body));
  }
  void rule(const std::string& json) { control("/rules", "POST", json); }
  std::string count(const std::string& method, const std::string& path) {
    return control("/count?method=" + method + "&path=" + url_encode(path));
  }

  DiskFiles files;
  CancelToken cancel;
  SessionOptions options;
  std::string ns;
  std::vector<std::string> told;
  std::string last_kubectl_error;
};

/// The documents of a YAML text.
inline std::vector<Json> objects(const std::string& yaml) {
  Result<std::vector<Json>> parsed = parse_yaml_stream(yaml, "test.yaml");
  REQUIRE_MESSAGE(parsed.ok(), (parsed.ok() ? "" : parsed.error().to_text()));
  return std::move(parsed).value();
}

inline Json config_map(const std::string& name, const std::string& value) {
  return Json::object({{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", Json::object({{"name", name}})},
                       {"data", Json::object({{"key", value}})}});
}

inline std::string actions(const ClusterReport& report) {
  std::string out;
  for (const ObjectResult& result : report.objects) {
    out += (out.empty() ? "" : ", ") + std::string(action_name(result.action)) + " " +
           result.id.text();
  }
  return out;
}

}  // namespace kfctl
