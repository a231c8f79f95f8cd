#include "cli/object_name.h"

#include <algorithm>
#include <string>

#include "base/object.h"
#include "base/text.h"

namespace kfctl {
namespace {

struct Wanted {
  std::string name_space;  // "": any
  std::string kind;        // in small letters, "": any
  std::string group;       // in small letters, "": any
  std::string name;
};

Wanted parse(std::string_view text) {
  Wanted wanted;
  const std::vector<std::string_view> parts = split(text, '/');
  wanted.name = parts.back();
  if (parts.size() > 1) {
    const std::string kind = to_lower_ascii(parts[parts.size() - 2]);
    wanted.kind = kind.substr(0, kind.find('.'));
    if (wanted.kind.size() < kind.size()) wanted.group = kind.substr(wanted.kind.size() + 1);
  }
  if (parts.size() > 2) wanted.name_space = parts[parts.size() - 3];
  return wanted;
}

std::string name_of(const Json& object) {
  const ObjectId id = object_id(object);
  return id.name.empty() ? std::string(object.string_at({"metadata", "generateName"})) : id.name;
}

bool is_meant(const Json& object, const Wanted& wanted) {
  const ObjectId id = object_id(object);
  return name_of(object) == wanted.name &&
         (wanted.kind.empty() || to_lower_ascii(id.kind) == wanted.kind) &&
         (wanted.group.empty() || to_lower_ascii(id.group()) == wanted.group) &&
         (wanted.name_space.empty() || id.namespace_ == wanted.name_space);
}

std::string short_name(const Json& object) {
  return object_id(object).kind + "/" + name_of(object);
}

std::string long_name(const Json& object) {
  const std::string name_space = object_id(object).namespace_;
  return (name_space.empty() ? "" : name_space + "/") + short_name(object);
}

}  // namespace

Result<const Json*> find_named_object(const std::vector<Json>& objects, std::string_view name) {
  const Wanted wanted = parse(name);
  std::vector<const Json*> found;
  std::vector<std::string> names;
  for (const Json& object : objects) {
    if (is_meant(object, wanted)) found.push_back(&object);
    names.push_back(short_name(object));
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const std::string all =
        names.size() <= 12 ? "there are " + join(names, ", ") : "'kfctl show' lists all of them";
    return usage_error("there is no object '" + std::string(name) + "'",
                       did_you_mean(name, names, all));
  }
  std::vector<std::string> meant;
  for (const Json* object : found) meant.push_back(long_name(*object));
  return usage_error("'" + std::string(name) + "' may mean " + join(meant, " or "),
                     "name one of them, or choose a component with -c");
}

}  // namespace kfctl
