// Webhooks that start late, fail, deny and never come: the proxy is the webhook, and its rules
// befall the API server's calls to it. The session speaks to the API server directly.
#include <thread>

#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

class WebhookTest : public LiveTest {
 public:
  WebhookTest() {
    group = ns + ".example.org";
    control("/reset", "POST");
    how.ready_timeout_ms = 60'000;
  }

  ~WebhookTest() {
    control("/reset", "POST");
    kubectl({"delete", "validatingwebhookconfiguration", ns, "--ignore-not-found"});
    kubectl({"delete", "crd", "things." + group, "--ignore-not-found", "--wait=false"});
  }

  /// A definition with versions v1 (stored) and v2, and conversion by the webhook if asked.
  Json definition(bool converts = false) const {
    const std::string version = R"({served: true, schema: {openAPIV3Schema: {type: object,
        x-kubernetes-preserve-unknown-fields: true}}, )";
    Json out = objects(
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: "
        "{name: things." +
        group + "}, spec: {group: " + group +
        ", scope: Namespaced, names: {kind: Thing, plural: things}, versions: [" + version +
        "name: v1, storage: true}, " + version + "name: v2, storage: false}]}}")[0];
    if (!converts) return out;
    out["spec"]["conversion"] =
        Json::object({{"strategy", "Webhook"},
                      {"webhook", Json::object({{"clientConfig", client_config("convert")},
                                                {"conversionReviewVersions", versions()}})}});
    return out;
  }

  Json webhook(const std::string& what) const {
    Json rules = parse_json(R"([{"apiVersions":["*"],"operations":["CREATE","UPDATE"],)"
                            R"("resources":["things"],"scope":"*"}])",
                            "rules")
                     .value();
    rules.items()[0]["apiGroups"].push_back(group);
    const Json hook = Json::object({{"name", "check." + group},
                                    {"admissionReviewVersions", versions()},
                                    {"sideEffects", "None"},
                                    {"failurePolicy", "Fail"},
                                    {"timeoutSeconds", 2},
                                    {"clientConfig", client_config(what)},
                                    {"rules", rules}});
    Json out = Json::object({{"apiVersion", "admissionregistration.k8s.io/v1"},
                             {"kind", "ValidatingWebhookConfiguration"},
                             {"metadata", Json::object({{"name", ns}})}});
    out["webhooks"].push_back(hook);
    return out;
  }

  Json thing(const std::string& version = "v1") const {
    return objects("{apiVersion: " + group + "/" + version +
                   ", kind: Thing, metadata: {name: a}, spec: {size: 1}}")[0];
  }

  /// What befalls the webhook until the time is over.
  std::thread later_well(const std::string& fault, int after_ms) {
    rule(fault);
    return std::thread([this, after_ms] {
      std::this_thread::sleep_for(std::chrono::milliseconds(after_ms));
      control("/reset", "POST");
    });
  }

  bool has_thing() { return kubectl({"get", "things." + group, "a", "-o", "name"}) != ""; }

  std::string group;
  ApplyOptions how;

 private:
  static Json versions() { return parse_json(R"(["v1"])", "versions").value(); }

  Json client_config(const std::string& what) const {
    const Json config =
        parse_yaml(files.read(variable("KFCTL_TEST_PROXY_KUBECONFIG")).value(), "kc").value();
    const Json& cluster = config.find("clusters")->items()[0];
    return Json::object(
        {{"url", variable("KFCTL_TEST_PROXY_SERVER") + "/webhook/" + what},
         {"caBundle", std::string(cluster.string_at({"cluster", "certificate-authority-data"}))}});
  }
};

}  // namespace

TEST_CASE_FIXTURE(WebhookTest, "what a webhook checks is applied once it answers") {
  for (const char* fault :
       {R"({"path":"^/webhook","drop":true})", R"({"path":"^/webhook","status":500})",
        R"({"path":"^/webhook","latency_ms":5000})"}) {
    CAPTURE(fault);
    std::thread well = later_well(fault, 3000);
    const ClusterReport report =
        apply({definition(), webhook("allow"), thing(), config_map("unchecked", fault)}, how);
    well.join();
    CHECK_MESSAGE(!report.failure(), report.failure()->to_text());
    CHECK(was_told("retry 500"));
    CHECK(has_thing());
    CHECK(remove({webhook("allow"), thing()}).count(Action::kFailed) == 0);
    told.clear();
  }
}

