#include "templates/app/app_config.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "base/yaml.h"

namespace kfctl {
namespace {

constexpr std::string_view kApiVersion = "0.3.0";
using Path = std::vector<std::string>;

enum class Shape { kString, kStringList, kMap };

bool has_shape(const Json& value, Shape shape) {
  if (value.is_null()) return true;
  if (shape == Shape::kString) return value.is_string();
  if (shape == Shape::kMap) return value.is_object();
  return value.is_array() && std::all_of(value.items().begin(), value.items().end(),
                                         [](const Json& item) { return item.is_string(); });
}

// One file while it is read: checks fields and says where they are wrong.
class Reader {
 public:
  Reader(std::string_view text, std::string_view path) : text_(text), path_(path) {}

  Error error(const Path& at, std::string_view what, std::string hint = "") const {
    return yaml_error_at(text_, path_, 0, at, what, std::move(hint));
  }

  /// Checks the field `key` of `parent`, which lies at `at`.
  Status check(const Json& parent, Path at, std::string_view key, Shape shape) const {
    const Json* value = parent.find(key);
    if (value == nullptr || has_shape(*value, shape)) return Ok{};
    at.emplace_back(key);
    constexpr std::string_view kNames[] = {"a string", "a list of strings", "a mapping"};
    return error(at, std::string(key) + " must be " + std::string(kNames[static_cast<int>(shape)]) +
                         ", not a " + std::string(value->type_name()));
  }

  /// Checks that each member of the mapping `key` of `parent` is a mapping, and calls
  /// `inner(member value, its path)` for it.
  template <typename Inner>
  Status check_each(const Json& parent, Path at, std::string_view key, Inner inner) const {
    KF_DO(check(parent, at, key, Shape::kMap));
    const Json* map = parent.find(key);
    if (map == nullptr || map->is_null()) return Ok{};
    at.emplace_back(key);
    for (const Json::Member& member : map->members()) {
      KF_DO(check(*map, at, member.first, Shape::kMap));
      Path below = at;
      below.push_back(member.first);
      if (member.second.is_null()) return error(below, member.first + " is empty");
      KF_DO(inner(member.second, below));
    }
    return Ok{};
  }

