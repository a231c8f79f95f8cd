// What the API server insists on for roles and their bindings, definitions of custom resources and
// admission webhooks.
#include "base/text.h"
#include "cluster/schema/formats.h"
#include "cluster/schema/rules.h"

namespace kfctl {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

void check_subject(const Spot& subject, bool of_cluster) {
  const Spot kind = subject["kind"];
  const std::string_view group = subject["apiGroup"].text();
  if (kind.is("ServiceAccount")) {
    subject["name"].text_must(check_dns_subdomain);
    if (!group.empty()) subject["apiGroup"].error("must be empty for a ServiceAccount");
    if (of_cluster && subject["namespace"].text().empty()) {
      subject.error("a ServiceAccount needs its namespace here");
    }
  } else if (kind.is("User") || kind.is("Group")) {
    if (!group.empty() && group != kRbac) {
      subject["apiGroup"].error("must be " + std::string(kRbac) + ", not '" + std::string(group) +
                                "'");
    }
  } else if (kind.found()) {
    kind.error("must be one of Group, ServiceAccount, User, not '" + std::string(kind.text()) + "'",
               did_you_mean(kind.text(), {"Group", "ServiceAccount", "User"}));
  }
}

}  // namespace

void check_role(const Spot& object, int) {
  const bool of_cluster = object["kind"].is("ClusterRole");
  for (const Spot& rule : object["rules"].items()) {
    const bool urls = rule["nonResourceURLs"].size() > 0;
    const bool resources = rule["resources"].size() > 0;
    if (rule["verbs"].found() && rule["verbs"].size() == 0) rule.error("must have verbs");
    if (urls && !of_cluster) rule["nonResourceURLs"].error("only a ClusterRole can have these");
    if (urls && resources) rule.error("has both resources and nonResourceURLs");
    if (!urls && !resources) rule.error("must have resources");
    if (resources && rule["apiGroups"].size() == 0) {
      rule.error("must have apiGroups", "\"\" is the group of Pods, Secrets and Services");
    }
  }
}

void check_role_binding(const Spot& object, int) {
  const bool of_cluster = object["kind"].is("ClusterRoleBinding");
  const Spot role = object["roleRef"];
  const Spot kind = role["kind"];
  const std::string_view group = role["apiGroup"].text();
  if (!group.empty() && group != kRbac) {
    role["apiGroup"].error("must be " + std::string(kRbac) + ", not '" + std::string(group) + "'");
  }
  const bool good = kind.is("ClusterRole") || (kind.is("Role") && !of_cluster);
  if (kind.found() && !good) {
    kind.error(std::string("must be ") + (of_cluster ? "ClusterRole" : "ClusterRole or Role") +
               ", not '" + std::string(kind.text()) + "'");
  }
  role["name"].text_must(check_path_segment);
  for (const Spot& subject : object["subjects"].items()) check_subject(subject, of_cluster);
}

void check_definition(const Spot& object, int) {
  const Spot spec = object["spec"];
  const std::string wanted =
      std::string(spec["names"]["plural"].text()) + "." + std::string(spec["group"].text());
  const Spot name = object["metadata"]["name"];
  if (name.found() && spec["group"].found() && spec["names"]["plural"].found() &&
      !name.is(wanted)) {
    name.error("must be '" + wanted + "', its plural and its group");
  }
  spec["names"]["plural"].text_must(check_dns_1035_label);
  size_t stored = 0;
  for (const Spot& version : spec["versions"].items()) {
    version["name"].text_must(check_dns_1035_label);
    if (version["storage"].is_true()) ++stored;
    const Spot schema = version["schema"]["openAPIV3Schema"];
    if (!schema.found()) {
      version.error("must have schema.openAPIV3Schema");
    } else if (!schema["type"].is("object")) {
      schema.error("must have type: object");
    }
  }
  if (spec["versions"].found() && stored != 1) {
    spec["versions"].error("exactly one version must have storage: true");
  }
}

void check_webhooks(const Spot& object, int) {
  for (const Spot& hook : object["webhooks"].items()) {
    const Spot name = hook["name"];
    name.text_must(check_dns_subdomain);
    if (name.found() && split(name.text(), '.').size() < 3) {
      name.error("must have at least three parts with dots between them, such as jobs.example.org");
    }
    const Spot client = hook["clientConfig"];
    if (client.found() && client["url"].found() == client["service"].found()) {
      client.error("must have either url or service");
    }
    const Spot effects = hook["sideEffects"];
    if (effects.is("Some") || effects.is("Unknown")) effects.error("must be None or NoneOnDryRun");
    hook["timeoutSeconds"].must_be_between(1, 30);
    check_selector(hook["namespaceSelector"]);
    check_selector(hook["objectSelector"]);
  }
}

}  // namespace kfctl