TEST_CASE_FIXTURE(WebhookTest, "what a webhook denies fails at once, with its words") {
  const ClusterReport report = apply({definition(), webhook("deny"), thing()}, how);
  REQUIRE(report.failure());
  CHECK(report.failure()->message.find("denied the request: this is not wanted here") !=
        std::string::npos);
  CHECK_FALSE(was_told("retry"));
  CHECK(report.count(Action::kFailed) == 1);
}

TEST_CASE_FIXTURE(WebhookTest, "a webhook that never answers fails what it checks, and no more") {
  how.ready_timeout_ms = 500;
  rule(R"({"path":"^/webhook","drop":true})");
  const ClusterReport report =
      apply({definition(), webhook("allow"), thing(), config_map("unchecked", "1")}, how);
  REQUIRE(report.failure());
  CHECK(report.failure()->message.find("failed calling webhook \"check." + group) !=
        std::string::npos);
  CHECK(report.failure()->hint.find("controller behind this webhook") != std::string::npos);
  CHECK(report.count(Action::kFailed) == 1);
  CHECK(kubectl({"get", "configmap", "unchecked", "-o", "name"}) == "configmap/unchecked");
  control("/reset", "POST");
  CHECK(apply({definition(), webhook("allow"), thing()}, how).count(Action::kCreated) == 1);
}

TEST_CASE_FIXTURE(WebhookTest, "time for a webhook begins when it is first met") {
  how.ready_timeout_ms = 3'000;
  how.wait = true;
  how.wait_timeout_ms = 120'000;
  // What comes first takes longer than that; then the client itself bears 21 s at most.
  const Json first = objects(
      "{apiVersion: v1, kind: Pod, metadata: {name: slow}, spec: "
      "{schedulingGates: [{name: example.org/wait}], containers: [{name: c, "
      "image: i}]}}")[0];
  Json last = thing();
  last["metadata"]["annotations"]["kfctl.io/depends-on"] = "Pod/slow";
  rule(R"({"path":"^/webhook","drop":true})");
  std::thread events([this] {
    std::this_thread::sleep_for(std::chrono::seconds(4));
    kubectl({"patch", "pod", "slow", "--type=json", "-p",
             R"([{"op":"remove","path":"/spec/schedulingGates"}])"});
    std::this_thread::sleep_for(std::chrono::seconds(23));
    control("/reset", "POST");
  });
  const ClusterReport report = apply({definition(), webhook("allow"), first, last}, how);
  events.join();
  CHECK_MESSAGE(!report.failure(), report.failure()->to_text());
  CHECK(was_told("waiting the webhook that checks Thing/a"));
}

TEST_CASE_FIXTURE(WebhookTest, "a version that a webhook converts is applied once it answers") {
  apply({definition(true)}, how);
  std::thread well = later_well(R"({"path":"^/webhook","drop":true})", 3000);
  const ClusterReport report = apply({definition(true), thing("v2")}, how);
  well.join();
  CHECK_MESSAGE(!report.failure(), report.failure()->to_text());
  CHECK(has_thing());
}

// Or an environment could never mend the workload behind its own conversion webhook.
TEST_CASE_FIXTURE(WebhookTest, "a conversion webhook that is down keeps nothing else from change") {
  CHECK_FALSE(apply({definition(true), thing("v2")}, how).failure());
  how.ready_timeout_ms = 500;
  rule(R"({"path":"^/webhook","drop":true})");
  Json changed = thing("v2");
  changed["spec"]["size"] = 2;
  const ClusterReport report = apply({definition(true), changed, config_map("repair", "1")}, how);
  REQUIRE(report.failure());
  CHECK(report.failure()->message.find("conversion webhook for") != std::string::npos);
  CHECK(kubectl({"get", "configmap", "repair", "-o", "name"}) == "configmap/repair");
  control("/reset", "POST");
  CHECK(apply({definition(true), changed}, how).count(Action::kConfigured) == 1);
}
