// The fault suite: a table of what can go wrong on the way to a server and in it, each befalling an
// apply with changes, additions and prunes. After every one of them the cluster is as the
// environment says, or the command has named what is not done and a second one does it.
#include <map>
#include <set>
#include <thread>

#include <sys/stat.h>

#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

// kSurvived: the apply does all it should. kTold: it ends with an error that names what is not done
// (or, before anything was changed, what failed).
enum class End { kSurvived, kTold };

struct Fault {
  const char* name;
  End end;
  std::vector<const char*> rules;  // of the proxy: docs/testing-cluster.md
};

const Fault kFaults[] = {
    {"latency", End::kSurvived, {R"({"latency_ms":30})"}},
    {"requests reset in the middle of their body",
     End::kSurvived,
     {R"({"method":"PATCH","times":3,"cut_request":20})"}},
    {"answers reset in the middle of their body",
     End::kSurvived,
     {R"({"method":"PATCH","times":3,"reset_after":30})"}},
    {"streams reset in the middle of an answer",
     End::kSurvived,
     {R"({"method":"PATCH","times":3,"reset_after":30,"reset_stream":true})"}},
    {"answers lost", End::kSurvived, {R"({"method":"PATCH","times":3,"reset_after":0})"}},
    {"answers to deletions lost",
     End::kSurvived,
     {R"({"method":"DELETE","times":2,"reset_after":0})"}},
    {"a list reset in the middle",
     End::kSurvived,
     {R"({"method":"GET","path":"/configmaps$","times":1,"reset_after":100})"}},
    {"the list of members reset in the middle",
     End::kSurvived,
     {R"({"method":"GET","query":"labelSelector","times":2,"reset_after":50})"}},
    {"connections dropped", End::kSurvived, {R"({"method":"PATCH","times":3,"drop":true})"}},
    {"429 with Retry-After",
     End::kSurvived,
     {R"({"times":8,"skip":2,"status":429,"retry_after":1})"}},
    {"429 without it", End::kSurvived, {R"({"times":8,"skip":2,"status":429})"}},
    {"500", End::kSurvived, {R"({"times":6,"status":500})"}},
    {"502", End::kSurvived, {R"({"times":6,"skip":4,"status":502})"}},
    {"503 with Retry-After", End::kSurvived, {R"({"times":4,"status":503,"retry_after":1})"}},
    {"503 and 504",
     End::kSurvived,
     {R"({"times":4,"skip":3,"status":503})", R"({"times":4,"status":504})"}},
    {"500 for what was done",
     End::kSurvived,
     {R"({"method":"PATCH","times":5,"status":500,"forward":true})",
      R"({"method":"DELETE","times":2,"status":500,"forward":true})"}},
    {"409 storm",
     End::kSurvived,
     {R"({"method":"PATCH","times":20,"status":409,"message":"Operation cannot be fulfilled on configmaps \"m1\": the object has been modified; please apply your changes to the latest version and try again"})"}},
    {"quota conflicts",
     End::kSurvived,
     {R"({"method":"PATCH","times":6,"status":409,"message":"Operation cannot be fulfilled on resourcequotas \"q\": the object has been modified"})"}},
    {"what is pruned has changed since it was listed",
     End::kSurvived,
     {R"({"method":"DELETE","times":2,"status":409,"message":"Operation cannot be fulfilled on configmaps \"m\": Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: 2"})"}},
    {"GOAWAY",
     End::kSurvived,
     {R"({"method":"PATCH","times":3,"goaway":true})",
      R"({"method":"GET","times":2,"goaway":true})"}},
    {"the leader of etcd changes",
     End::kSurvived,
     {R"({"method":"PATCH","times":5,"status":500,"message":"etcdserver: leader changed"})",
      R"({"method":"DELETE","times":1,"status":500,"message":"etcdserver: request timed out"})"}},
    {"a controller still starting",
     End::kSurvived,
     {R"({"method":"PATCH","times":4,"status":403,"message":"configmaps \"m1\" is forbidden: not yet ready to handle request"})"}},
    {"a connection that is open and silent in the middle of the apply",
     End::kSurvived,
     {R"({"method":"PATCH","skip":4,"times":1,"silence":true})"}},
    {"a connection that is open and silent from the first",
     End::kSurvived,
     {R"({"times":1,"silence":true})"}},
    {"silent when pruning", End::kSurvived, {R"({"method":"DELETE","times":1,"silence":true})"}},
    {"a list cut short in good order",
     End::kSurvived,
     {R"({"method":"GET","path":"/configmaps$","times":1,"end_after":200})"}},
    {"answers to writes cut short in good order",
     End::kTold,
     {R"({"method":"PATCH","path":"/configmaps/","end_after":30})"}},
    {"another server's page for writes",
     End::kTold,
     {R"({"method":"PATCH","path":"/configmaps/","status":200,"body":"<html>log in</html>"})"}},
    {"empty objects for writes",
     End::kTold,
     {R"({"method":"PATCH","path":"/configmaps/","status":200,"body":"{}"})"}},
    {"an empty object for a list",
     End::kSurvived,
     {R"({"method":"GET","path":"/configmaps$","times":1,"status":200,"body":"{}"})"}},
    {"an empty object for the list of members",
     End::kTold,
     {R"({"method":"GET","query":"labelSelector","status":200,"body":"{}"})"}},
    {"no such path for the list of members",
     End::kTold,
     {R"({"method":"GET","query":"labelSelector","status":404,"body":"404 page not found"})"}},
    {"an empty object for the apply set",
     End::kSurvived,
     {R"({"method":"GET","path":"/secrets/kfctl","times":1,"status":200,"body":"{}"})"}},
    {"an empty object for the kinds",
     End::kTold,
     {R"({"method":"GET","path":"^/apis?$","status":200,"body":"{}"})"}},
    {"empty objects for deletions",
     End::kTold,
     {R"({"method":"DELETE","status":200,"body":"{}"})"}},
    {"no deletion allowed",
     End::kTold,
     {R"({"method":"DELETE","status":403,"message":"injected"})"}},
    {"no list of members",
     End::kTold,
     {R"({"method":"GET","query":"labelSelector","status":403,"message":"injected"})"}},
    {"credentials refused from the middle on",
     End::kTold,
     {R"({"method":"PATCH","skip":3,"status":401})"}},
};

