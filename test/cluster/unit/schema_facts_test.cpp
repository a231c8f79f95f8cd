#include <functional>

#include <doctest/doctest.h>

#include "cluster/schema/facts.h"

using namespace kfctl;

namespace {

// Every name of a type that a schema mentions.
void each_name(const Schema& schema, const std::function<void(const std::string&)>& visit) {
  if (schema.type == ValueType::kNamed) visit(schema.type_name);
  if (schema.items != nullptr) each_name(*schema.items, visit);
}

constexpr std::string_view kSmall =
    "# a comment\n"
    "versions 30 32\n"
    "kind a/v1 Thing namespaced a.v1.Thing\n"
    "kind a/v1beta1 Thing namespaced a.v1beta1.Thing 30-31\n"
    "kind v1 Wide cluster a.v1.Thing 31-\n"
    "type a.v1.Thing\n"
    " items [name,protocol=TCP]a.v1.Thing\n"
    " labels {}string\n"
    " level! string(High|Low) 30\n"
    " level! string(High|Low|Middle) 31-\n"
    " names [=]string\n"
    " size quantity 32\n"
    "type a.v1beta1.Thing\n"
    " old bool\n";

}  // namespace

TEST_CASE("the facts that are compiled in can be read, and name no type they lack") {
  for (int minor = 29; minor <= 34; ++minor) {
    const Facts facts = Facts::builtin(minor);
    CHECK(facts.minor() == minor);
    CHECK(facts.kinds().size() > 80);
    for (const KindFact& kind : facts.kinds()) {
      INFO(kind.kind);
      REQUIRE(facts.type(kind.type) != nullptr);
      CHECK(facts.type(kind.type)->find("metadata") != nullptr);
    }
    for (const std::string_view name : facts.type_names()) {
      for (const SchemaField& field : facts.type(name)->fields) {
        each_name(field.schema, [&](const std::string& named) {
          INFO(name << "." << field.name);
          CHECK(facts.type(named) != nullptr);
        });
      }
    }
  }
}

TEST_CASE("known facts of known versions") {
  const Facts old = Facts::builtin(29), now = Facts::builtin(34);
  REQUIRE(now.find_kind("apps/v1", "Deployment") != nullptr);
  CHECK(now.find_kind("apps/v1", "Deployment")->scope == KindScope::kNamespaced);
  CHECK(now.find_kind("v1", "Namespace")->scope == KindScope::kCluster);
  CHECK(now.find_kind("authorization.k8s.io/v1", "SubjectAccessReview")->scope ==
        KindScope::kRequest);
  CHECK(old.find_kind("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema") != nullptr);
  CHECK(now.find_kind("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema") == nullptr);
  CHECK(old.find_kind("resource.k8s.io/v1", "ResourceClaim") == nullptr);
  CHECK(now.find_kind("resource.k8s.io/v1", "ResourceClaim") != nullptr);
  const Schema* const container = now.type("core.v1.Container");
  REQUIRE(container != nullptr);
  CHECK(container->find("name")->required);
  CHECK(container->find("ports")->schema.keys ==
        std::vector<std::string>{"containerPort", "protocol"});
  CHECK(container->find("imagePullPolicy")->schema.values.size() == 3);
  CHECK(old.type("core.v1.Container")->find("restartPolicyRules") == nullptr);
  CHECK(container->find("restartPolicyRules") != nullptr);
}

TEST_CASE("ranges, enumerations, lists and maps") {
  const Facts old = Facts::read(kSmall, 30).value(), now = Facts::read(kSmall, 32).value();
  CHECK(old.find_kind("a/v1beta1", "Thing") != nullptr);
  CHECK(now.find_kind("a/v1beta1", "Thing") == nullptr);
  CHECK(old.find_kind("v1", "Wide") == nullptr);
  CHECK(now.find_kind("v1", "Wide")->scope == KindScope::kCluster);
  CHECK(now.versions_of("a", "Thing").size() == 2);
  CHECK(old.type("a.v1.Thing")->find("level")->schema.values.size() == 2);
  CHECK(now.type("a.v1.Thing")->find("level")->schema.values.size() == 3);
  CHECK(now.type("a.v1.Thing")->find("level")->required);
  CHECK(old.type("a.v1.Thing")->find("size") == nullptr);
  const Schema* const thing = now.type("a.v1.Thing");
  CHECK(thing->find("size")->schema.type == ValueType::kQuantity);
  CHECK(thing->find("labels")->schema.items->type == ValueType::kString);
  CHECK(thing->find("names")->schema.is_set);
  CHECK(thing->find("items")->schema.key_defaults == std::vector<std::string>{"", "TCP"});
  CHECK(thing->find("items")->schema.items->type_name == "a.v1.Thing");
  CHECK(now.type("a.v1.None") == nullptr);
}

TEST_CASE("a version beyond the facts is taken for the nearest one") {
  CHECK(Facts::builtin(20).minor() == 29);
  CHECK(Facts::builtin(99).minor() == 34);
}

TEST_CASE("a text of another form is refused with its line") {
  for (const std::string_view text :
       {"nonsense\n", " field string\n", "kind v1 Pod\n", "versions 3\n", "type b\ntype a\n",
        "kind v1 Pod cluster core.v1.Pod 3x\n"}) {
    const Result<Facts> facts = Facts::read(text, 30);
    INFO(text);
    REQUIRE_FALSE(facts.ok());
    CHECK(facts.error().message.starts_with("kubernetes.facts:"));
  }
}
