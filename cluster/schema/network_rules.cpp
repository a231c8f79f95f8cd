// What the API server insists on for Services, Ingresses and NetworkPolicies.
#include <set>

#include "cluster/schema/formats.h"
#include "cluster/schema/rules.h"

namespace kfctl {
namespace {

constexpr double kMaxPort = 65535;

void check_service_ports(const Spot& ports) {
  std::set<std::string_view> names;
  for (const Spot& port : ports.items()) {
    port["port"].must_be_between(1, kMaxPort);
    port["nodePort"].must_be_between(0, kMaxPort);
    const Spot target = port["targetPort"];
    if (target.number()) {
      target.must_be_between(1, kMaxPort);
    } else if (!target.text().empty()) {
      target.text_must(check_port_name);
    }
    const Spot name = port["name"];
    if (name.text().empty()) {
      if (ports.size() > 1) port.error("must have a name, because there are several ports");
      continue;
    }
    name.text_must(check_dns_label);
    if (!names.insert(name.text()).second) {
      name.error("two ports are called '" + std::string(name.text()) + "'");
    }
  }
}

void check_backend(const Spot& backend) {
  if (!backend.found()) return;
  const Spot service = backend["service"];
  if (service.found() == backend["resource"].found()) {
    return backend.error("must have either service or resource");
  }
  if (!service.found()) return;
  service["name"].text_must(check_dns_1035_label);
  const Spot port = service["port"];
  port["number"].must_be_between(1, kMaxPort);
  const bool named = !port["name"].text().empty();
  const bool numbered = port["number"].found();
  if (named == numbered) service.error("must have a port with either a name or a number");
}

void check_host(const Spot& host) {
  if (!host.found() || host.text().empty()) return;
  std::string_view name = host.text();
  if (name.starts_with("*.")) name.remove_prefix(2);
  host.must(check_dns_subdomain(name));
}

void check_peers(const Spot& peers) {
  for (const Spot& peer : peers.items()) {
    check_selector(peer["podSelector"]);
    check_selector(peer["namespaceSelector"]);
    const bool selects = peer["podSelector"].found() || peer["namespaceSelector"].found();
    if (peer["ipBlock"].found() == selects) {
      peer.error("must have either ipBlock, or podSelector or namespaceSelector");
    }
  }
}

}  // namespace

void check_service(const Spot& object, int) {
  const Spot spec = object["spec"];
  const Spot ports = spec["ports"];
  const std::string_view type = spec["type"].text();
  const bool headless = spec["clusterIP"].is("None");
  check_labels(spec["selector"]);
  check_service_ports(ports);
  if (type == "ExternalName") {
    if (spec["externalName"].text().empty()) spec.error("type ExternalName needs externalName");
    spec["externalName"].text_must(check_dns_subdomain);
  } else if (spec.found() && ports.size() == 0 && !headless) {
    spec.error("must have ports, unless clusterIP is None");
  }
  if (headless && (type == "NodePort" || type == "LoadBalancer")) {
    spec["clusterIP"].error("must not be None where the type is " + std::string(type));
  }
}

void check_ingress(const Spot& object, int) {
  const Spot spec = object["spec"];
  check_backend(spec["defaultBackend"]);
  if (spec.found() && !spec["defaultBackend"].found() && spec["rules"].size() == 0) {
    spec.error("must have rules or a defaultBackend");
  }
  for (const Spot& rule : spec["rules"].items()) {
    check_host(rule["host"]);
    const Spot http = rule["http"];
    if (http.found() && http["paths"].size() == 0) http.error("must have paths");
    for (const Spot& path : http["paths"].items()) {
      const bool plain = path["pathType"].is("Exact") || path["pathType"].is("Prefix");
      if (plain && !path["path"].text().starts_with('/')) {
        path.error("must have a path that begins with '/'");
      }
      check_backend(path["backend"]);
    }
  }
  for (const Spot& tls : spec["tls"].items()) {
    for (const Spot& host : tls["hosts"].items()) check_host(host);
  }
}

void check_network_policy(const Spot& object, int) {
  const Spot spec = object["spec"];
  check_selector(spec["podSelector"]);
  for (const Spot& type : spec["policyTypes"].items()) {
    if (!type.is("Ingress") && !type.is("Egress")) type.must("must be Egress or Ingress");
  }
  for (const char* const way : {"ingress", "egress"}) {
    for (const Spot& rule : spec[way].items()) {
      check_peers(rule[std::string_view(way) == "ingress" ? "from" : "to"]);
      for (const Spot& port : rule["ports"].items()) {
        if (port["port"].number()) {
          port["port"].must_be_between(1, kMaxPort);
        } else {
          port["port"].text_must(check_port_name);
        }
      }
    }
  }
}

}  // namespace kfctl