class FaultTest : public LiveTest {
 public:
  FaultTest() {
    use_proxy();
    options.request_timeout_ms = 5'000;  // how long a silent connection is borne
    how.apply_set = "kfctl.faults.test";
    how.prune = true;
  }

  ~FaultTest() {
    if (proxied_) control("/reset", "POST");
  }

  /// What the environment has in its version number `version`: eight maps that change, two that
  /// only this version has, and objects of other kinds of which one stays as it is.
  std::vector<Json> environment(int version) const {
    const std::string v = std::to_string(version);
    std::vector<Json> out = objects(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {ports: [{port: 80}], selector: {app: web}}\n---\n"
        "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {version: '" +
        v + "'}\n");
    for (int i = 0; i < 8; ++i) out.push_back(config_map("m" + std::to_string(i), v));
    for (const char* name : {"new", "more"}) out.push_back(config_map(name + ("-" + v), v));
    return out;
  }

  /// Objects of other people, of which one carries our label: they must survive everything.
  void add_strangers() {
    const std::string set = kubectl({"get", "configmap", "m0", "-o", kPartOf});
    kubectl({"create", "configmap", "stranger", "--from-literal=key=theirs"});
    kubectl({"create", "configmap", "copied", "--from-literal=key=theirs"});
    kubectl({"label", "configmap", "copied", "applyset.kubernetes.io/part-of=" + set});
    strangers_ = identities("stranger") + identities("copied");
    REQUIRE(strangers_.size() > 20);
  }

  /// The cluster is what that version says, no more and no less.
  void check_is(int version) {
    const std::string v = std::to_string(version);
    std::string want;
    for (int i = 0; i < 8; ++i) want += "m" + std::to_string(i) + "=" + v + " ";
    want += "more-" + v + "=" + v + " new-" + v + "=" + v + " ";
    CHECK(kubectl({"get", "configmap", "-l", "applyset.kubernetes.io/part-of", "--field-selector",
                   "metadata.name!=copied", "-o",
                   "jsonpath={range .items[*]}{.metadata.name}={.data.key} {end}"}) +
              " " ==
          want);
    CHECK(kubectl({"get", "secret", "keys", "-o", "jsonpath={.data.version}"}) == base64_encode(v));
    CHECK(kubectl({"get", "service", "web", "-o", "name"}) == "service/web");
    CHECK(identities("stranger") + identities("copied") == strangers_);
  }

