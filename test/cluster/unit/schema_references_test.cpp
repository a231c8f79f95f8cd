#include <doctest/doctest.h>

#include "base/yaml.h"
#include "cluster/schema/references.h"

using namespace kfctl;

namespace {

std::string problems(const std::string& yaml, bool strict = false) {
  const Result<std::vector<Json>> objects = parse_yaml_stream(yaml, "test");
  REQUIRE_MESSAGE(objects.ok(), (objects.ok() ? "" : objects.error().to_text()));
  std::vector<Problem> found;
  check_references(objects.value(), strict, found);
  std::string text;
  for (const Problem& problem : found) {
    text += problem.severity == Severity::kError ? "E " : "W ";
    text += problem.object.text() + " " + problem.path + ": " + problem.message;
    if (!problem.hint.empty()) text += " (" + problem.hint + ")";
    text += "\n";
  }
  return text;
}

// A pod with this in its spec, and others below it.
std::string pod(const std::string& spec, const std::string& others = "") {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n  " + spec +
         "\n---\n" + others;
}

std::string from_env(const std::string& source) {
  return "containers: [{name: c, ports: [{name: http}], env: [{name: A, valueFrom: " + source +
         "}]}]";
}

constexpr const char* kConfig =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {mode: fast}\n---\n";
constexpr const char* kEmptySecret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\n";

std::string service(const std::string& spec) {
  return "apiVersion: v1\nkind: Service\nmetadata: {name: svc}\nspec: " + spec + "\n---\n";
}

}  // namespace

TEST_CASE("a name that is not in the set is a warning, and an error if nothing else exists") {
  const std::string claim = pod("volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]");
  CHECK(problems(claim) ==
        "W Pod/p spec.volumes[0].persistentVolumeClaim.claimName: PersistentVolumeClaim/data is "
        "not among the objects (it has to be on the cluster already)\n");
  CHECK(problems(claim, true).starts_with("E Pod/p"));
  CHECK(problems(pod("serviceAccountName: trainer")).find("ServiceAccount/trainer is not") !=
        std::string::npos);
  CHECK(problems(pod("serviceAccountName: default")) == "");
  CHECK(problems(pod("imagePullSecrets: [{name: pull}]")).find("Secret/pull is not") !=
        std::string::npos);
  CHECK(problems(pod("volumes: [{name: v, configMap: {name: confg}}]", kConfig)) ==
        "W Pod/p spec.volumes[0].configMap.name: ConfigMap/confg is not among the objects (did you "
        "mean 'config'?)\n");
}

TEST_CASE("another namespace's object is not meant") {
  CHECK(problems(pod(
            "volumes: [{name: v, configMap: {name: config}}]",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: b}\n")) != "");
}

TEST_CASE("a key that a ConfigMap of the set lacks is an error") {
  CHECK(problems(pod(from_env("{configMapKeyRef: {name: config, key: mode}}"), kConfig)) == "");
  CHECK(problems(pod(from_env("{configMapKeyRef: {name: config, key: mod}}"), kConfig)) ==
        "E Pod/p spec.containers[0].env[0].valueFrom.configMapKeyRef.key: ConfigMap/config has no "
        "key 'mod' (did you mean 'mode'?)\n");
  CHECK(problems(pod(from_env("{configMapKeyRef: {name: config, key: mod, optional: true}}"),
                     kConfig)) == "");
  CHECK(problems(pod(from_env("{configMapKeyRef: {name: none, key: a, optional: true}}"))) == "");
  CHECK(problems(pod("volumes: [{name: v, configMap: {name: config, items: [{key: x, path: x}]}}]",
                     kConfig))
            .starts_with("E Pod/p spec.volumes[0].configMap.items[0].key: ConfigMap/config has no "
                         "key 'x'"));
}

TEST_CASE("a Secret without any key is filled by someone else") {
  const std::string wanted = from_env("{secretKeyRef: {name: s, key: password}}");
  CHECK(problems(pod(wanted, kEmptySecret)) == "");
  CHECK(problems(
            pod(wanted, std::string(kEmptySecret).substr(0, 48) + "\nstringData: {user: ada}\n")) ==
        "W Pod/p spec.containers[0].env[0].valueFrom.secretKeyRef.key: Secret/s has no key "
        "'password' (it has user)\n");
}

TEST_CASE("a Service selects pods of the set, and their port by its name") {
  const std::string web = pod(from_env("{fieldRef: {fieldPath: metadata.name}}"));
  CHECK(problems(web + service("{selector: {app: p}, ports: [{port: 80, targetPort: http}]}")) ==
        "");
  CHECK(problems(web + service("{selector: {app: q}, ports: [{port: 80}]}")) ==
        "W Service/svc spec.selector: selects no pods of these objects (compare it with the labels "
        "of the pods' template)\n");
  CHECK(problems(web + service("{selector: {app: p}, ports: [{port: 80, targetPort: htp}]}")) ==
        "W Service/svc spec.ports[0].targetPort: no container of its pods has a port called 'htp' "
        "(did you mean 'http'?)\n");
  CHECK(problems(service("{ports: [{port: 80}]}")) == "");
}

TEST_CASE("the pods of a custom resource count") {
  CHECK(problems("apiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata: {name: j}\nspec:\n"
                 "  tfReplicaSpecs:\n    Worker:\n      template:\n"
                 "        spec: {containers: [], serviceAccountName: trainer}\n")
            .starts_with("W TFJob/j spec.tfReplicaSpecs.Worker.template.spec.serviceAccountName: "
                         "ServiceAccount/trainer is not among"));
}

TEST_CASE("an Ingress finds its Service and the port") {
  const auto ingress = [](const std::string& port) {
    return "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n"
           "spec: {defaultBackend: {service: {name: svc, port: {" +
           port + "}}}}\n---\n";
  };
  const std::string svc = service("{ports: [{name: http, port: 80}]}");
  CHECK(problems(ingress("number: 80") + svc) == "");
  CHECK(problems(ingress("name: http") + svc) == "");
  CHECK(problems(ingress("number: 81") + svc) ==
        "W Ingress/i spec.defaultBackend.service.port.number: Service/svc has no such port\n");
  CHECK(problems(ingress("number: 80")).find("Service/svc is not among") != std::string::npos);
}

TEST_CASE("a binding finds its role and its accounts") {
  const auto binding = [](const std::string& kind, const std::string& role) {
    return "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, "
           "namespace: n}\nroleRef: {kind: " +
           kind + ", name: " + role +
           "}\nsubjects: [{kind: ServiceAccount, name: a}]\n---\n"
           "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: n}\n---\n";
  };
  CHECK(problems(binding("ClusterRole", "view")) == "");
  CHECK(problems(binding("ClusterRole", "system:auth-delegator")) == "");
  CHECK(problems(binding("ClusterRole", "own")).find("ClusterRole/own is not") !=
        std::string::npos);
  CHECK(problems(binding("Role", "own")).find("Role/own is not") != std::string::npos);
}
