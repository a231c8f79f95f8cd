#include "cluster/schema/validate.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"
#include "cluster/schema/check_value.h"
#include "cluster/schema/custom_schema.h"
#include "cluster/schema/facts.h"
#include "cluster/schema/references.h"
#include "cluster/schema/removed.h"
#include "cluster/schema/rules.h"

namespace kfctl {
namespace {

std::string kubernetes(int minor) { return "Kubernetes 1." + std::to_string(minor); }

// v1 before v1beta2 before v1alpha1: what a hint should name.
int maturity(std::string_view api_version) {
  if (api_version.find("alpha") != std::string_view::npos) return 0;
  return api_version.find("beta") != std::string_view::npos ? 1 : 2;
}

class Validator {
 public:
  Validator(const std::vector<Json>& objects, const ValidateOptions& options)
      : objects_(objects), options_(options), facts_(Facts::builtin(options.kubernetes_minor)) {
    for (const Json& definition : options.definitions) add_definition(definition);
    for (const Json& object : objects) add_definition(object);
    out_.objects = objects.size();
    out_.kubernetes_minor = facts_.minor();
  }

  Validation run() {
    std::vector<Problem> references;
    check_references(objects_, options_.strict, references);
    size_t next = 0;
    for (const Json& object : objects_) {
      check_object_alone(object);
      const ObjectId id = object_id(object);
      while (next < references.size() && references[next].object == id) {
        out_.problems.push_back(std::move(references[next++]));
      }
    }
    return std::move(out_);
  }

 private:
  void add_definition(const Json& definition) {
    for (CustomKind& kind : custom_kinds(definition)) custom_.push_back(std::move(kind));
  }

  // The last one wins: what the set says about itself.
  const CustomKind* find_custom(const ObjectId& id) const {
    for (auto it = custom_.rbegin(); it != custom_.rend(); ++it) {
      if (it->kind == id.kind && it->api_version == id.api_version) return &*it;
    }
    return nullptr;
  }

  void check_object_alone(const Json& object) {
    Reporter to(object, out_.problems);
    const ObjectId id = object_id(object);
    if (const KindFact* const kind = facts_.find_kind(id.api_version, id.kind)) {
      check_builtin(object, *kind, to);
    } else if (const CustomKind* const custom = find_custom(id)) {
      check_custom(object, *custom, to);
    } else if (!explain_unknown(id, to)) {
      out_.unchecked.push_back(id);
      check_names(object, to);
    }
  }

  void check_builtin(const Json& object, const KindFact& kind, Reporter& to) {
    if (kind.scope == KindScope::kRequest) {
      return to.error("", "a " + std::string(kind.kind) +
                              " is a question to the server: it cannot "
                              "be applied");
    }
    // Beta versions are off unless asked for since Kubernetes 1.24; this one is older.
    const bool grandfathered = kind.api_version == "flowcontrol.apiserver.k8s.io/v1beta3";
    if (maturity(kind.api_version) < 2 && !grandfathered) {
      to.warn("apiVersion", std::string(kind.api_version) +
                                " is off in a cluster unless its administrator turned it on");
    }
    if (const Schema* const type = facts_.type(kind.type)) {
      check_value(object, *type, "", facts_, to);
    }
    check_rules({&object, "", to}, facts_.minor());
  }

  void check_names(const Json& object, Reporter& to) {
    if (const Json* const metadata = object.find("metadata")) {
      check_value(*metadata, *facts_.type("meta.v1.ObjectMeta"), "metadata", facts_, to);
    }
    check_rules({&object, "", to}, facts_.minor());
  }

  void check_custom(const Json& object, const CustomKind& kind, Reporter& to) {
    Json rest = object;
    for (const char* const name : {"apiVersion", "kind", "metadata"}) rest.erase(name);
    check_value(rest, kind.schema, "", facts_, to);
    check_names(object, to);
  }