  /// Every object with the label of the set lies where the set's parent says.
  void check_nothing_orphaned() {
    const std::string kinds = kubectl({"get", "secret", "kfctl.faults.test", "-o",
                                       "jsonpath={.metadata.annotations.applyset\\.kubernetes\\.io/"
                                       "contains-group-kinds}"});
    std::set<std::string> recorded;
    for (const std::string_view kind : split(kinds, ',')) recorded.emplace(kind);
    const std::string ours =
        kubectl({"get", "configmap,secret,service", "-l", "applyset.kubernetes.io/part-of", "-o",
                 "jsonpath={range .items[*]}{.kind} {end}"});
    for (const std::string_view kind : split(ours, ' ')) {
      CHECK_MESSAGE((kind.empty() || recorded.contains(std::string(kind))),
                    (std::string(kind) + " is not recorded: " + kinds));
    }
  }

  /// An apply of that version; what it says if it does not do everything, or "".
  std::string try_apply(int version) {
    told.clear();
    const Result<ClusterReport> report = open()->apply(environment(version), how, on_event());
    if (!report.ok()) {
      CHECK_FALSE(was_told("ConfigMap"));  // only before anything was changed
      CHECK(report.error().kind == ErrorKind::kCluster);
      return report.error().to_text();
    }
    const std::optional<Error> failure = report.value().failure();
    if (!failure) return "";
    CHECK((failure->kind == ErrorKind::kCluster || failure->kind == ErrorKind::kNetwork));
    for (const ObjectResult& one : report.value().objects) {
      if (one.action != Action::kFailed && one.action != Action::kSkipped) continue;
      CHECK_MESSAGE(failure->message.find(one.id.text()) != std::string::npos,
                    (one.id.text() + " is not named: " + failure->message));
    }
    return failure->to_text();
  }

  void point_away() { proxied_ = false; }

  ApplyOptions how;

 protected:
  static constexpr const char* kPartOf =
      "jsonpath={.metadata.labels.applyset\\.kubernetes\\.io/part-of}";

  std::string identities(const std::string& name) {
    return kubectl({"get", "configmap", name, "-o",
                    "jsonpath={.metadata.name} {.metadata.uid} {.metadata.resourceVersion};"});
  }

  std::string strangers_;
  bool proxied_ = true;
};

// False if it failed: doctest's own checks are for the thread of the test.
bool test_cluster(const std::string& verb) {
  ProcessRequest request;
  request.argv = {variable("KFCTL_TEST_CLUSTER_SCRIPT"), "server", verb, "--name",
                  variable("KFCTL_TEST_CLUSTER_NAME")};
  const std::map<std::string, std::string> variables = surroundings().variables;
  request.env.assign(variables.begin(), variables.end());
  const Result<ProcessResult> result = run_process(request, CancelToken());
  return result.ok() && result.value().exit_code == 0;
}

}  // namespace

TEST_CASE_FIXTURE(FaultTest, "every fault ends in what was wanted or in what is missing") {
  const std::string only = variable("KFCTL_TEST_FAULT");
  REQUIRE(try_apply(0) == "");
  add_strangers();
  int version = 0;
  for (const Fault& fault : kFaults) {
    const std::string name = fault.name;
    if (!only.empty() && name.find(only) == std::string::npos) continue;
    CAPTURE(name);
    ++version;
    control("/reset", "POST");
    for (const char* one : fault.rules) rule(one);
    // Kinds that are kept on disk would hide what befalls the question for them.
    if (name.find("kinds") != std::string::npos)
      options.around.variables["XDG_CACHE_HOME"] = "/dev/null";
    const std::string said = try_apply(version);
    CAPTURE(said);
    CHECK(control("/rules").find("\"befell\":0}") == std::string::npos);
    control("/reset", "POST");
    check_nothing_orphaned();
    if (fault.end == End::kSurvived) {
      CHECK(said == "");
    } else {
      CHECK(said != "");
      CHECK(try_apply(version) == "");
    }
    check_is(version);
    check_nothing_orphaned();
    options.around.variables["XDG_CACHE_HOME"] = variable("XDG_CACHE_HOME");
  }
}

