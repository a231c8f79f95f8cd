#include "cluster/depends_on.h"

#include <algorithm>

#include "base/text.h"

namespace kfctl {
namespace {

bool any_empty(const std::vector<std::string_view>& parts, size_t from) {
  return std::any_of(parts.begin() + static_cast<std::ptrdiff_t>(from), parts.end(),
                     [](std::string_view part) { return part.empty(); });
}

std::optional<Dependency> parse_own(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '/');
  if (parts.size() < 2 || parts.size() > 3 || any_empty(parts, 0)) return std::nullopt;
  Dependency out;
  out.text = std::string(text);
  out.name = std::string(parts.back());
  if (parts.size() == 3) out.namespace_ = std::string(parts[0]);
  const std::string_view kind = parts[parts.size() - 2];
  const size_t dot = kind.find('.');
  out.kind = std::string(kind.substr(0, dot));
  if (dot != std::string_view::npos) out.group = std::string(kind.substr(dot + 1));
  if (out.kind.empty() || (out.group && out.group->empty())) return std::nullopt;
  return out;
}

std::optional<Dependency> parse_standard(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '/');
  const bool namespaced = parts.size() == 5 && parts[1] == "namespaces";
  if ((!namespaced && parts.size() != 3) || any_empty(parts, 1)) return std::nullopt;
  return Dependency{std::string(text), std::string(parts[0]), std::string(parts[parts.size() - 2]),
                    namespaced ? std::string(parts[2]) : std::string(), std::string(parts.back())};
}

struct Form {
  std::string_view annotation;
  std::optional<Dependency> (*parse)(std::string_view text);
  std::string_view hint;
};

constexpr Form kForms[] = {
    {kDependsOn, parse_own,
     "it looks like 'Deployment/db, infra/StatefulSet.apps/queue': KIND[.GROUP]/NAME, with "
     "NAMESPACE/ before it if it is in another namespace"},
    {kStandardDependsOn, parse_standard,
     "it looks like 'apps/namespaces/prod/Deployment/db', or 'GROUP/KIND/NAME' for a kind without "
     "namespaces; the core group is empty: '/namespaces/prod/ConfigMap/db'"},
};

}  // namespace

bool Dependency::is(const ObjectId& id, const ObjectId& owner) const {
  if (id.name != name || id.kind != kind || (group && id.group() != *group)) return false;
  if (namespace_) return id.namespace_ == *namespace_;
  return id.namespace_ == owner.namespace_ || id.namespace_.empty();
}

Result<std::vector<Dependency>> depends_on(const Json& object) {
  std::vector<Dependency> out;
  for (const Form& form : kForms) {
    const std::string_view list = object.string_at({"metadata", "annotations", form.annotation});
    if (trim(list).empty()) continue;
    for (const std::string_view one : split(list, ',')) {
      std::optional<Dependency> parsed = form.parse(trim(one));
      if (!parsed) {
        return project_error(object_id(object).full_text() + ": its annotation " +
                                 std::string(form.annotation) + " names no object by '" +
                                 std::string(trim(one)) + "'",
                             std::string(form.hint));
      }
      out.push_back(std::move(*parsed));
    }
  }
  return out;
}

}  // namespace kfctl
