#include "cluster/needs.h"

#include <set>

#include <doctest/doctest.h>

#include "cluster/schedule.h"
#include "test/cluster/unit/planned.h"

using namespace kfctl;

namespace {

// One line of YAML for an object: of("v1", "ConfigMap", "ns", "a", "data: {}").
std::string of(const std::string& api_version, const std::string& kind, const std::string& ns,
               const std::string& name, const std::string& rest = "") {
  std::string meta = "name: " + name;
  if (!ns.empty()) meta += ", namespace: " + ns;
  return "---\n{apiVersion: " + api_version + ", kind: " + kind + ", metadata: {" + meta + "}" +
         (rest.empty() ? "" : ", " + rest) + "}\n";
}

std::string workload(const std::string& name, const std::string& pod_spec = "",
                     const std::string& kind = "Deployment") {
  return of("apps/v1", kind, "ns", name,
            "spec: {template: {metadata: {labels: {app: " + name +
                "}}, spec: {containers: [{name: c, image: i}]" +
                (pod_spec.empty() ? "" : ", " + pod_spec) + "}}}");
}

std::string annotated(const std::string& kind, const std::string& name, const std::string& list) {
  return "---\n{apiVersion: v1, kind: " + kind + ", metadata: {namespace: ns, name: " + name +
         ", annotations: {kfctl.io/depends-on: '" + list + "'}}}\n";
}

std::string gate_word(Gate gate) {
  switch (gate) {
    case Gate::kTried:
      return "tried";
    case Gate::kApplied:
      return "applied";
    case Gate::kServed:
      return "served";
    default:
      return "ready";
  }
}

// Everything that `name` needs, through milestones: "a applied, b ready".
std::string needs_of(const std::vector<PlannedObject>& objects, const Graph& graph,
                     const std::string& name) {
  std::set<std::string> out;
  for (size_t i = 0; i < objects.size(); ++i) {
    if (objects[i].id.name != name) continue;
    std::vector<Need> work = graph.needs(i);
    while (!work.empty()) {
      const Need need = work.back();
      work.pop_back();
      if (need.node < objects.size()) {
        out.insert(objects[need.node].id.text() + " " + gate_word(need.gate));
        continue;
      }
      for (Need inner : graph.needs(need.node)) {
        inner.gate = std::min(inner.gate, need.gate);
        work.push_back(inner);
      }
    }
  }
  return join({out.begin(), out.end()}, ", ");
}

std::string needs(const std::string& yaml, const std::string& name, NeedsOptions options = {}) {
  const std::vector<PlannedObject> objects = planned(yaml);
  const Result<Graph> graph = apply_graph(objects, options);
  REQUIRE_MESSAGE(graph.ok(), (graph.ok() ? "" : graph.error().to_text()));
  return needs_of(objects, graph.value(), name);
}

// In which steps the objects go if each is done at once: "a b | c".
std::string steps(const std::vector<PlannedObject>& objects, const Graph& graph) {
  Schedule schedule(graph);
  std::string out;
  for (;;) {
    const std::vector<size_t> step = schedule.take_startable();
    if (step.empty()) return out;
    if (!out.empty()) out += " |";
    for (const size_t i : step) out += (out.empty() ? "" : " ") + objects[i].id.name;
    for (const size_t i : step) schedule.reach(i, Gate::kReady);
  }
}

std::string removal_steps(const std::string& yaml) {
  const std::vector<PlannedObject> objects = planned(yaml);
  return steps(objects, removal_graph(objects));
}

Error error_of(const std::string& yaml) {
  const Result<Graph> graph = apply_graph(planned(yaml), {});
  REQUIRE_FALSE(graph.ok());
  return graph.error();
}

const std::string kHookService = of("v1", "Service", "ns", "hook", "spec: {selector: {app: op}}");
const std::string kHook =
    of("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "mutate",
       "webhooks: [{clientConfig: {service: {namespace: ns, name: hook}}, rules: [{apiGroups: "
       "[g.org], resources: [jobs]}]}]");
const std::string kDefinition = of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "",
                                   "jobs.g.org", "spec: {group: g.org}");
