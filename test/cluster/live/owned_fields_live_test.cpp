// The comparison of owned fields against the server's own answer: for many objects and many changes
// of each, what we call unchanged must be what a dry run calls unchanged. The other way round a
// doubt is allowed, but not where nothing was changed.
#include <set>

#include "cluster/client.h"
#include "cluster/credentials.h"
#include "cluster/owned_fields.h"
#include "cluster/plan.h"
#include "cluster/situation.h"
#include "test/cluster/live/live_fixture.h"

using namespace kfctl;

namespace {

const char* const kThings = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.owned.example.org}
spec:
  group: owned.example.org
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: integer}
              name: {type: string, default: none}
              gone: {type: string, nullable: true}
              limit: {type: string}
              tags: {type: array, x-kubernetes-list-type: set, items: {type: string}}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name, protocol]
                items:
                  type: object
                  required: [name]
                  properties:
                    name: {type: string}
                    protocol: {type: string, default: SCTP}
                    size: {type: integer}
              whole: {type: object, x-kubernetes-map-type: atomic, x-kubernetes-preserve-unknown-fields: true}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
)";

const char* const kAsItIs = "as it is";

std::string read_corpus() {
  const Result<std::string> text = DiskFiles().read(KFCTL_OWNED_OBJECTS);
  REQUIRE(text.ok());
  return text.value();
}

// Calls `visit` with the object after each of the changes that can be made to one place of it: a
// value is replaced, emptied, made null or taken away; a list loses, doubles, or reorders elements;
// an object gains a member.
class Mutator {
 public:
  using Visit = std::function<void(const Json& changed, const std::string& what)>;
  Mutator(const Json& object, Visit visit) : object_(object), visit_(std::move(visit)) {}

  void run() {
    for (const char* const part : {"data", "binaryData", "stringData", "spec", "rules", "roleRef",
                                   "subjects", "imagePullSecrets"}) {
      if (Json* const value = object_.find(part)) walk(*value, part);
    }
    Json& metadata = object_["metadata"];
    for (const char* const part : {"labels", "annotations", "finalizers"}) {
      if (Json* const value = metadata.find(part)) walk(*value, part);
    }
  }

 private:
  void with(Json& place, Json value, const std::string& what) {
    std::swap(place, value);
    visit_(object_, what);
    std::swap(place, value);
  }

  void walk(Json& here, const std::string& path) {
    with(here, Json(), path + " = null");
    if (here.is_object()) return walk_object(here, path);
    if (here.is_array()) return walk_array(here, path);
    if (here.is_string()) {
      with(here, here.as_string() + "x", path + " + x");
      with(here, "", path + " = ''");
      for (const char* const other : {"1", "1000m", "1Gi", "1024Mi", "0.1", "100m", "v1", "TCP"}) {
        if (here.as_string() != other) with(here, other, path + " = " + other);
      }
    }
    if (here.is_int()) {
      with(here, here.as_int() + 1, path + " + 1");
      with(here, 0, path + " = 0");
      with(here, std::to_string(here.as_int()), path + " as a string");
    }
    if (here.is_bool()) {
      with(here, !here.as_bool(), path + " negated");
      with(here, 0, path + " = 0");
    }
  }

  void walk_object(Json& here, const std::string& path) {
    with(here, Json::object(), path + " = {}");
    const Json before = here;
    for (const auto& [name, unused] : before.members()) {
      Json less = before;
      less.erase(name);
      with(here, less, path + " without " + name);
    }
    for (const char* const name : {"protocol", "apiVersion", "size", "optional", "extra"}) {
      if (before.find(name) != nullptr) continue;
      Json more = before;
      more[name] = std::string_view(name) == "protocol" ? Json("TCP") : Json("v1");
      with(here, more, path + " with " + name);
    }
    for (const auto& [name, unused] : before.members()) walk(*here.find(name), path + "." + name);
  }

  void walk_array(Json& here, const std::string& path) {
    with(here, Json::array(), path + " = []");
    const Json before = here;
    if (before.items().empty()) return;
    Json fewer = before, doubled = before, turned = before;
    fewer.items().pop_back();
    doubled.items().push_back(before.items()[0]);
    std::reverse(turned.items().begin(), turned.items().end());
    with(here, fewer, path + " with one less");
    with(here, doubled, path + " with one twice");
    if (before.items().size() > 1) with(here, turned, path + " reversed");
    for (size_t i = 0; i < before.items().size(); ++i) {
      walk(here.items()[i], path + "[" + std::to_string(i) + "]");
    }
  }

  Json object_;
  Visit visit_;
};

class OwnedFieldsTest : public LiveTest {
 public:
  OwnedFieldsTest() {
    Result<Kubeconfig> config = load_kubeconfig(files, options.around, "");
    REQUIRE(config.ok());
    Result<Connection> connection =
        choose_connection(config.value(), files, options.around, options.destination, options.flags,
                          options.environment);
    REQUIRE(connection.ok());
    Result<Credentials> credentials =
        Credentials::open(files, connection.value(), options.around, cancel);
    REQUIRE(credentials.ok());
    client = std::make_unique<KubeClient>(connection.value().cluster.server,
                                          std::move(credentials).value(), 60'000, make_http_client,
                                          cancel);
    const ClusterReport things = apply(objects(kThings));
    REQUIRE_MESSAGE(!things.failure(), (things.failure() ? things.failure()->to_text() : ""));
    corpus = objects(read_corpus());
    REQUIRE_FALSE(corpus.empty());
    const ClusterReport report = apply(corpus);
    REQUIRE_MESSAGE(!report.failure(), (report.failure() ? report.failure()->to_text() : ""));
    // Its controller writes into each Deployment once: not between our look and the server's
    // answer.
    kubectl({"wait", "deployment", "--all", "--timeout=60s",
             R"(--for=jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}=1)"});
    REQUIRE(last_kubectl_error == "");
  }

