#include "cluster/forward_target.h"

#include <algorithm>
#include <charconv>

#include "base/object.h"
#include "base/text.h"
#include "cluster/health_rules.h"

namespace kfctl {
namespace {

// As the API writes them: "in" and "notin" with a list, "exists" without one.
std::string expression_text(const Json& one) {
  const std::string key(one.string_at({"key"}));
  const std::string_view what = one.string_at({"operator"});
  if (what == "Exists") return key;
  if (what == "DoesNotExist") return "!" + key;
  std::vector<std::string> values;
  for (const Json& value : list_at(one, {"values"})) {
    if (value.is_string()) values.push_back(value.as_string());
  }
  return key + (what == "NotIn" ? " notin (" : " in (") + join(values, ",") + ")";
}

void add_equalities(const Json* labels, std::vector<std::string>& parts) {
  if (labels == nullptr || !labels->is_object()) return;
  for (const auto& [key, value] : labels->members()) {
    if (value.is_string()) parts.push_back(key + "=" + value.as_string());
  }
}

std::optional<int> port_number(const std::string& text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

struct Port {
  std::string name;
  int number = 0;
};

void add_ports(const Json& owner, std::string_view list, std::string_view number,
               std::vector<Port>& out) {
  for (const Json& one : list_at(owner, {list})) {
    if (const std::optional<int64_t> value = number_at(one, {number})) {
      out.push_back({std::string(one.string_at({"name"})), static_cast<int>(*value)});
    }
  }
}

std::vector<Port> container_ports(const Json& pod) {
  std::vector<Port> out;
  for (const char* const list : {"containers", "initContainers"}) {
    for (const Json& container : list_at(pod, {"spec", list})) {
      add_ports(container, "ports", "containerPort", out);
    }
  }
  return out;
}

std::string text_of(const Json& object) { return object_id(object).text(); }

Error no_port(const Json& object, const std::string& remote, const std::vector<Port>& ports) {
  std::vector<std::string> there;
  for (const Port& port : ports) {
    there.push_back(port.name.empty() ? std::to_string(port.number)
                                      : port.name + " (" + std::to_string(port.number) + ")");
  }
  return usage_error(text_of(object) + " has no port '" + remote + "'",
                     there.empty() ? "it has none" : "there are " + join(there, ", "));
}

Result<int> named_container_port(const Json& object, const Json& pod, const std::string& name) {
  const std::vector<Port> ports = container_ports(pod);
  for (const Port& port : ports) {
    if (port.name == name) return port.number;
  }
  return no_port(object, name, ports);
}

Result<PortChoice> service_port(const Json& service, const Json& pod, const std::string& remote) {
  const std::optional<int> number = port_number(remote);
  std::vector<Port> ports;
  add_ports(*service.find("spec"), "ports", "port", ports);
  for (const Json& one : list_at(service, {"spec", "ports"})) {
    const auto port = static_cast<int>(number_at(one, {"port"}).value_or(0));
    if (number ? port != *number : one.string_at({"name"}) != remote) continue;
    PortChoice out{port, port};
    const Json* const target = one.find("targetPort");
    if (target == nullptr) return out;
    if (!target->is_string()) {
      out.container = static_cast<int>(number_at(one, {"targetPort"}).value_or(port));
      return out;
    }
    KF_TRY(out.container, named_container_port(pod, pod, target->as_string()));
    return out;
  }
  return no_port(service, remote, ports);
}

}  // namespace

std::string selector_query(const Json& selector) {
  std::vector<std::string> parts;
  const Json* const labels = selector.find("matchLabels");
  const Json* const expressions = selector.find("matchExpressions");
  const bool plain = labels == nullptr && expressions == nullptr;
  add_equalities(plain ? &selector : labels, parts);
  if (expressions != nullptr) {
    for (const Json& one : list_at(selector, {"matchExpressions"})) {
      parts.push_back(expression_text(one));
    }
  }
  return join(parts, ",");
}

const Json* selector_of(const Json& object) {
  const Json* const selector = object.at({"spec", "selector"});
  return selector != nullptr && selector->is_object() ? selector : nullptr;
}

bool takes_connections(const Json& pod) {
  return pod.string_at({"status", "phase"}) == "Running" &&
         pod.at({"metadata", "deletionTimestamp"}) == nullptr &&
         is_true(find_condition(pod, "Ready"));
}

const Json* choose_pod(const std::vector<const Json*>& pods) {
  const auto age = [](const Json* pod) {
    return std::pair(pod->string_at({"metadata", "creationTimestamp"}),
                     pod->string_at({"metadata", "name"}));
  };
  const Json* best = nullptr;
  for (const Json* const pod : pods) {
    if (takes_connections(*pod) && (best == nullptr || age(pod) < age(best))) best = pod;
  }
  return best;
}

std::string why_no_pod(const std::vector<const Json*>& pods) {
  if (pods.empty()) return "no pod is there";
  std::string text;
  for (const Json* const pod : pods) {
    const Json* const ready = find_condition(*pod, "Ready");
    const std::string reason = ready == nullptr ? "" : reason_of(*ready);
    text += (text.empty() ? "" : "; ") + text_of(*pod) + " is not ready" +
            (reason.empty() ? "" : " (" + reason + ")");
    if (text.size() > 400) break;
  }
  return text;
}

Result<PortChoice> choose_port(const Json& object, const Json& pod, const std::string& remote) {
  const ObjectId id = object_id(object);
  if (id.kind == "Service" && id.group().empty()) return service_port(object, pod, remote);
  if (const std::optional<int> number = port_number(remote)) return PortChoice{*number, *number};
  KF_TRY(const int port, named_container_port(object, pod, remote));
  return PortChoice{port, port};
}

}  // namespace kfctl
