#include "cli/environments.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/object.h"
#include "cli/project.h"

namespace kfctl {
namespace {

Result<std::vector<std::string>> chosen_names(const Args& args, const World& world) {
  KF_TRY(const App app, open_app(args, world));
  std::vector<std::string> names;
  for (const std::string& word : args.words()) {
    KF_TRY(const Environment environment, choose_environment(app, word));
    if (std::find(names.begin(), names.end(), environment.name) != names.end()) {
      return usage_error("environment '" + environment.name + "' is named twice");
    }
    names.push_back(environment.name);
  }
  if (!names.empty()) return names;
  KF_TRY(const Environment environment, choose_environment(app, ""));
  return std::vector<std::string>{environment.name};
}

}  // namespace

Result<std::vector<OpenEnvironment>> load_environments(const Args& args, Console& console,
                                                       const World& world) {
  KF_TRY(const std::vector<std::string> names, chosen_names(args, world));
  std::vector<OpenEnvironment> out;
  for (const std::string& name : names) {
    if (world.cancel.cancelled()) return cancelled_error();
    OpenEnvironment one;
    one.name = name;
    Result<Deployment> loaded = load_deployment(args, console, world, nullptr, {name, {}});
    if (loaded.ok()) {
      one.deployment = std::make_unique<Deployment>(std::move(loaded).value());
    } else {
      one.error = loaded.error();
    }
    out.push_back(std::move(one));
  }
  return out;
}

void open_targets(std::vector<OpenEnvironment>& environments, const Args& args, World& world) {
  for (OpenEnvironment& one : environments) {
    if (one.deployment == nullptr) continue;
    Result<std::unique_ptr<Target>> target = open_target(*one.deployment, args, world);
    if (target.ok()) {
      one.target = std::move(target).value();
    } else {
      one.error = target.error();
    }
  }
}

std::optional<int> refuse_if_any_failed(const std::vector<OpenEnvironment>& environments,
                                        Console& console) {
  int worst = kExitOk;
  for (const OpenEnvironment& one : environments) {
    if (one.error) worst = std::max(worst, console.fail(*one.error));
  }
  if (worst == kExitOk) return std::nullopt;
  if (environments.size() > 1) {
    console.note("Nothing was changed in any of the " + std::to_string(environments.size()) +
                 " environments.");
  }
  return worst;
}

bool share_objects(const OpenEnvironment& a, const OpenEnvironment& b) {
  if (a.target->place() != b.target->place()) return false;
  // A directory has one list of what lies in it.
  if (!a.deployment->environment.destination.directory.empty()) return true;
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  const auto key = [](const Json& object) {
    const ObjectId id = object_id(object);
    return Key(id.group(), id.kind, id.namespace_, id.name);
  };
  std::set<Key> keys;
  for (const Json& object : a.deployment->objects) keys.insert(key(object));
  return std::any_of(b.deployment->objects.begin(), b.deployment->objects.end(),
                     [&](const Json& object) { return keys.contains(key(object)); });
}

}  // namespace kfctl
