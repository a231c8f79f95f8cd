#include "templates/manifest/manifest_tree.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "base/yaml.h"

namespace kfctl {
namespace {

constexpr std::string_view kMark = "# kfctl ";
constexpr std::string_view kClusterFolder = "_cluster";
constexpr size_t kMaxFileName = 200;  // file systems take 255 bytes, version control often less

struct Mark {
  TreeOwner owner;
  std::string component;
};

std::string mark_line(const TreeOwner& owner, const std::string& component) {
  return std::string(kMark) +
         Json::object(
             {{"app", owner.app}, {"component", component}, {"environment", owner.environment}})
             .dump() +
         "\n";
}

// Nothing if the first line is not a mark of ours, in which case the file is a stranger's.
std::optional<Mark> mark_of(std::string_view text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  const std::string_view line = trim(text.substr(0, text.find('\n')).substr(kMark.size()));
  const Result<Json> mark = parse_json(line, "");
  if (!mark.ok() || !mark.value().is_object()) return std::nullopt;
  const Json& json = mark.value();
  return Mark{{std::string(json.string_at({"app"})), std::string(json.string_at({"environment"}))},
              std::string(json.string_at({"component"}))};
}

bool same_owner(const TreeOwner& a, const TreeOwner& b) {
  return a.app == b.app && a.environment == b.environment;
}

std::string safe_name(std::string_view name) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

// Groups whose kinds need no group in the file's name. No two of them share a kind but Event, which
// is never kept in a tree, and Ingress, which is the same object in both.
bool is_builtin_group(std::string_view group) {
  return group.find('.') == std::string_view::npos || group.ends_with(".k8s.io");
}

// The object in a manifest of ours; null if someone made it something else.
Json object_in(std::string_view text, const std::string& path) {
  Result<Json> object = parse_yaml(text, path);
  return object.ok() && check_object(object.value(), path).ok() ? std::move(object).value()
                                                                : Json();
}

class Planner {
 public:
  Planner(const Files& files, const std::string& root, const TreeOwner& owner)
      : files_(files), owner_(owner) {
    plan_.root = root;
  }

  Result<TreePlan> plan(const std::vector<ComponentObject>& objects,
                        const std::vector<std::string>& components) {
    for (const ComponentObject& wanted : objects) KF_DO(add_wanted(wanted));
    KF_DO(add_leftovers({components.begin(), components.end()}));
    for (auto& [path, change] : changes_) plan_.changes.push_back(std::move(change));
    return std::move(plan_);
  }

 private:
  Status add_wanted(const ComponentObject& wanted) {
    ManifestChange change;
    change.path = manifest_path(wanted.object);
    change.component = wanted.component;
    change.id = object_id(wanted.object);
    change.after = wanted.object;
    change.text = mark_line(owner_, wanted.component) + to_yaml(wanted.object);
    if (const auto other = changes_.find(change.path); other != changes_.end()) {
      return project_error(change.id.full_text() + " of component '" + wanted.component + "' and " +
                               other->second.id.full_text() + " of component '" +
                               other->second.component + "' would be one file, " + change.path,
                           "rename one of them");
    }
    KF_DO(compare_with_disk(change));
    changes_.emplace(change.path, std::move(change));
    return Ok{};
  }

  Status compare_with_disk(ManifestChange& change) {
    const std::string path = join_path(plan_.root, change.path);
    if (files_.is_link(parent_path(path)) || files_.is_link(path)) {
      return project_error(path + ": a symbolic link is in the way",
                           "kfctl writes only inside of " + plan_.root + "; remove the link");
    }
    change.kind = ManifestChange::Kind::kCreate;
    const PathKind kind = files_.kind(path);
    if (kind == PathKind::kMissing) return Ok{};
    if (kind != PathKind::kFile) return project_error(path + ": is not a file", "remove it");
    KF_TRY(const std::string old, files_.read(path));
    const std::optional<Mark> mark = mark_of(old);
    if (!mark || !same_owner(mark->owner, owner_)) return in_the_way(path, mark);
    change.before = object_in(old, path);
    change.kind =
        old == change.text ? ManifestChange::Kind::kUnchanged : ManifestChange::Kind::kUpdate;
    return Ok{};
  }

