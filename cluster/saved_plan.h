// A plan as a file: what `kfctl plan -o FILE` writes and `kfctl apply --plan FILE` does exactly.
//
// JSON, in this order of thought: which app, environment and destination; with which flags; each
// object as it was rendered with what will happen to it; what all that rests on (PlanBasis); and a
// SHA-256 of the rest, so that a file that was cut or edited is not taken for a plan.
//
// No value of a Secret is in it: in place of each stands a digest, salted by the plan, that shows
// whether the app still renders the same. Applying takes the values from the app. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cluster/plan_basis.h"
#include "cluster/report.h"
#include "cluster/session.h"

namespace kfctl {

struct SavedPlan {
  std::string app;
  std::string environment;
  std::string made;                     // RFC 3339, UTC
  std::string version;                  // of kfctl
  std::vector<std::string> components;  // not empty: these alone
  std::vector<std::string> variables;   // jsonnet flags that were given: "--ext-str tag"
  // As in ApplyOptions.
  bool prune = false;
  bool force_conflicts = false;
  bool adopt = false;
  std::optional<size_t> max_prune;
  std::vector<std::string> recreate;
  PlanBasis basis;
  std::vector<Json> objects;          // as rendered, without values of Secrets: without_secrets
  std::vector<ObjectResult> results;  // what will happen, in the order of apply
};

/// A Secret with digests in place of its values; any other object as it is.
Json without_secrets(Json object, std::string_view salt);

std::string saved_plan_text(const SavedPlan& plan);

/// Errors: kProject, beginning with `name`, if the text is no plan, is damaged, or was written in a
/// format of another version.
Result<SavedPlan> parse_saved_plan(std::string_view text, std::string_view name);

/// Errors: kProject, naming each object and field in which `objects`, as they are rendered now,
/// are not those of the plan, and what to do.
Status check_render(const SavedPlan& plan, const std::vector<Json>& objects);

}  // namespace kfctl