TEST_CASE_FIXTURE(FaultTest,
                  "a set that cannot be recorded is told, and recorded by the next apply") {
  std::vector<Json> more = environment(0);
  more.push_back(objects("{apiVersion: v1, kind: ServiceAccount, metadata: {name: s}}")[0]);
  const char* const refusal =
      R"({"method":"PATCH","path":"/secrets/kfctl","status":422,"message":"injected"})";
  rule(refusal);
  const Result<ClusterReport> first = open()->apply(more, how, on_event());
  REQUIRE_FALSE(first.ok());  // nothing is made that no set knows of
  CHECK(kubectl({"get", "configmap", "m0", "--ignore-not-found", "-o", "name"}) == "");
  control("/reset", "POST");
  REQUIRE_FALSE(apply(more, how).failure());

  rule(refusal);
  const ClusterReport report = apply(environment(1), how);
  REQUIRE(report.unfinished);
  CHECK(report.failure()->message.find("record the apply set Secret/kfctl.faults.test") == 0);
  CHECK(report.count(Action::kPruned) == 3);
  control("/reset", "POST");
  CHECK(try_apply(1) == "");
  CHECK(kubectl({"get", "secret", "kfctl.faults.test", "-o",
                 "jsonpath={.metadata.annotations.applyset\\.kubernetes\\.io/"
                 "contains-group-kinds}"}) == "ConfigMap,Secret,Service");
}

TEST_CASE_FIXTURE(FaultTest, "two applies at once forget nothing of each other") {
  REQUIRE(try_apply(0) == "");
  add_strangers();
  std::vector<Json> theirs = environment(0);
  theirs.push_back(objects("{apiVersion: v1, kind: ServiceAccount, metadata: {name: s}}")[0]);
  // While one of them is about to narrow the set, the other widens it.
  bool met = false;
  const OnClusterEvent pass = on_event();
  const Result<ClusterReport> report =
      open()->apply(environment(1), how, [&](const ClusterEvent& event) {
        pass(event);
        const bool pruned = event.kind == ClusterEvent::Kind::kObjectDone &&
                            event.result->action == Action::kPruned;
        if (!pruned || std::exchange(met, true)) return;
        ApplyOptions without_pruning = how;
        without_pruning.prune = false;
        CHECK_FALSE(open()->apply(theirs, without_pruning, {}).value().failure());
      });
  REQUIRE(report.ok());
  CHECK(met);
  CHECK(kubectl({"get", "secret", "kfctl.faults.test", "-o",
                 "jsonpath={.metadata.annotations.applyset\\.kubernetes\\.io/"
                 "contains-group-kinds}"}) == "ConfigMap,Secret,Service,ServiceAccount");
}

TEST_CASE_FIXTURE(FaultTest, "a delete under faults is completed by the next") {
  DeleteOptions all;
  all.apply_set = how.apply_set;
  int version = 0;
  for (const char* fault :
       {R"({"method":"DELETE","times":4,"reset_after":0})",
        R"({"method":"DELETE","times":4,"status":500,"forward":true})",
        R"({"method":"DELETE","times":5,"status":429,"retry_after":1})",
        R"({"method":"DELETE","skip":2,"times":1,"silence":true})",
        R"({"method":"DELETE","skip":3,"status":403,"message":"injected"})",
        R"({"method":"GET","query":"labelSelector","times":1,"status":200,"body":"{}"})"}) {
    CAPTURE(fault);
    control("/reset", "POST");
    REQUIRE(try_apply(version) == "");
    if (version == 0) add_strangers();
    rule(fault);
    // The newest version does not know of what the one before has made.
    const Result<ClusterReport> first = open()->remove(environment(version + 1), all, on_event());
    const bool done = first.ok() && !first.value().failure();
    control("/reset", "POST");
    if (!done) {
      check_nothing_orphaned();
      const ClusterReport second = remove(environment(version + 1), all);
      CHECK_MESSAGE(!second.failure(), second.failure()->to_text());
    }
    CHECK(kubectl({"get", "configmap,secret,service", "-l", "applyset.kubernetes.io/part-of",
                   "--field-selector", "metadata.name!=copied", "-o", "name"}) == "");
    CHECK(identities("stranger") + identities("copied") == strangers_);
    ++version;
  }
}

