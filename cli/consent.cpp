#include "cli/consent.h"

#include <algorithm>

#include "base/json.h"

namespace kfctl {
namespace {

struct Places {
  std::string app;
  std::string directory;

  bool inside() const { return is_below(directory, app); }
};

Result<Places> real_places(const std::string& root, const std::string& directory,
                           const Files& files) {
  KF_TRY(std::string app, files.real_path(root));
  KF_TRY(std::string place, files.real_path(join_path(root, directory)));
  return Places{std::move(app), std::move(place)};
}

// "" if there is no home.
std::string record_path(const World& world) {
  const auto found = world.around.variables.find("XDG_CONFIG_HOME");
  // The specification wants a relative path to be ignored.
  if (found != world.around.variables.end() && found->second.starts_with('/'))
    return join_path(found->second, "kfctl/directories.json");
  return world.around.home.empty() ? "" : world.around.home + "/.config/kfctl/directories.json";
}

Result<Json> read_record(const World& world, const std::string& path) {
  if (path.empty() || world.files.kind(path) == PathKind::kMissing) return Json::object();
  KF_TRY(const std::string text, world.files.read(path));
  KF_TRY(Json record, parse_json(text, path));
  if (!record.is_object()) {
    return project_error(path + ": must hold an object", "remove it, and allow directories anew");
  }
  return record;
}

bool is_allowed(const Json& record, const Places& places) {
  const Json* const allowed = record.find(places.app);
  if (allowed == nullptr || !allowed->is_array()) return false;
  return std::any_of(allowed->items().begin(), allowed->items().end(), [&](const Json& one) {
    return one.is_string() && one.as_string() == places.directory;
  });
}

}  // namespace

Result<std::vector<FileWrite>> consent_to(const std::string& root, const std::string& directory,
                                          const World& world) {
  std::vector<FileWrite> writes;
  if (directory.empty()) return writes;
  KF_TRY(const Places places, real_places(root, directory, world.files));
  if (places.inside()) return writes;
  std::string path = record_path(world);
  if (path.empty()) {
    return usage_error(
        "there is no place to remember that the app may write to " + places.directory,
        "set HOME or XDG_CONFIG_HOME, or name a directory in the app");
  }
  KF_TRY(Json record, read_record(world, path));
  if (is_allowed(record, places)) return writes;
  Json& allowed = record[places.app];
  if (!allowed.is_array()) allowed = Json::array();
  allowed.push_back(places.directory);
  writes.push_back({std::move(path), record.dump(2) + "\n"});
  return writes;
}

Status check_consent(const App& app, const Environment& environment, const World& world) {
  const std::string& directory = environment.destination.directory;
  if (directory.empty()) return Ok{};
  KF_TRY(const Places places, real_places(app.root(), directory, world.files));
  if (places.inside()) return Ok{};
  KF_TRY(const Json record, read_record(world, record_path(world)));
  if (is_allowed(record, places)) return Ok{};
  return usage_error(
      "environment '" + environment.name + "' goes to " + places.directory +
          ", outside of the app, and nobody allowed that on this machine",
      "if you want it: kfctl env set " + environment.name + " --directory " + directory);
}

}  // namespace kfctl