  ~OwnedFieldsTest() {
    kubectl(
        {"patch", "configmap", "web", "--type=merge", "-p", R"({"metadata":{"finalizers":null}})"});
  }

  Situation look() {
    const OnClusterEvent nobody;
    KindFinder kinds(*client, files, "", [] { return 0; });
    const Workplace place = {*client, kinds, ns, nobody};
    Result<Situation> situation = survey(place, corpus, "");
    REQUIRE_MESSAGE(situation.ok(), (situation.ok() ? "" : situation.error().to_text()));
    return std::move(situation).value();
  }

  /// Asks the server what each of the changes comes to, and compares.
  void compare_all(const Situation& now) {
    for (size_t i = 0; i < now.planned.size(); ++i) {
      const PlannedObject& planned = now.planned[i];
      const Json& live = now.live[i].object;
      compare(planned, planned.object, live, kAsItIs);
      Mutator(planned.object, [&](const Json& changed, const std::string& what) {
        compare(planned, changed, live, what);
      }).run();
      client->run();
    }
  }

  void compare(const PlannedObject& planned, Json sent, const Json& live, const std::string& what) {
    const std::optional<std::string> doubt = doubt_unchanged(sent, live, facts);
    ++asked;
    const std::string name = planned.id.text() + ": " + what;
    client->start(apply_request(planned.path(), sent, true, true, kFieldManager),
                  [this, doubt, name, &live, as_it_is = what == kAsItIs](KubeAnswer answer) {
                    const bool same = answer.success() && stays(live, answer.http.body);
                    if (same) ++unchanged;
                    if (!doubt) ++claimed;
                    CHECK_MESSAGE((doubt || same),
                                  (name + " is called unchanged; the server says " +
                                   std::to_string(answer.http.status)));
                    if (doubt && same) doubts.insert(name + ": " + *doubt);
                    if (doubt && same && as_it_is) ++doubted_as_they_are;
                  });
  }

  // Content and owners, but for the times of the owners' entries and for what controllers write of
  // the status meanwhile.
  static bool stays(const Json& live, const std::string& body) {
    const Result<Json> answer = parse_json(body, "answer");
    return answer.ok() && owners(live) == owners(answer.value()) &&
           without_noise(live) == without_noise(answer.value());
  }

  static std::string owners(const Json& object) {
    const Json* const entries = object.at({"metadata", "managedFields"});
    std::multiset<std::string> texts;
    for (Json entry : entries->items()) {
      if (entry.find("subresource") != nullptr) continue;
      entry.erase("time");
      texts.insert(entry.dump());
    }
    std::string all;
    for (const std::string& text : texts) all += text;
    return all;
  }

  std::vector<Json> corpus;
  std::unique_ptr<KubeClient> client;
  Facts facts = Facts::builtin(34);
  size_t asked = 0, unchanged = 0, claimed = 0, doubted_as_they_are = 0;
  std::set<std::string> doubts;
};

}  // namespace

TEST_CASE_FIXTURE(OwnedFieldsTest, "what is called unchanged is unchanged for the server") {
  compare_all(look());
  MESSAGE(asked << " applies compared, " << unchanged << " of them change nothing, of which "
                << claimed << " were told without asking");
  if (!variable("KFCTL_TEST_DOUBTS").empty()) {
    for (const std::string& doubt : doubts) MESSAGE(doubt);
  }
  CHECK(asked > 2500);
  // LimitRange/web: the server fills in more than is known. Thing/a: an empty list in free form.
  CHECK(doubted_as_they_are <= 3);  // and one that a controller is just writing to
}

TEST_CASE_FIXTURE(OwnedFieldsTest, "so it is after others have changed the objects too") {
  kubectl({"scale", "deployment/web", "--replicas=4"});
  kubectl({"set", "env", "deployment/web", "A=changed", "-c", "web"});
  kubectl({"label", "service/web", "app=web"});
  kubectl({"annotate", "configmap/web", "other=1"});
  kubectl({"patch", "configmap/web", "--type=merge", "-p", R"({"data":{"a":null}})"});
  kubectl(
      {"patch", "deployment/web", "--type=json", "-p",
       R"([{"op":"add","path":"/spec/template/spec/containers/0","value":{"name":"first","image":"x"}},
               {"op":"add","path":"/spec/template/spec/tolerations/-","value":{"key":"b","operator":"Exists"}}])"});
  kubectl({"patch", "thing/a", "--type=merge", "-p",
           R"({"spec":{"tags":["c","b","a"],"whole":{"a":2}}})"});
  kubectl({"apply", "--server-side", "--force-conflicts", "--field-manager=other", "-f", "-"},
          R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"headless","namespace":")" +
              ns + R"("},"spec":{"ports":[{"port":80,"name":"x"}]}})");
  compare_all(look());
  MESSAGE(asked << " applies compared, " << unchanged << " of them change nothing, of which "
                << claimed << " were told without asking");
}