TEST_CASE_FIXTURE(FaultTest, "an outage in the middle of an apply is only a pause") {
  REQUIRE(try_apply(0) == "");
  add_strangers();
  rule(R"({"method":"PATCH","latency_ms":600})");  // so that none is done before the outage
  std::thread outage([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    control("/refuse", "POST");
    std::this_thread::sleep_for(std::chrono::seconds(3));
    control("/accept", "POST");
  });
  const std::string said = try_apply(1);
  outage.join();
  CHECK(said == "");
  CHECK(was_told("retry connection refused"));
  check_is(1);
}

TEST_CASE_FIXTURE(FaultTest, "an API server that is killed and started again in mid-apply") {
  options.request_timeout_ms = 60'000;  // it listens before it answers
  REQUIRE(try_apply(0) == "");
  add_strangers();
  for (int version = 1; version <= 2; ++version) {
    // Through the proxy it says 502; without it the connection is reset, then refused.
    if (version == 2) {
      point_away();
      options.around.variables["KUBECONFIG"] = variable("KUBECONFIG");
      options.destination.server = variable("KFCTL_TEST_SERVER");
    } else {
      rule(R"({"method":"PATCH","latency_ms":200})");
    }
    // Its objects are made one after the other, so that there is a middle.
    std::vector<Json> chain = environment(version);
    for (size_t i = 1; i < chain.size(); ++i) {
      if (chain[i].string_at({"kind"}) != "ConfigMap" ||
          chain[i - 1].string_at({"kind"}) != "ConfigMap") {
        continue;
      }
      chain[i]["metadata"]["annotations"]["kfctl.io/depends-on"] =
          "ConfigMap/" + std::string(chain[i - 1].string_at({"metadata", "name"}));
    }
    std::thread restart;
    bool started = false;
    const OnClusterEvent pass = on_event();
    const Result<ClusterReport> report = open()->apply(chain, how, [&](const ClusterEvent& event) {
      pass(event);
      if (event.kind != ClusterEvent::Kind::kObjectDone || restart.joinable()) return;
      CHECK(test_cluster("kill"));
      restart = std::thread([&started] { started = test_cluster("start"); });
    });
    REQUIRE(restart.joinable());
    restart.join();
    CHECK(started);
    REQUIRE_MESSAGE(report.ok(), report.error().to_text());
    CHECK_MESSAGE(!report.value().failure(), report.value().failure()->to_text());
    if (version == 2) control("/reset", "POST");
    check_is(version);
    check_nothing_orphaned();
  }
}

TEST_CASE_FIXTURE(FaultTest, "streams that end in the middle of a line are taken up again") {
  how.wait = true;
  how.wait_timeout_ms = 60'000;
  how.prune = false;
  int round = 0;
  for (const char* fault : {R"({"query":"watch=true","times":3,"end_after":40})",
                            R"({"query":"watch=true","times":3,"reset_after":40})",
                            R"({"query":"watch=true","times":2,"status":200,"body":"{\"type\":"})",
                            R"({"query":"watch=true","times":2,"status":200,"body":"<html>\n"})",
                            R"({"query":"watch=true","times":1,"status":500})"}) {
    CAPTURE(fault);
    control("/reset", "POST");
    rule(fault);
    const std::string name = "w" + std::to_string(++round);
    const ClusterReport report =
        apply(objects("{apiVersion: apps/v1, kind: Deployment, metadata: {name: " + name +
                      "}, spec: {selector: {matchLabels: {a: " + name +
                      "}}, template: {metadata: {labels: {a: " + name +
                      "}}, spec: {containers: [{name: c, image: nginx}]}}}}"),
              how);
    CHECK_MESSAGE(!report.failure(), report.failure()->to_text());
    CHECK(was_told("ready Deployment/" + name));
  }
}