 private:
  std::string_view text_;
  std::string_view path_;
};

Status check_library(const Reader& reader, const Json& library, const Path& at) {
  for (const std::string_view key : {"name", "registry", "version"}) {
    KF_DO(reader.check(library, at, key, Shape::kString));
  }
  return reader.check(library, at, "gitVersion", Shape::kMap);
}

Status check_environment(const Reader& reader, const Json& environment, const Path& at) {
  for (const std::string_view key : {"path", "k8sVersion"}) {
    KF_DO(reader.check(environment, at, key, Shape::kString));
  }
  const std::string_view folder = environment.string_at({"path"}, at.back());
  if (!stays_inside(folder) || normal_path(folder) == ".") {
    return reader.error(at, "'" + std::string(folder) + "' is no folder of environments/");
  }
  KF_DO(reader.check(environment, at, "targets", Shape::kStringList));
  KF_DO(reader.check(environment, at, "destination", Shape::kMap));
  if (const Json* destination = environment.find("destination")) {
    Path below = at;
    below.emplace_back("destination");
    for (const std::string_view key : {"server", "namespace", "context", "directory"}) {
      KF_DO(reader.check(*destination, below, key, Shape::kString));
    }
  }
  return reader.check_each(environment, at, "libraries", [&](const Json& library, const Path& p) {
    return check_library(reader, library, p);
  });
}

Status check_registry(const Reader& reader, const Json& registry, const Path& at) {
  KF_DO(reader.check(registry, at, "protocol", Shape::kString));
  return reader.check(registry, at, "uri", Shape::kString);
}

Status check_document(const Reader& reader, const Json& document, std::string_view kind) {
  if (!document.is_object()) return reader.error({}, "expected a mapping with apiVersion and kind");
  for (const std::string_view key : {"apiVersion", "kind", "name", "version"}) {
    KF_DO(reader.check(document, {}, key, Shape::kString));
  }
  const std::string_view found = document.string_at({"kind"});
  if (found != kind) {
    return reader.error({"kind"},
                        "kind must be " + std::string(kind) + ", not '" + std::string(found) + "'");
  }
  const std::string_view version = document.string_at({"apiVersion"});
  if (version != "0.1.0" && version != "0.2.0" && version != kApiVersion) {
    return reader.error({"apiVersion"},
                        "apiVersion '" + std::string(version) + "' is not one that kfctl reads",
                        "0.1.0, 0.2.0 and 0.3.0 are");
  }
  KF_DO(reader.check_each(document, {}, "registries", [&](const Json& registry, const Path& at) {
    return check_registry(reader, registry, at);
  }));
  KF_DO(reader.check_each(document, {}, "libraries", [&](const Json& library, const Path& at) {
    return check_library(reader, library, at);
  }));
  return reader.check_each(document, {}, "environments",
                           [&](const Json& environment, const Path& at) {
                             return check_environment(reader, environment, at);
                           });
}

// 0.1.0 and 0.2.0 name a library by its bare name, and 0.1.0 keeps its version in gitVersion.
Json migrated_libraries(const Json& libraries) {
  Json out = Json::object();
  for (const Json::Member& member : libraries.members()) {
    Json library = member.second;
    const std::string commit(library.string_at({"gitVersion", "commitSha"}));
    if (library.erase("gitVersion") && library.find("version") == nullptr) {
      library["version"] = commit;
    }
    if (library.find("version") == nullptr) library["version"] = "";
    const std::string registry(library.string_at({"registry"}));
    const bool qualified = registry.empty() || member.first.find('/') != std::string::npos;
    out[qualified ? member.first : registry + "/" + member.first] = std::move(library);
  }
  return out;
}

void migrate_environment(Json& environment, bool slash_targets) {
  if (Json* libraries = environment.find("libraries"); libraries && libraries->is_object()) {
    *libraries = migrated_libraries(*libraries);
  }
  Json* targets = environment.find("targets");
  if (!slash_targets || targets == nullptr || !targets->is_array()) return;
  for (Json& target : targets->items()) {
    std::string name = target.as_string();
    if (name == "/") continue;
    std::replace(name.begin(), name.end(), '/', '.');
    target = Json(std::move(name));
  }
}

void migrate(Json& document) {
  const std::string version(document.string_at({"apiVersion"}));
  if (version == kApiVersion) return;
  document["apiVersion"] = kApiVersion;
  if (Json* registries = document.find("registries"); registries && registries->is_object()) {
    for (Json::Member& member : registries->members()) member.second.erase("gitVersion");
  }
  if (Json* libraries = document.find("libraries"); libraries && libraries->is_object()) {
    *libraries = migrated_libraries(*libraries);
  }
  if (Json* environments = document.find("environments");
      environments && environments->is_object()) {
    for (Json::Member& member : environments->members()) {
      migrate_environment(member.second, version == "0.1.0");
    }
  }
}

std::string head_comments(std::string_view text) {
  std::string head;
  for (const std::string_view line : split_lines(text)) {
    if (!line.starts_with('#')) break;
    head += std::string(line) + "\n";
  }
  return head;
}

std::vector<Library> read_libraries(const Json& parent) {
  std::vector<Library> out;
  const Json* libraries = parent.find("libraries");
  if (libraries == nullptr || !libraries->is_object()) return out;
  for (const auto& [key, value] : libraries->members()) {
    const size_t slash = key.find('/');
    const std::string_view short_name = slash == std::string::npos
                                            ? std::string_view(key)
                                            : std::string_view(key).substr(slash + 1);
    out.push_back({std::string(value.string_at({"registry"})),
                   std::string(value.string_at({"name"}, short_name)),
                   std::string(value.string_at({"version"}))});
  }
  return out;
}

Environment read_environment(const std::string& name, const Json& value, bool overridden) {
  Environment environment;
  environment.name = name;
  environment.path = value.string_at({"path"}, name);
  environment.kubernetes_version = value.string_at({"k8sVersion"});
  Destination& destination = environment.destination;
  destination.server = value.string_at({"destination", "server"});
  destination.context = value.string_at({"destination", "context"});
  destination.directory = value.string_at({"destination", "directory"});
  const std::string_view name_space = value.string_at({"destination", "namespace"});
  if (!name_space.empty()) destination.name_space = name_space;
  if (const Json* targets = value.find("targets"); targets != nullptr && targets->is_array()) {
    for (const Json& target : targets->items()) environment.targets.push_back(target.as_string());
  }
  environment.libraries = read_libraries(value);
  environment.overridden = overridden;
  return environment;
}

void set_or_erase(Json& object, std::string_view key, const std::string& value) {
  if (value.empty()) {
    object.erase(key);
  } else {
    object[key] = value;
  }
}

const Json* member_map(const Json& document, std::string_view key) {
  const Json* map = document.find(key);
  return map != nullptr && map->is_object() ? map : nullptr;
}

Result<Json> read_document(std::string_view text, const std::string& path, std::string_view kind) {
  KF_TRY(Json document, parse_yaml(text, path));
  KF_DO(check_document(Reader(text, path), document, kind));
  migrate(document);
  return document;
}

}  // namespace

Result<AppConfig> AppConfig::parse(std::string_view text, std::string path,
                                   std::string_view override_text, std::string override_path) {
  AppConfig config;
  KF_TRY(config.app_, read_document(text, path, "ksonnet.io/app"));
  config.head_ = head_comments(text);
  if (!trim(override_text).empty()) {
    KF_TRY(config.override_,
           read_document(override_text, override_path, "ksonnet.io/app-override"));
    config.override_head_ = head_comments(override_text);
  }
  config.refresh();
  return config;
}

AppConfig AppConfig::make(std::string_view name) {
  AppConfig config;
  config.app_ = Json::object({{"apiVersion", kApiVersion},
                              {"kind", "ksonnet.io/app"},
                              {"name", Json(name)},
                              {"version", "0.0.1"}});
  return config;
}

std::string AppConfig::name() const { return std::string(app_.string_at({"name"})); }

const Environment* AppConfig::find_environment(std::string_view name) const {
  const auto found = std::find_if(environments_.begin(), environments_.end(),
                                  [name](const Environment& e) { return e.name == name; });
  return found == environments_.end() ? nullptr : &*found;
}

void AppConfig::put_environment(const Environment& environment, bool in_override) {
  if (in_override && override_.is_null()) {
    override_ = Json::object({{"apiVersion", kApiVersion}, {"kind", "ksonnet.io/app-override"}});
  }
  Json& value = (in_override ? override_ : app_)["environments"][environment.name];
  value["path"] = environment.path;
  set_or_erase(value, "k8sVersion", environment.kubernetes_version);
  Json& destination = value["destination"];
  destination["namespace"] = environment.destination.name_space;
  set_or_erase(destination, "server", environment.destination.server);
  set_or_erase(destination, "context", environment.destination.context);
  set_or_erase(destination, "directory", environment.destination.directory);
  value.erase("targets");
  for (const std::string& target : environment.targets) value["targets"].push_back(target);
  refresh();
}

void AppConfig::rename_environment(std::string_view from, std::string_view to) {
  for (Json* document : {&app_, &override_}) {
    Json* environments = document->find("environments");
    Json* value = environments == nullptr ? nullptr : environments->find(from);
    if (value == nullptr) continue;
    Json moved = std::move(*value);
    environments->erase(from);
    (*environments)[to] = std::move(moved);
  }
  refresh();
}

bool AppConfig::erase_environment(std::string_view name, bool in_override) {
  Json& document = in_override ? override_ : app_;
  Json* environments = document.find("environments");
  if (environments == nullptr || !environments->erase(name)) return false;
  if (environments->members().empty()) document.erase("environments");
  refresh();
  return true;
}

std::string AppConfig::text() const { return head_ + to_yaml(app_); }

std::string AppConfig::override_text() const {
  const bool empty = member_map(override_, "environments") == nullptr &&
                     member_map(override_, "registries") == nullptr;
  return empty ? "" : override_head_ + to_yaml(override_);
}

void AppConfig::refresh() {
  std::map<std::string, Environment> environments;
  std::map<std::string, RegistryEntry> registries;
  for (const Json* document : {&app_, &override_}) {
    const bool overridden = document == &override_;
    if (const Json* map = member_map(*document, "environments")) {
      for (const auto& [name, value] : map->members()) {
        Environment environment = read_environment(name, value, overridden);
        // Libraries cannot be overridden: those of app.yaml stay.
        const auto below = environments.find(name);
        if (below != environments.end()) environment.libraries = below->second.libraries;
        environments[name] = std::move(environment);
      }
    }
    if (const Json* map = member_map(*document, "registries")) {
      for (const auto& [name, value] : map->members()) {
        registries[name] = {name, std::string(value.string_at({"protocol"})),
                            std::string(value.string_at({"uri"})), overridden};
      }
    }
  }
  environments_.clear();
  registries_.clear();
  for (auto& [name, environment] : environments) environments_.push_back(std::move(environment));
  for (auto& [name, registry] : registries) registries_.push_back(std::move(registry));
  libraries_ = read_libraries(app_);
}

}  // namespace kfctl
