#include "cluster/needs.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/text.h"
#include "cluster/depends_on.h"
#include "cluster/pods.h"

namespace kfctl {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::string_view kAdmission = "admissionregistration.k8s.io";
constexpr std::string_view kStorage = "storage.k8s.io";

const Json::Array& list_at(const Json& object, std::initializer_list<std::string_view> path) {
  static const Json::Array kNone;
  const Json* const list = object.at(path);
  return list != nullptr && list->is_array() ? list->items() : kNone;
}

bool is_binding(const ObjectId& id) {
  return id.group() == kRbac && (id.kind == "RoleBinding" || id.kind == "ClusterRoleBinding");
}

bool is_webhooks(const ObjectId& id) {
  return id.group() == kAdmission &&
         (id.kind == "MutatingWebhookConfiguration" || id.kind == "ValidatingWebhookConfiguration");
}

// A pod that starts before them is not bound by them.
bool is_policy(const ObjectId& id) {
  return id.kind == "NetworkPolicy" ||
         (id.group().empty() && (id.kind == "ResourceQuota" || id.kind == "LimitRange"));
}

std::string cycle_text(const std::vector<size_t>& cycle,
                       const std::vector<PlannedObject>& objects) {
  std::vector<std::string> names;
  for (const size_t node : cycle) {
    if (node < objects.size()) names.push_back(objects[node].id.full_text());
  }
  std::string text = names.empty() ? "" : names[0];
  for (size_t i = 1; i <= names.size(); ++i) {
    text += (i == 1 ? " needs " : ", which needs ") + names[i % names.size()];
  }
  return text;
}

class Rules {
 public:
  Rules(const std::vector<PlannedObject>& objects, const NeedsOptions& options)
      : objects_(objects), options_(options), graph_(objects.size()) {
    for (size_t i = 0; i < objects.size(); ++i) {
      const ObjectId& id = objects[i].id;
      by_id_.emplace(Key(id.group(), id.kind, id.namespace_, id.name), i);
      if (is_definition(id)) definitions_.emplace(id.name, i);
      pods_.push_back(pod_templates(objects[i].object));
      if (!pods_.back().empty()) with_pods_[id.namespace_].push_back(i);
    }
    for (size_t i = 0; i < objects.size(); ++i) {
      if (is_binding(objects[i].id)) note_subjects(i);
    }
  }

  /// What has to be so. Without the order of taste that add_order makes.
  Status add_needs() {
    for (size_t i = 0; i < objects_.size(); ++i) {
      if (const auto space = find("", "Namespace", "", objects_[i].id.namespace_)) {
        graph_.add(i, *space, Gate::kApplied);
      }
      add_definition(i);
      for (const PodTemplate& pod : pods_[i]) add_pod(i, *pod.spec);
      add_by_kind(i);
      KF_DO(add_depends_on(i));
    }
    add_namespace_milestones();
    return Ok{};
  }

  /// Webhooks and policies after what they could refuse, and before what they are meant for.
  void add_order() {
    const size_t built_in = graph_.add_milestone();
    for (size_t i = 0; i < objects_.size(); ++i) {
      const ObjectId& id = objects_[i].id;
      if (id.group() == kAdmission) {
        graph_.add(i, built_in, Gate::kTried);
        if (is_webhooks(id)) add_intercepted(i);
      } else if (!is_custom(id)) {
        graph_.add(built_in, i, Gate::kTried);
      }
    }
  }

  Graph take() { return std::move(graph_); }
  const Graph& graph() const { return graph_; }

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;

  std::optional<size_t> find(std::string_view group, std::string_view kind, std::string_view space,
                             std::string_view name) const {
    if (name.empty()) return std::nullopt;
    const auto it = by_id_.find(
        Key(std::string(group), std::string(kind), std::string(space), std::string(name)));
    return it == by_id_.end() ? std::nullopt : std::optional(it->second);
  }

  void need(size_t i, std::optional<size_t> other, Gate gate = Gate::kApplied) {
    if (other) graph_.add(i, *other, gate);
  }

  // ---- custom resources

  void add_definition(size_t i) {
    const PlannedObject& object = objects_[i];
    const auto it =
        definitions_.find(object.resource.resource + "." + std::string(object.id.group()));
    if (it == definitions_.end()) return;
    graph_.add(i, it->second, Gate::kServed);
    const Json* const service = objects_[it->second].object.at(
        {"spec", "conversion", "webhook", "clientConfig", "service"});
    if (service != nullptr) add_service_workloads(i, *service);
  }

  // ---- pods