const std::string kCustom = of("g.org/v1", "Job", "ns", "mine", "spec: {}");

}  // namespace

TEST_CASE("what lives in a namespace needs it, others do not") {
  const std::string yaml = of("v1", "Namespace", "", "ns") + of("v1", "ConfigMap", "ns", "a") +
                           of("v1", "ConfigMap", "other", "b");
  CHECK(needs(yaml, "a") == "Namespace/ns applied");
  CHECK(needs(yaml, "b") == "");
}

TEST_CASE("custom resources need their definition served, not that of another group") {
  CHECK(needs(kDefinition + kCustom, "mine") == "CustomResourceDefinition/jobs.g.org served");
  CHECK(needs(kDefinition + of("batch/v1", "Job", "ns", "mine"), "mine") == "");
}

TEST_CASE("a conversion webhook's workload is ready before the objects that it converts") {
  const std::string definition =
      of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "jobs.g.org",
         "spec: {conversion: {strategy: Webhook, webhook: {clientConfig: {service: {namespace: ns, "
         "name: hook}}}}}");
  CHECK(needs(definition + kCustom + kHookService + workload("op"), "mine") ==
        "CustomResourceDefinition/jobs.g.org served, Deployment/op ready, Service/hook applied");
}

TEST_CASE("pods need what they name, in every form of naming") {
  const std::string yaml =
      of("v1", "ConfigMap", "ns", "env") + of("v1", "ConfigMap", "ns", "volume") +
      of("v1", "ConfigMap", "ns", "projected") + of("v1", "ConfigMap", "ns", "maybe") +
      of("v1", "ConfigMap", "ns", "unnamed") + of("v1", "Secret", "ns", "init") +
      of("v1", "Secret", "ns", "pull") + of("v1", "Secret", "other", "init") +
      of("v1", "PersistentVolumeClaim", "ns", "claim") +
      of("scheduling.k8s.io/v1", "PriorityClass", "", "high") +
      of("node.k8s.io/v1", "RuntimeClass", "", "gvisor") +
      workload("web",
               "priorityClassName: high, runtimeClassName: gvisor, imagePullSecrets: [{name: "
               "pull}], volumes: [{configMap: {name: volume}}, {persistentVolumeClaim: {claimName: "
               "claim}}, {projected: {sources: [{configMap: {name: projected}}]}}, {configMap: "
               "{name: maybe, optional: true}}], initContainers: [{env: [{valueFrom: "
               "{secretKeyRef: {name: init, key: k}}}], envFrom: [{configMapRef: {name: env}}]}]");
  CHECK(
      needs(yaml, "web") ==
      "ConfigMap/env applied, ConfigMap/maybe tried, ConfigMap/projected applied, "
      "ConfigMap/volume applied, PersistentVolumeClaim/claim applied, PriorityClass/high applied, "
      "RuntimeClass/gvisor applied, Secret/init applied, Secret/pull tried");
}

TEST_CASE("templates inside custom resources are pods too, those in definitions are not") {
  const std::string job =
      of("kubeflow.org/v1", "TFJob", "ns", "train",
         "spec: {tfReplicaSpecs: {Worker: {template: {spec: {containers: [{envFrom: [{secretRef: "
         "{name: s}}]}]}}}}}");
  CHECK(needs(of("v1", "Secret", "ns", "s") + job, "train") == "Secret/s applied");
  const std::string definition =
      of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "x.g.org",
         "spec: {containers: [{envFrom: [{secretRef: {name: s}}]}]}");
  CHECK(needs(of("v1", "Secret", "", "s") + definition, "x.g.org") == "");
}

