// A directory as destination: a tree with one object per file, for Git-based delivery and for
// trying kfctl without a cluster.
//
//     <root>/<namespace>/deployment-web.yaml
//     <root>/_cluster/clusterrole-prod-web.yaml        objects without a namespace
//     <root>/prod/virtualservice.networking.istio.io-web.yaml   kinds of groups that are not built
//     in
//
// The first line of each file is a mark in JSON that says which app, environment and component it
// belongs to: `# kfctl {"app":"shop","component":"web","environment":"prod"}`. Only a file with the
// mark of the same app and environment is ever overwritten or removed, so several environments, and
// files written by people, may share a tree. The rest of a file is the object's YAML: the same
// objects always give the same bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/object.h"
#include "base/result.h"

namespace kfctl {

/// An object and the component it was rendered from.
struct ComponentObject {
  std::string component;
  Json object;
};

/// Whose manifests a tree's files are.
struct TreeOwner {
  std::string app;
  std::string environment;
};

struct ManifestChange {
  enum class Kind { kUnchanged, kCreate, kUpdate, kRemove };
  Kind kind = Kind::kUnchanged;
  std::string path;  // relative to the tree's root
  std::string component;
  ObjectId id;
  Json before;       // null if there is no file, or if it no longer is YAML of an object
  Json after;        // null if the file goes
  std::string text;  // the file's new content, "" if it goes
};

struct TreePlan {
  std::string root;
  std::vector<ManifestChange> changes;  // sorted by path, unchanged ones included

  bool empty() const;  // true if every change is kUnchanged
};

/// The file of an object, relative to the root. Letters, digits, '.', '-' and '_' of its name stay,
/// all else is written %XX, and a name too long for a file system ends in a hash of the whole.
/// REQUIRES: check_object(object) is fine.
std::string manifest_path(const Json& object);

/// What makes the tree at `root` hold exactly `objects` for `owner`: files to write, and files of
/// the same owner that no object has any more. With `components` not empty only those components'
/// files count, others stay as they are. Reads, and changes nothing.
/// Errors: kProject if two objects would be one file, or a file that is not ours is in the way; or
/// a symbolic link would lead out of the tree; kDisk.
Result<TreePlan> plan_tree(const Files& files, const std::string& root, const TreeOwner& owner,
                           const std::vector<ComponentObject>& objects,
                           const std::vector<std::string>& components = {});

/// Carries `plan` out: first all writes together, then, if `prune`, the removals and the folders
/// they leave empty. Writes nothing that is unchanged. Errors: kDisk.
Status commit_tree(Files& files, const TreePlan& plan, bool prune);

}  // namespace kfctl
