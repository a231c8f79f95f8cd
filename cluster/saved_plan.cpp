#include "cluster/saved_plan.h"

#include <map>

#include "base/hash.h"
#include "base/json_diff.h"
#include "base/text.h"

namespace kfctl {
namespace {

constexpr std::string_view kKind = "kfctl-plan";
constexpr int kFormat = 1;
constexpr std::string_view kDigest = "digest";

Json id_json(const ObjectId& id) {
  return Json::object({{"apiVersion", id.api_version},
                       {"kind", id.kind},
                       {"namespace", id.namespace_},
                       {"name", id.name}});
}

ObjectId parse_id(const Json& json) {
  return {std::string(json.string_at({"apiVersion"})), std::string(json.string_at({"kind"})),
          std::string(json.string_at({"namespace"})), std::string(json.string_at({"name"}))};
}

Json texts_json(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const std::string& text : texts) out.push_back(text);
  return out;
}

Json basis_json(const std::vector<ObjectBasis>& objects) {
  Json out = Json::array();
  for (const ObjectBasis& one : objects) {
    Json json = id_json(one.id);
    if (!one.uid.empty()) json["uid"] = one.uid;
    if (!one.digest.empty()) json["digest"] = one.digest;
    out.push_back(std::move(json));
  }
  return out;
}

// The items of a list, or none.
const Json::Array& items_at(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json* const list = json.find(key);
  return list != nullptr && list->is_array() ? list->items() : kNone;
}

bool flag_at(const Json& json, std::string_view key) {
  const Json* const value = json.find(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::vector<std::string> parse_texts(const Json& json, std::string_view key) {
  std::vector<std::string> out;
  for (const Json& item : items_at(json, key)) {
    if (item.is_string()) out.push_back(item.as_string());
  }
  return out;
}

std::vector<ObjectBasis> parse_basis(const Json& json, std::string_view key) {
  std::vector<ObjectBasis> out;
  for (const Json& item : items_at(json, key)) {
    out.push_back({parse_id(item), std::string(item.string_at({"uid"})),
                   std::string(item.string_at({"digest"}))});
  }
  return out;
}

std::optional<Action> parse_action(std::string_view name) {
  for (const Action action : {Action::kCreated, Action::kConfigured, Action::kUnchanged,
                              Action::kRecreated, Action::kPruned}) {
    if (action_name(action) == name) return action;
  }
  return std::nullopt;
}

Json flags_json(const SavedPlan& plan) {
  Json flags = Json::object({{"prune", plan.prune},
                             {"forceConflicts", plan.force_conflicts},
                             {"adopt", plan.adopt},
                             {"recreate", texts_json(plan.recreate)},
                             {"components", texts_json(plan.components)},
                             {"jsonnet", texts_json(plan.variables)}});
  if (plan.max_prune) flags["maxPrune"] = static_cast<int64_t>(*plan.max_prune);
  return flags;
}

Json results_json(const std::vector<ObjectResult>& results) {
  Json out = Json::array();
  for (const ObjectResult& one : results) {
    Json json = id_json(one.id);
    json["action"] = action_name(one.action);
    out.push_back(std::move(json));
  }
  return out;
}

void read_flags(const Json& flags, SavedPlan& plan) {
  plan.prune = flag_at(flags, "prune");
  plan.force_conflicts = flag_at(flags, "forceConflicts");
  plan.adopt = flag_at(flags, "adopt");
  plan.recreate = parse_texts(flags, "recreate");
  plan.components = parse_texts(flags, "components");
  plan.variables = parse_texts(flags, "jsonnet");
  const Json* const most = flags.find("maxPrune");
  if (most != nullptr && most->is_int() && most->as_int() >= 0) {
    plan.max_prune = static_cast<size_t>(most->as_int());
  }
}

void read_basis(const Json& json, PlanBasis& basis) {
  basis.destination = json.string_at({"destination"});
  basis.place = json.string_at({"place"});
  basis.salt = json.string_at({"salt"});
  basis.objects = parse_basis(json, "objects");
  basis.pruned = parse_basis(json, "pruned");
}

// The JSON of a plan, if that is what the file is and was not changed since.
Result<Json> read_whole(std::string_view text, std::string_view name) {
  const std::string where(name);
  Result<Json> parsed = parse_json(text, name);
  if (!parsed.ok()) {
    return project_error(parsed.error().message,
                         where + " is no plan, or was cut short: 'kfctl plan -o' writes one");
  }
  Json json = std::move(parsed).value();
  if (json.string_at({"kind"}) != kKind) {
    return project_error(where + ": is no plan of kfctl", "'kfctl plan -o FILE' writes one");
  }
  const Json* const format = json.find("format");
  if (format == nullptr || *format != Json(kFormat)) {
    return project_error(where + ": was written by another version of kfctl (" +
                             std::string(json.string_at({"kfctl"})) + ")",
                         "make a new plan with this one");
  }
  const std::string digest(json.string_at({kDigest}));
  json.erase(kDigest);
  if (sha256_hex(json.dump()) == digest) return json;
  return project_error(where + ": was changed or damaged after it was written",
                       "a plan is applied as it was made: make a new one with 'kfctl plan'");
}

std::string differing_fields(const Json& before, const Json& after) {
  std::vector<std::string> paths;
  for (const JsonChange& change : json_diff(before, after)) paths.push_back(change.path);
  return join(paths, ", ");
}

std::map<ObjectId, const Json*> by_id(const std::vector<Json>& objects) {
  std::map<ObjectId, const Json*> out;
  for (const Json& object : objects) out[object_id(object)] = &object;
  return out;
}

}  // namespace

Json without_secrets(Json object, std::string_view salt) {
  if (!is_secret(object)) return object;
  // Annotations may repeat what is in data.
  const Json masked = mask_secret(object);
  for (const std::string_view key : {"data", "stringData"}) {
    Json* const values = object.find(key);
    if (values == nullptr) continue;
    if (!values->is_object()) {
      *values = "sha256:" + salted_digest(salt, values->dump());
      continue;
    }
    for (auto& [name, value] : values->members()) {
      value = "sha256:" + salted_digest(salt, name + "\n" + value.dump());
    }
  }
  if (const Json* const metadata = masked.find("metadata")) object["metadata"] = *metadata;
  return object;
}

std::string saved_plan_text(const SavedPlan& plan) {
  Json json = Json::object({{"kind", kKind},
                            {"format", kFormat},
                            {"kfctl", plan.version},
                            {"made", plan.made},
                            {"app", plan.app},
                            {"environment", plan.environment},
                            {"flags", flags_json(plan)},
                            {"objects", Json::array(plan.objects)},
                            {"results", results_json(plan.results)},
                            {"basis", Json::object({{"destination", plan.basis.destination},
                                                    {"place", plan.basis.place},
                                                    {"salt", plan.basis.salt},
                                                    {"objects", basis_json(plan.basis.objects)},
                                                    {"pruned", basis_json(plan.basis.pruned)}})}});
  json[kDigest] = sha256_hex(json.dump());
  return json.dump(2) + "\n";
}

Result<SavedPlan> parse_saved_plan(std::string_view text, std::string_view name) {
  KF_TRY(const Json json, read_whole(text, name));
  SavedPlan out;
  out.app = json.string_at({"app"});
  out.environment = json.string_at({"environment"});
  out.made = json.string_at({"made"});
  out.version = json.string_at({"kfctl"});
  if (const Json* const flags = json.find("flags")) read_flags(*flags, out);
  if (const Json* const basis = json.find("basis")) read_basis(*basis, out.basis);
  for (const Json& object : items_at(json, "objects")) {
    KF_DO(check_object(object, std::string(name)));
    out.objects.push_back(object);
  }
  for (const Json& item : items_at(json, "results")) {
    ObjectResult result;
    result.id = parse_id(item);
    const std::optional<Action> action = parse_action(item.string_at({"action"}));
    if (!action) return project_error(std::string(name) + ": has a step that kfctl does not know");
    result.action = *action;
    out.results.push_back(std::move(result));
  }
  return out;
}

Status check_render(const SavedPlan& plan, const std::vector<Json>& objects) {
  std::vector<Json> now;
  for (const Json& object : objects) now.push_back(without_secrets(object, plan.basis.salt));
  const std::map<ObjectId, const Json*> planned = by_id(plan.objects);
  const std::map<ObjectId, const Json*> rendered = by_id(now);
  std::vector<std::string> moved;
  for (const auto& [id, object] : planned) {
    const auto found = rendered.find(id);
    if (found == rendered.end()) {
      moved.push_back(id.full_text() + " is no longer rendered");
    } else if (*found->second != *object) {
      moved.push_back(id.full_text() +
                      " is rendered otherwise: " + differing_fields(*object, *found->second));
    }
  }
  for (const auto& [id, object] : rendered) {
    if (!planned.contains(id)) moved.push_back(id.full_text() + " is not in the plan");
  }
  if (moved.empty()) return Ok{};
  const std::string given =
      plan.variables.empty() ? "" : " (it was made with " + join(plan.variables, ", ") + ")";
  return project_error("the app no longer renders what was planned:\n  " + join(moved, "\n  "),
                       "nothing was changed; make a new plan with 'kfctl plan'" + given);
}

}  // namespace kfctl