  void add_pod(size_t i, const Json& spec) {
    const std::string& space = objects_[i].id.namespace_;
    for (const PodReference& one : pod_references(spec)) {
      const Gate gate = one.optional ? Gate::kTried : Gate::kApplied;
      if (one.kind == "PriorityClass") {
        need(i, find("scheduling.k8s.io", one.kind, "", one.name), gate);
      } else if (one.kind == "RuntimeClass") {
        need(i, find("node.k8s.io", one.kind, "", one.name), gate);
      } else {
        need(i, find("", one.kind, space, one.name), gate);
      }
      if (one.kind != "ServiceAccount") continue;
      const auto bindings = bindings_.find({space, std::string(one.name)});
      if (bindings == bindings_.end()) continue;
      for (const size_t binding : bindings->second) graph_.add(i, binding, Gate::kApplied);
    }
  }

  void note_subjects(size_t i) {
    for (const Json& subject : list_at(objects_[i].object, {"subjects"})) {
      if (subject.string_at({"kind"}) != "ServiceAccount") continue;
      const std::string_view space = subject.string_at({"namespace"}, objects_[i].id.namespace_);
      bindings_[{std::string(space), std::string(subject.string_at({"name"}))}].push_back(i);
    }
  }

  // Services and policies of a namespace, then its pods.
  void add_namespace_milestones() {
    std::map<std::string, size_t> milestones;
    for (const auto& [space, workloads] : with_pods_) {
      const size_t milestone = graph_.add_milestone();
      milestones.emplace(space, milestone);
      for (const size_t i : workloads) graph_.add(i, milestone, Gate::kApplied);
    }
    for (size_t i = 0; i < objects_.size(); ++i) {
      const ObjectId& id = objects_[i].id;
      const auto it = milestones.find(id.namespace_);
      if (it == milestones.end()) continue;
      if (is_policy(id)) graph_.add(it->second, i, Gate::kApplied);
      if (id.kind == "Service" && id.group().empty()) graph_.add(it->second, i, Gate::kTried);
    }
  }

  // ---- the other kinds

  void add_by_kind(size_t i) {
    const ObjectId& id = objects_[i].id;
    const Json& object = objects_[i].object;
    if (is_binding(id)) {
      const std::string_view kind = object.string_at({"roleRef", "kind"});
      need(i, find(kRbac, kind, kind == "Role" ? id.namespace_ : "",
                   object.string_at({"roleRef", "name"})));
    } else if (is_webhooks(id)) {
      for (const Json& hook : list_at(object, {"webhooks"})) {
        if (const Json* const service = hook.at({"clientConfig", "service"})) {
          add_service_workloads(i, *service);
        }
      }
    } else if (id.kind == "APIService") {
      if (const Json* const service = object.at({"spec", "service"})) {
        add_service_workloads(i, *service);
      }
    } else if (id.kind == "ValidatingAdmissionPolicyBinding") {
      need(i, find(kAdmission, "ValidatingAdmissionPolicy", "",
                   object.string_at({"spec", "policyName"})));
    } else if (id.kind == "Ingress") {
      need(i, find("networking.k8s.io", "IngressClass", "",
                   object.string_at({"spec", "ingressClassName"})));
    } else {
      add_storage(i);
    }
  }

  void add_storage(size_t i) {
    const Json& object = objects_[i].object;
    const auto add_claim = [&](const Json& claim) {
      need(i, find(kStorage, "StorageClass", "", claim.string_at({"spec", "storageClassName"})));
      need(i, find("", "PersistentVolume", "", claim.string_at({"spec", "volumeName"})));
    };
    const std::string& kind = objects_[i].id.kind;
    if (kind == "PersistentVolumeClaim" || kind == "PersistentVolume") add_claim(object);
    for (const Json& claim : list_at(object, {"spec", "volumeClaimTemplates"})) add_claim(claim);
  }

  // `service` is {namespace, name}: the pods that it selects have to answer.
  void add_service_workloads(size_t i, const Json& service) {
    const std::string space(service.string_at({"namespace"}));
    const std::optional<size_t> found = find("", "Service", space, service.string_at({"name"}));
    if (!found) return;
    graph_.add(i, *found, Gate::kApplied);
    const Json* const selector = objects_[*found].object.at({"spec", "selector"});
    const auto workloads = with_pods_.find(space);
    if (selector == nullptr || workloads == with_pods_.end()) return;
    const Gate gate = options_.exists(i) ? Gate::kApplied : Gate::kReady;
    for (const size_t workload : workloads->second) {
      if (!makes_pods(objects_[workload].id)) continue;
      for (const PodTemplate& pod : pods_[workload]) {
        if (has_labels(*selector, pod.labels)) graph_.add(i, workload, gate);
      }
    }
  }