  Error in_the_way(const std::string& path, const std::optional<Mark>& mark) const {
    if (!mark) {
      return project_error(path + ": exists and was not written by kfctl",
                           "move it away, or choose another directory for this environment");
    }
    return project_error(path + ": belongs to environment '" + mark->owner.environment +
                             "' of app '" + mark->owner.app + "'",
                         "give this environment another directory or another namespace");
  }

  // Files of the same owner, and of one of `components` unless that is empty, that no object has.
  Status add_leftovers(const std::set<std::string>& components) {
    KF_TRY(const std::vector<std::string> paths, list_tree(files_, plan_.root));
    for (const std::string& path : paths) {
      if (!path.ends_with(".yaml") || changes_.contains(path)) continue;
      const std::string full = join_path(plan_.root, path);
      if (files_.is_link(full) || !files_.is_file(full)) continue;
      KF_TRY(const std::string text, files_.read(full));
      const std::optional<Mark> mark = mark_of(text);
      if (!mark || !same_owner(mark->owner, owner_)) continue;
      if (!components.empty() && !components.contains(mark->component)) continue;
      ManifestChange change;
      change.kind = ManifestChange::Kind::kRemove;
      change.path = path;
      change.component = mark->component;
      change.before = object_in(text, full);
      if (!change.before.is_null()) change.id = object_id(change.before);
      changes_.emplace(path, std::move(change));
    }
    return Ok{};
  }

  const Files& files_;
  const TreeOwner& owner_;
  TreePlan plan_;
  std::map<std::string, ManifestChange> changes_;  // by path
};

}  // namespace

bool TreePlan::empty() const {
  return std::all_of(changes.begin(), changes.end(), [](const ManifestChange& change) {
    return change.kind == ManifestChange::Kind::kUnchanged;
  });
}

std::string manifest_path(const Json& object) {
  const ObjectId id = object_id(object);
  std::string file = to_lower_ascii(id.kind);
  if (!is_builtin_group(id.group())) file += "." + std::string(id.group());
  // A generated name is not known before the server has chosen it: its beginning stands for it.
  const std::string name =
      id.name.empty() ? std::string(object.string_at({"metadata", "generateName"})) : id.name;
  file = safe_name(file) + "-" + safe_name(name);
  if (file.size() > kMaxFileName) {
    const std::string digest = sha256_hex(file).substr(0, 16);
    file = file.substr(0, kMaxFileName - digest.size() - 1) + "-" + digest;
  }
  const std::string folder =
      id.namespace_.empty() ? std::string(kClusterFolder) : safe_name(id.namespace_);
  return join_path(folder == "." || folder == ".." ? "%2E" : folder, file + ".yaml");
}

Result<TreePlan> plan_tree(const Files& files, const std::string& root, const TreeOwner& owner,
                           const std::vector<ComponentObject>& objects,
                           const std::vector<std::string>& components) {
  return Planner(files, root, owner).plan(objects, components);
}

Status commit_tree(Files& files, const TreePlan& plan, bool prune) {
  std::vector<FileWrite> writes;
  for (const ManifestChange& change : plan.changes) {
    if (change.kind != ManifestChange::Kind::kCreate &&
        change.kind != ManifestChange::Kind::kUpdate) {
      continue;
    }
    writes.push_back({join_path(plan.root, change.path), change.text});
  }
  KF_DO(files.write_all(writes));
  if (!prune) return Ok{};
  std::set<std::string> folders;
  for (const ManifestChange& change : plan.changes) {
    if (change.kind != ManifestChange::Kind::kRemove) continue;
    KF_DO(files.remove(join_path(plan.root, change.path)));
    folders.insert(parent_path(change.path));
  }
  folders.insert("");
  // The root itself, named last by this order, goes too when nothing is left in it.
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    const std::string path = join_path(plan.root, *folder);
    if (!files.is_directory(path)) continue;
    KF_TRY(const std::vector<std::string> names, files.list(path));
    if (names.empty()) KF_DO(files.remove(path));
  }
  return Ok{};
}

}  // namespace kfctl
