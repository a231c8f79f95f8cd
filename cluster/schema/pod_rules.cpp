// What the API server insists on for pods and their templates.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "cluster/schema/formats.h"
#include "cluster/schema/rules.h"

namespace kfctl {
namespace {

constexpr double kMaxPort = 65535;
constexpr int kRelaxedEnvNames = 32;  // minor version in which any printable name became one

// The members of `spot` that are there, but for those named.
std::vector<std::string> members_but(const Spot& spot,
                                     std::initializer_list<std::string_view> but) {
  std::vector<std::string> names;
  for (const auto& [key, member] : spot.members()) {
    if (member.found() && std::find(but.begin(), but.end(), key) == but.end()) {
      names.emplace_back(key);
    }
  }
  return names;
}

void must_be_one(const Spot& spot, const std::vector<std::string>& found, const std::string& what) {
  if (found.empty()) spot.error("must say what " + what + " it is");
  if (found.size() > 1) spot.error("has more than one " + what + ": " + join(found, ", "));
}

// ---- resources

bool is_native_resource(std::string_view name) {
  return name == "cpu" || name == "memory" || name == "ephemeral-storage" ||
         name.starts_with("hugepages-");
}

std::optional<double> quantity_at(const Spot& spot) {
  if (const std::optional<double> number = spot.number()) return number;
  return spot.found() ? read_quantity(spot.text()) : std::nullopt;
}

void check_quantities(const Spot& list) {
  for (const auto& [name, amount] : list.members()) {
    if (!is_native_resource(name) && name.find('/') == std::string_view::npos) {
      amount.error("'" + std::string(name) + "' is no resource of a container",
                   did_you_mean(name, {"cpu", "memory", "ephemeral-storage"},
                                "resources of devices have a domain: nvidia.com/gpu"));
    }
    const std::optional<double> value = quantity_at(amount);
    if (value && *value < 0) amount.error("must not be negative");
  }
}

void check_resources(const Spot& resources) {
  const Spot limits = resources["limits"];
  const Spot requests = resources["requests"];
  check_quantities(limits);
  check_quantities(requests);
  for (const auto& [name, request] : requests.members()) {
    const std::optional<double> least = quantity_at(request);
    const std::optional<double> most = quantity_at(limits[name]);
    const bool device = name.find('/') != std::string_view::npos;
    if (least && most && *least > *most) {
      request.error("must be at most the limit, which is " + limits[name].value().dump());
    } else if (device && least && (!most || *least != *most)) {
      request.error("a request of '" + std::string(name) + "' needs a limit that is the same");
    }
  }
}

// ---- probes and handlers

void check_port_reference(const Spot& port) {
  if (port.number()) return port.must_be_between(1, kMaxPort);
  port.text_must(check_port_name);
}

void check_handler(const Spot& handler, const std::vector<std::string>& kinds) {
  must_be_one(handler, kinds, "kind of handler");
  for (const char* const kind : {"httpGet", "tcpSocket", "grpc"}) {
    check_port_reference(handler[kind]["port"]);
  }
  if (handler["exec"].found() && handler["exec"]["command"].size() == 0) {
    handler["exec"].error("has no command");
  }
}

void check_probe(const Spot& probe, bool once) {
  if (!probe.found()) return;
  std::vector<std::string> kinds;
  for (const char* const kind : {"exec", "grpc", "httpGet", "tcpSocket"}) {
    if (probe[kind].found()) kinds.emplace_back(kind);
  }
  check_handler(probe, kinds);
  for (const char* const field : {"initialDelaySeconds", "timeoutSeconds", "periodSeconds",
                                  "successThreshold", "failureThreshold"}) {
    probe[field].must_be_at_least(0);
  }
  const std::optional<double> successes = probe["successThreshold"].number();
  if (once && successes && *successes > 1) probe["successThreshold"].error("must be 1");
}

// ---- containers

void check_env(const Spot& env, int minor) {
  for (const Spot& one : env.items()) {
    one["name"].text_must(
        [minor](std::string_view text) { return check_env_name(text, minor >= kRelaxedEnvNames); });
    const Spot from = one["valueFrom"];
    if (!from.found()) continue;
    if (!one["value"].text().empty()) one.error("has both value and valueFrom");
    must_be_one(from, members_but(from, {}), "source");
  }
}

void check_container_ports(const Spot& ports) {
  std::set<std::string_view> names;
  for (const Spot& port : ports.items()) {
    port["containerPort"].must_be_between(1, kMaxPort);
    port["hostPort"].must_be_between(0, kMaxPort);
    const Spot name = port["name"];
    if (name.text().empty()) continue;
    name.text_must(check_port_name);
    if (!names.insert(name.text()).second) {
      name.error("two ports of this container are called '" + std::string(name.text()) + "'");
    }
  }
}

void check_mounts(const Spot& mounts, const std::set<std::string_view>& volumes) {
  std::set<std::string_view> paths;
  for (const Spot& mount : mounts.items()) {
    const std::string_view name = mount["name"].text();
    if (!name.empty() && !volumes.contains(name)) {
      mount["name"].error(
          "there is no volume '" + std::string(name) + "'",
          did_you_mean(name, std::vector<std::string>(volumes.begin(), volumes.end())));
    }
    const Spot path = mount["mountPath"];
    if (path.found() && path.text().empty()) path.error("must not be empty");
    if (!path.text().empty() && !paths.insert(path.text()).second) {
      path.error("two volumes are mounted at '" + std::string(path.text()) + "'");
    }
    const std::string_view below = mount["subPath"].text();
    if (below.starts_with('/') || below == ".." || below.starts_with("../") ||
        below.find("/../") != std::string_view::npos || below.ends_with("/..")) {
      mount["subPath"].error("must be a relative path without '..'");
    }
  }
}

void check_container(const Spot& container, const std::set<std::string_view>& volumes, bool init,
                     int minor) {
  container["name"].text_must(check_dns_label);
  const Spot image = container["image"];
  if (image.text().empty()) {
    container.error("has no image");
  } else if (trim(image.text()) != image.text()) {
    image.error("must not begin or end with a blank");
  }
  check_env(container["env"], minor);
  check_container_ports(container["ports"]);
  check_mounts(container["volumeMounts"], volumes);
  check_resources(container["resources"]);
  const bool sidecar = container["restartPolicy"].is("Always");
  for (const char* const probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    if (init && !sidecar && container[probe].found()) {
      container[probe].error("an init container without restartPolicy Always has no probes");
    }
    check_probe(container[probe], std::string_view(probe) != "readinessProbe");
  }
  for (const char* const when : {"postStart", "preStop"}) {
    const Spot handler = container["lifecycle"][when];
    if (handler.found()) check_handler(handler, members_but(handler, {}));
  }
  const Spot security = container["securityContext"];
  const Spot escalation = security["allowPrivilegeEscalation"];
  if (security["privileged"].is_true() && escalation.found() && !escalation.is_true()) {
    escalation.error("must not be false where privileged is true");
  }
}

std::set<std::string_view> check_volumes(const Spot& volumes) {
  std::set<std::string_view> names;
  for (const Spot& volume : volumes.items()) {
    const Spot name = volume["name"];
    name.text_must(check_dns_label);
    if (!name.text().empty() && !names.insert(name.text()).second) {
      name.error("two volumes are called '" + std::string(name.text()) + "'");
    }
    must_be_one(volume, members_but(volume, {"name"}), "kind of volume");
    for (const Spot& source : volume["projected"]["sources"].items()) {
      must_be_one(source, members_but(source, {}), "kind of source");
    }
  }
  return names;
}

void check_restart_policy(const Spot& spec, std::string_view template_of) {
  const Spot policy = spec["restartPolicy"];
  const std::string_view value = policy.text();
  if (template_of == "Job") {
    if (value.empty()) {
      spec.error("a Job's template must say restartPolicy: Never or OnFailure");
    } else if (value == "Always") {
      policy.error("must be Never or OnFailure in a Job");
    }
  } else if (template_of != "Pod" && !value.empty() && value != "Always") {
    policy.error("must be Always in a " + std::string(template_of));
  }
}

}  // namespace

void check_pod(const PodSpot& pod, std::string_view template_of, int minor) {
  check_labels(pod.metadata["labels"]);
  const Spot& spec = pod.spec;
  if (!spec.found()) return;
  std::set<std::string_view> volumes = check_volumes(spec["volumes"]);
  if (template_of == "StatefulSet") {
    const Json* const claims = spec.reporter().object().at({"spec", "volumeClaimTemplates"});
    if (claims != nullptr && claims->is_array()) {
      for (const Json& claim : claims->items())
        volumes.insert(claim.string_at({"metadata", "name"}));
    }
  }
  const Spot containers = spec["containers"];
  if (containers.found() && containers.size() == 0) containers.error("must have a container");
  std::set<std::string_view> names;
  for (const char* const list : {"initContainers", "containers"}) {
    for (const Spot& container : spec[list].items()) {
      check_container(container, volumes, std::string_view(list) == "initContainers", minor);
      const Spot name = container["name"];
      // Within one list, two of a name are check_value's finding.
      if (name.found() && !names.insert(name.text()).second &&
          std::string_view(list) == "containers") {
        bool init = false;
        for (const Spot& other : spec["initContainers"].items())
          init |= other["name"].is(name.text());
        if (init) name.error("an init container is called '" + std::string(name.text()) + "' too");
      }
    }
  }
  check_restart_policy(spec, template_of);
  check_labels(spec["nodeSelector"]);
  spec["serviceAccountName"].text_must([](std::string_view text) {
    return text.empty() ? std::string() : check_dns_subdomain(text);
  });
  spec["terminationGracePeriodSeconds"].must_be_at_least(0);
  spec["activeDeadlineSeconds"].must_be_at_least(1);
  spec["hostname"].text_must(
      [](std::string_view text) { return text.empty() ? std::string() : check_dns_label(text); });
}

void check_pod_object(const Spot& object, int minor) {
  for (const PodSpot& pod : pods_of(object)) check_pod(pod, "Pod", minor);
}

}  // namespace kfctl