  void add_intercepted(size_t i) {
    std::vector<std::pair<std::string, std::string>> kinds;  // group and resource
    for (const Json& hook : list_at(objects_[i].object, {"webhooks"})) {
      for (const Json& rule : list_at(hook, {"rules"})) {
        for (const Json& group : list_at(rule, {"apiGroups"})) {
          for (const Json& resource : list_at(rule, {"resources"})) {
            if (!group.is_string() || !resource.is_string()) continue;
            kinds.emplace_back(group.as_string(), resource.as_string());
          }
        }
      }
    }
    for (size_t j = 0; j < objects_.size(); ++j) {
      const ObjectId& id = objects_[j].id;
      if (!is_custom(id)) continue;
      const bool named = std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) {
        return kind.first == id.group() &&
               (kind.second == "*" || kind.second == objects_[j].resource.resource);
      });
      if (named) graph_.add(j, i, Gate::kTried);
    }
  }

  // ---- what a person asked for

  Status add_depends_on(size_t i) {
    KF_TRY(const std::vector<Dependency> wanted, depends_on(objects_[i].object));
    for (const Dependency& one : wanted) {
      bool any = false;
      for (size_t j = 0; j < objects_.size(); ++j) {
        if (!one.is(objects_[j].id, objects_[i].id)) continue;
        any = true;
        if (i == j) {
          return project_error(objects_[i].id.full_text() + " depends on itself",
                               "take it out of its depends-on annotation");
        }
        graph_.add(i, j, Gate::kReady);
      }
      if (!any && !options_.partial) return not_among(i, one);
    }
    return Ok{};
  }

  Error not_among(size_t i, const Dependency& dependency) const {
    std::vector<std::string> names;
    for (const PlannedObject& object : objects_) {
      if (object.id.kind == dependency.kind) names.push_back(object.id.name);
    }
    return project_error(objects_[i].id.full_text() + " depends on '" + dependency.text +
                             "', which is not among the objects",
                         did_you_mean(dependency.name, names,
                                      "only objects of the same environment can be waited for"));
  }

  const std::vector<PlannedObject>& objects_;
  const NeedsOptions& options_;
  Graph graph_;
  std::map<Key, size_t> by_id_;
  std::map<std::string, size_t> definitions_;  // by name, which is RESOURCE.GROUP
  std::vector<std::vector<PodTemplate>> pods_;
  std::map<std::string, std::vector<size_t>> with_pods_;  // by namespace
  // The bindings of a service account: namespace and name.
  std::map<std::pair<std::string, std::string>, std::vector<size_t>> bindings_;
};

// Everything that pods can name or be let do, for workloads whose text is not known.
bool serves_pods(const ObjectId& id) {
  if (id.group() == kRbac || is_policy(id)) return true;
  return id.group().empty() &&
         (id.kind == "ConfigMap" || id.kind == "Secret" || id.kind == "ServiceAccount" ||
          id.kind == "Service" || id.kind == "PersistentVolumeClaim");
}

// In terms of apply, as the graph is reversed afterwards.
void add_removal_order(const std::vector<PlannedObject>& objects, Graph& graph) {
  const size_t workloads = graph.add_milestone();
  const size_t served = graph.add_milestone();
  for (size_t i = 0; i < objects.size(); ++i) {
    const ObjectId& id = objects[i].id;
    if (is_custom(id)) graph.add(i, workloads, Gate::kApplied);
    if (makes_pods(id)) {
      graph.add(workloads, i, Gate::kApplied);
      if (objects[i].object.find("spec") == nullptr) graph.add(i, served, Gate::kApplied);
    }
    if (serves_pods(id)) graph.add(served, i, Gate::kApplied);
  }
}

// Nothing if what depends-on says cannot be read or goes round in a circle.
std::optional<Graph> try_removal_graph(const std::vector<PlannedObject>& objects) {
  NeedsOptions options;
  options.partial = true;
  Rules rules(objects, options);
  if (!rules.add_needs().ok() || !rules.graph().find_cycle().empty()) return std::nullopt;
  Graph strict = rules.graph();
  rules.add_order();
  Graph ordered = rules.take();
  add_removal_order(objects, ordered);
  return (ordered.find_cycle().empty() ? ordered : strict).reversed();
}

}  // namespace

Result<Graph> apply_graph(const std::vector<PlannedObject>& objects, const NeedsOptions& options) {
  Rules rules(objects, options);
  KF_DO(rules.add_needs());
  if (const std::vector<size_t> cycle = rules.graph().find_cycle(); !cycle.empty()) {
    return project_error("these objects wait for each other: " + cycle_text(cycle, objects),
                         "take one of the steps out: see the annotations " +
                             std::string(kDependsOn) + " and " + std::string(kStandardDependsOn));
  }
  Graph strict = rules.graph();
  rules.add_order();
  Graph ordered = rules.take();
  return ordered.find_cycle().empty() ? ordered : strict;
}

Graph removal_graph(const std::vector<PlannedObject>& objects) {
  if (std::optional<Graph> graph = try_removal_graph(objects)) return std::move(*graph);
  std::vector<PlannedObject> plain = objects;
  for (PlannedObject& one : plain) {
    if (Json* const metadata = one.object.find("metadata")) metadata->erase("annotations");
  }
  return try_removal_graph(plain).value_or(Graph(objects.size()));
}

}  // namespace kfctl