TEST_CASE("a service account and what binds it come before its pods, the role before its binding") {
  const std::string rbac = "rbac.authorization.k8s.io/v1";
  const std::string yaml =
      of("v1", "ServiceAccount", "ns", "robot") + of(rbac, "ClusterRole", "", "reader") +
      of(rbac, "Role", "ns", "writer") +
      of(rbac, "RoleBinding", "ns", "binds",
         "roleRef: {kind: Role, name: writer}, subjects: [{kind: ServiceAccount, name: robot}]") +
      of(rbac, "ClusterRoleBinding", "", "reads",
         "roleRef: {kind: ClusterRole, name: reader}, subjects: [{kind: ServiceAccount, namespace: "
         "ns, name: robot}]") +
      of(rbac, "RoleBinding", "ns", "stranger",
         "roleRef: {kind: Role, name: writer}, subjects: [{kind: User, name: robot}]") +
      workload("web", "serviceAccountName: robot");
  CHECK(needs(yaml, "binds") == "Role/writer applied");
  CHECK(needs(yaml, "reads") == "ClusterRole/reader applied");
  CHECK(
      needs(yaml, "web") ==
      "ClusterRoleBinding/reads applied, RoleBinding/binds applied, ServiceAccount/robot applied");
}

TEST_CASE("policies of the namespace bind its pods, services only come first") {
  const std::string yaml =
      of("networking.k8s.io/v1", "NetworkPolicy", "ns", "deny") +
      of("v1", "ResourceQuota", "ns", "quota") + of("v1", "ResourceQuota", "other", "theirs") +
      of("v1", "Service", "ns", "front") + workload("web") + of("v1", "ConfigMap", "ns", "free");
  CHECK(needs(yaml, "web") ==
        "NetworkPolicy/deny applied, ResourceQuota/quota applied, Service/front tried");
  CHECK(needs(yaml, "free") == "");
}

TEST_CASE("claims need their class and volume") {
  const std::string yaml =
      of("storage.k8s.io/v1", "StorageClass", "", "fast") +
      of("v1", "PersistentVolume", "", "disk", "spec: {storageClassName: fast}") +
      of("v1", "PersistentVolumeClaim", "ns", "claim",
         "spec: {storageClassName: fast, volumeName: disk}") +
      of("apps/v1", "StatefulSet", "ns", "db",
         "spec: {volumeClaimTemplates: [{spec: {storageClassName: fast}}]}");
  CHECK(needs(yaml, "disk") == "StorageClass/fast applied");
  CHECK(needs(yaml, "claim") == "PersistentVolume/disk applied, StorageClass/fast applied");
  CHECK(needs(yaml, "db") == "StorageClass/fast applied");
}

TEST_CASE("webhooks wait for the workload behind their service, and custom resources for them") {
  const std::string yaml = kDefinition + kHookService + workload("op") + workload("web") + kHook +
                           kCustom + of("g.org/v1", "Other", "ns", "other");
  CHECK(needs(yaml, "mutate") ==
        "CustomResourceDefinition/jobs.g.org tried, Deployment/op ready, Deployment/op tried, "
        "Deployment/web tried, Service/hook applied, Service/hook tried");
  CHECK(needs(yaml, "mine") ==
        "CustomResourceDefinition/jobs.g.org served, MutatingWebhookConfiguration/mutate tried");
  CHECK(needs(yaml, "other") == "");

  NeedsOptions there;
  there.exists = [](size_t) { return true; };
  CHECK(needs(kHookService + workload("op") + kHook, "mutate", there).find("ready") ==
        std::string::npos);
}

TEST_CASE("an API service waits for its workload") {
  const std::string service = of("apiregistration.k8s.io/v1", "APIService", "", "v1.m.org",
                                 "spec: {service: {namespace: ns, name: hook}}");
  CHECK(needs(kHookService + workload("op") + service, "v1.m.org") ==
        "Deployment/op ready, Service/hook applied");
}

TEST_CASE("depends-on waits until the other is ready") {
  CHECK(needs(workload("db") + annotated("ConfigMap", "late", "Deployment/db"), "late") ==
        "Deployment/db ready");
}