namespace {

// A user whose token an exec plugin or a file gives; the proxy lets a token expire.
class TokenTest : public FaultTest {
 public:
  TokenTest() {
    char directory[] = "/tmp/kfctl-live-XXXXXX";
    REQUIRE(mkdtemp(directory) != nullptr);
    base = directory;
    REQUIRE(try_apply(0) == "");
    add_strangers();
    kubectl({"create", "serviceaccount", "deployer"});
    kubectl({"create", "clusterrolebinding", ns, "--clusterrole=cluster-admin",
             "--serviceaccount=" + ns + ":deployer"});
    first = kubectl({"create", "token", "deployer"});
    second = kubectl({"create", "token", "deployer"});
    REQUIRE(first != second);
    REQUIRE_FALSE(second.empty());
  }

  ~TokenTest() {
    kubectl({"delete", "clusterrolebinding", ns});
    CHECK(remove_tree(files, base).ok());
  }

  void use(const Json& user) {
    Json config =
        parse_yaml(files.read(variable("KFCTL_TEST_PROXY_KUBECONFIG")).value(), "kc").value();
    config["users"].push_back(Json::object({{"name", "tested"}, {"user", user}}));
    for (Json& entry : config["contexts"].items()) entry["context"]["user"] = "tested";
    REQUIRE(files.write(base + "/config", to_yaml(config)).ok());
    options.around.variables["KUBECONFIG"] = base + "/config";
  }

  /// A plugin that runs `lines` of sh, which print the credentials with `give TOKEN`.
  void use_plugin(const std::string& lines) {
    const std::string answer = R"({"apiVersion":"client.authentication.k8s.io/v1",)"
                               R"("kind":"ExecCredential","status":{"token":"%s"}})";
    REQUIRE(files
                .write(base + "/plugin",
                       "#!/bin/sh\necho x >> " + base + "/calls\ncalls=$(wc -l < " + base +
                           "/calls)\ngive() { printf '" + answer + "' \"$1\"; }\n" + lines + "\n")
                .ok());
    REQUIRE(chmod((base + "/plugin").c_str(), 0755) == 0);
    use(Json::object({{"exec", Json::object({{"apiVersion", "client.authentication.k8s.io/v1"},
                                             {"command", "./plugin"},
                                             {"interactiveMode", "Never"}})}}));
  }
  size_t calls() { return split_lines(files.read(base + "/calls").value()).size(); }

  void expire_after(int requests) {
    rule(R"({"authorization":"^Bearer )" + first + R"($","skip":)" + std::to_string(requests) +
         R"(,"status":401})");
  }

  std::string base, first, second;
};

}  // namespace

TEST_CASE_FIXTURE(TokenTest, "a token that expires in mid-apply is asked for once more") {
  use_plugin("if [ $calls = 1 ]; then give " + first + "; else give " + second + "; fi");
  expire_after(8);
  CHECK(try_apply(1) == "");
  CHECK(calls() == 2);
  check_is(1);
}

TEST_CASE_FIXTURE(TokenTest, "a plugin that cannot renew is not asked for every object") {
  use_plugin("if [ $calls = 1 ]; then give " + first + "; else echo log in first >&2; exit 1; fi");
  expire_after(8);
  const std::string said = try_apply(1);
  CHECK(said.find("log in first") != std::string::npos);
  CHECK(calls() == 2);
  control("/reset", "POST");
  check_nothing_orphaned();
  use_plugin("give " + second);
  CHECK(try_apply(1) == "");
  check_is(1);
}

TEST_CASE_FIXTURE(TokenTest, "a token file is read again when its token has expired") {
  use(Json::object({{"tokenFile", "token"}}));
  REQUIRE(files.write(base + "/token", first).ok());
  expire_after(8);
  // It is renewed while the apply is on its way.
  const OnClusterEvent pass = on_event();
  const Result<ClusterReport> report =
      open()->apply(environment(1), how, [&](const ClusterEvent& event) {
        pass(event);
        if (event.kind == ClusterEvent::Kind::kPlanned) {
          REQUIRE(files.write(base + "/token", second).ok());
        }
      });
  REQUIRE_MESSAGE(report.ok(), report.error().to_text());
  CHECK_MESSAGE(!report.value().failure(), report.value().failure()->to_text());
  check_is(1);
}
