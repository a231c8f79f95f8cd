// kfctl port-forward: ports of this machine that lead to a component's pods.
#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/object_name.h"
#include "cli/report_text.h"
#include "cli/target.h"
#include "cluster/forward_target.h"
#include "cluster/pods.h"

namespace kfctl {
namespace {

Result<int> port_number(std::string_view text, const std::string& whole, int least) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc() && end == text.data() + text.size() && port >= least && port <= 65535) {
    return port;
  }
  return usage_error("'" + whole + "' is not [LOCAL:]REMOTE",
                     "such as 8080, 8080:80, 8080:http, or :80 for a free port");
}

// "80", "http", "8080:80", ":http".
Result<PortPair> parse_pair(const std::string& text) {
  PortPair pair;
  const size_t colon = text.find(':');
  pair.remote = colon == std::string::npos ? text : text.substr(colon + 1);
  if (colon == 0) pair.local = 0;
  if (colon != 0 && colon != std::string::npos) {
    KF_TRY(pair.local, port_number(std::string_view(text).substr(0, colon), text, 0));
  }
  const bool is_name = pair.remote.find_first_not_of("0123456789") != std::string::npos &&
                       pair.remote.find(':') == std::string::npos;
  if (!is_name) KF_DO(port_number(pair.remote, text, 1));
  return pair;
}

Result<ForwardOptions> gather(const Args& args) {
  ForwardOptions options;
  for (size_t i = 2; i < args.words().size(); ++i) {
    KF_TRY(PortPair pair, parse_pair(args.word(i)));
    options.ports.push_back(std::move(pair));
  }
  if (args.has("address")) options.addresses = args.values("address");
  if (args.has("timeout")) {
    KF_TRY(options.timeout_ms, parse_duration_ms(args.value("timeout"), "timeout"));
  }
  return options;
}

bool is_service(const Json& object) {
  const ObjectId id = object_id(object);
  return id.kind == "Service" && id.group().empty();
}

// What a component offers: its Service if it has one with pods behind it, else what makes pods.
Result<const Json*> object_of_component(const std::vector<Json>& objects,
                                        const std::string& component) {
  std::vector<const Json*> services, makers;
  for (const Json& object : objects) {
    if (object.string_at({"metadata", "labels", "ksonnet.io/component"}) != component) continue;
    if (is_service(object) && selector_of(object) != nullptr) services.push_back(&object);
    if (!pod_templates(object).empty()) makers.push_back(&object);
  }
  const std::vector<const Json*>& found = services.empty() ? makers : services;
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    return usage_error("component '" + component + "' has nothing that takes connections",
                       "name an object: KIND/NAME");
  }
  std::vector<std::string> names;
  for (const Json* const one : found) names.push_back(object_id(*one).text());
  return usage_error("component '" + component + "' has several: " + join(names, ", "),
                     "name one of them");
}

bool is_component(const std::vector<Json>& objects, const std::string& name) {
  return std::any_of(objects.begin(), objects.end(), [&name](const Json& object) {
    return object.string_at({"metadata", "labels", "ksonnet.io/component"}) == name;
  });
}

// A pod has a name that the app does not know.
std::optional<Json> named_pod(const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos || slash + 1 == text.size()) return std::nullopt;
  const std::string kind = to_lower_ascii(text.substr(0, slash));
  if (kind != "pod" && kind != "pods" && kind != "po") return std::nullopt;
  return Json::object({{"apiVersion", "v1"},
                       {"kind", "Pod"},
                       {"metadata", Json::object({{"name", text.substr(slash + 1)}})}});
}

Result<Json> choose_object(const Deployment& deployment, const std::string& text) {
  const std::vector<Json>& objects = deployment.objects;
  if (is_component(objects, text)) {
    KF_TRY(const Json* const object, object_of_component(objects, text));
    return *object;
  }
  if (std::optional<Json> pod = named_pod(text)) {
    const Result<const Json*> rendered = find_named_object(objects, text);
    return rendered.ok() ? *rendered.value() : *pod;
  }
  KF_TRY(const Json* const object, find_named_object(objects, text));
  if (is_service(*object) || !pod_templates(*object).empty()) return *object;
  return usage_error(object_id(*object).text() + " has no pods that take connections",
                     "name a component, a Service, or what makes pods");
}

void print_news(const ForwardNews& news, const std::string& name, bool json, Console& console) {
  switch (news.kind) {
    case ForwardNews::Kind::kListening:
      if (json) {
        return console.live_line(
            Json::object({{"local", news.local}, {"pod", news.pod}, {"port", news.port}}).dump());
      }
      return console.live_line(news.local + " -> " + name + " (Pod/" + news.pod + ", port " +
                               std::to_string(news.port) + ")");
    case ForwardNews::Kind::kWaiting:
      return console.note(name + ": waiting for a pod that takes connections: " + news.message);
    case ForwardNews::Kind::kTrouble:
      return console.warn("a connection was lost: " + news.message);
  }
}

Status forward(const Args& args, Console& console, World& world) {
  KF_TRY(const ForwardOptions options, gather(args));
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  KF_TRY(const Json object, choose_object(deployment, args.word(1)));
  const std::string name = object_id(object).text();
  const bool json = args.value("output", "text") == "ndjson";
  return target->forward(
      object, options, [&](const ForwardNews& news) { print_news(news, name, json, console); },
      event_printer(console, false));
}

}  // namespace

int cmd_port_forward(const Args& args, Console& console, World& world) {
  const Status status = forward(args, console, world);
  return status.ok() ? kExitOk : console.fail(status.error());
}

}  // namespace kfctl