TEST_CASE("a depends-on that names no object says which there are, unless only some were given") {
  const std::string yaml =
      workload("database") + annotated("ConfigMap", "late", "Deployment/databose");
  const Error error = error_of(yaml);
  CHECK(error.kind == ErrorKind::kProject);
  CHECK(error.message ==
        "ConfigMap/late in namespace ns depends on 'Deployment/databose', which "
        "is not among the objects");
  CHECK(error.hint == "did you mean 'database'?");
  NeedsOptions partial;
  partial.partial = true;
  CHECK(needs(yaml, "late", partial) == "");
}

TEST_CASE("a cycle is an error that names its objects") {
  CHECK(error_of(annotated("ConfigMap", "a", "ConfigMap/b") +
                 annotated("ConfigMap", "b", "ConfigMap/c") +
                 annotated("ConfigMap", "c", "ConfigMap/a"))
            .message ==
        "these objects wait for each other: ConfigMap/a in namespace ns needs ConfigMap/b in "
        "namespace ns, which needs ConfigMap/c in namespace ns, which needs ConfigMap/a in "
        "namespace ns");
  CHECK(error_of(annotated("ConfigMap", "a", "ConfigMap/a")).message ==
        "ConfigMap/a in namespace ns depends on itself");
  // One half of it is a rule: the pod reads the map that waits for it.
  CHECK(error_of(workload("web", "volumes: [{configMap: {name: a}}]") +
                 annotated("ConfigMap", "a", "Deployment/web"))
            .message.find("Deployment.apps/web in namespace ns needs ConfigMap/a in namespace ns, "
                          "which needs") != std::string::npos);
}

TEST_CASE("order that is only taste gives way to what a person asked for") {
  // The map waits for an object that waits for the webhook, which by taste comes after all maps.
  const std::string yaml = kDefinition + kCustom + kHookService + workload("op") + kHook +
                           annotated("ConfigMap", "late", "Job/mine");
  CHECK(needs(yaml, "late") == "Job/mine ready");
}

TEST_CASE("independent objects go at once") {
  const std::vector<PlannedObject> objects =
      planned(of("v1", "Namespace", "", "ns") + kDefinition + of("v1", "ConfigMap", "ns", "c") +
              of("v1", "ConfigMap", "ns", "d") +
              workload("w", "volumes: [{configMap: {name: c}}]") + workload("x") + kCustom);
  CHECK(steps(objects, apply_graph(objects, {}).value()) == "ns jobs.g.org | c d x mine | w");
}

TEST_CASE("deletion goes backwards, custom resources before the workloads that end them") {
  CHECK(removal_steps(of("v1", "Namespace", "", "ns") + kDefinition +
                      of("v1", "Secret", "ns", "s") +
                      workload("op", "volumes: [{secret: {secretName: s}}]") + kCustom) ==
        "mine | jobs.g.org op | s | ns");
}

TEST_CASE("of what is known by name alone, workloads go before what pods could name") {
  CHECK(removal_steps(of("v1", "ConfigMap", "ns", "c") + of("v1", "ServiceAccount", "ns", "a") +
                      of("apps/v1", "Deployment", "ns", "web")) == "web | c a");
}

TEST_CASE("a cycle keeps nothing from being deleted") {
  CHECK(removal_steps(annotated("ConfigMap", "a", "ConfigMap/b") +
                      annotated("ConfigMap", "b", "ConfigMap/a")) == "a b");
  CHECK(removal_steps(annotated("ConfigMap", "a", "rubbish")) == "a");
}

// 2,000 objects of which each pod needs each service of its namespace: not a million edges.
TEST_CASE("the graph grows with the objects, not with their pairs") {
  std::string yaml;
  for (int i = 0; i < 1000; ++i) {
    yaml += of("v1", "Service", "ns", "s" + std::to_string(i));
    yaml += workload("w" + std::to_string(i));
  }
  const std::vector<PlannedObject> objects = planned(yaml);
  const Graph graph = apply_graph(objects, {}).value();
  size_t edges = 0;
  for (size_t node = 0; node < graph.nodes(); ++node) edges += graph.needs(node).size();
  CHECK(edges < 3 * objects.size());
}