  // Says why a kind that should be known is not; false if it is simply not one of ours.
  bool explain_unknown(const ObjectId& id, Reporter& to) {
    return explain_version(id, to) || explain_removed(id, to) || explain_custom(id, to) ||
           explain_kind(id, to);
  }

  bool explain_version(const ObjectId& id, Reporter& to) {
    const std::vector<KindFact> known = facts_.versions_of(id.group(), id.kind);
    if (known.empty() || find_removed(id.api_version, id.kind) != nullptr) return false;
    std::string_view best;
    for (const KindFact& fact : known) {
      const bool served = facts_.find_kind(fact.api_version, fact.kind) != nullptr;
      if (served && (best.empty() || maturity(fact.api_version) >= maturity(best))) {
        best = fact.api_version;
      }
    }
    std::string message =
        kubernetes(facts_.minor()) + " does not serve " + id.api_version + " " + id.kind;
    for (const KindFact& fact : known) {
      if (fact.api_version != id.api_version) continue;
      message += fact.last_minor < facts_.minor()
                     ? ": it is gone since 1." + std::to_string(fact.last_minor + 1)
                     : ": it begins with 1." + std::to_string(fact.first_minor);
    }
    to.error("apiVersion", std::move(message), best.empty() ? "" : "use " + std::string(best));
    return true;
  }

  static bool explain_removed(const ObjectId& id, Reporter& to) {
    const RemovedApi* const removed = find_removed(id.api_version, id.kind);
    if (removed == nullptr) return false;
    to.error("apiVersion",
             id.api_version + " " + id.kind + " is gone since " + kubernetes(removed->minor),
             removed->replacement.empty() ? "nothing took its place"
                                          : "use " + std::string(removed->replacement));
    return true;
  }

  bool explain_custom(const ObjectId& id, Reporter& to) const {
    std::vector<std::string> versions;
    for (const CustomKind& kind : custom_) {
      const std::string group = kind.api_version.substr(0, kind.api_version.find('/'));
      if (kind.kind == id.kind && group == id.group()) versions.push_back(kind.api_version);
    }
    if (versions.empty()) return false;
    to.error("apiVersion", "its definition has no version " + std::string(id.version()),
             "use " + join(versions, " or "));
    return true;
  }

  // A group of Kubernetes itself has no other kinds than we know, if we know that version at all.
  bool explain_kind(const ObjectId& id, Reporter& to) const {
    if (options_.kubernetes_minor > facts_.last_minor()) return false;
    std::vector<std::string> kinds;
    for (const KindFact& fact : facts_.kinds()) {
      if (fact.api_version == id.api_version) kinds.emplace_back(fact.kind);
    }
    if (kinds.empty()) return false;
    to.error("kind", id.api_version + " has no kind '" + id.kind + "'",
             did_you_mean(id.kind, kinds));
    return true;
  }

  const std::vector<Json>& objects_;
  const ValidateOptions& options_;
  Facts facts_;
  std::vector<CustomKind> custom_;
  Validation out_;
};

}  // namespace

size_t Validation::count(Severity severity) const {
  return static_cast<size_t>(
      std::count_if(problems.begin(), problems.end(),
                    [severity](const Problem& problem) { return problem.severity == severity; }));
}

Validation validate(const std::vector<Json>& objects, const ValidateOptions& options) {
  return Validator(objects, options).run();
}

Result<int> parse_kubernetes_minor(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with("version:")) rest.remove_prefix(8);
  if (rest.starts_with('v')) rest.remove_prefix(1);
  int minor = 0;
  if (rest.starts_with("1.")) {
    const char* const end = rest.data() + rest.size();
    const auto [at, error] = std::from_chars(rest.data() + 2, end, minor);
    if (error == std::errc() && (at == end || *at == '.' || *at == '-' || *at == '+')) return minor;
  }
  return usage_error("'" + std::string(text) + "' is no version of Kubernetes",
                     "write it as 1.34 or v1.34.4");
}

}  // namespace kfctl
