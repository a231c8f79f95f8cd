// app.yaml and app.override.yaml: reading every schema from 0.1.0 to 0.3.0, writing 0.3.0.
//
// The documents are kept as Json, so that fields we do not know survive a change. Two fields are
// ours, in an environment's destination: `context` (a kubeconfig context instead of a server's
// address) and `directory` (a folder that takes one file per object instead of a cluster).
// docs/app-format.md describes them. Text in, text out: nothing here touches a disk.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

/// Where an environment's objects go: a directory if `directory` is set, else a cluster, found by
/// `context` if that is set, else by `server`, else by the current context.
struct Destination {
  std::string server;                  // "https://10.0.0.1:6443" or ""
  std::string context;                 // name of a kubeconfig context, or ""
  std::string name_space = "default";  // for objects that name none
  std::string directory;               // absolute or relative to the app's root, or ""

  friend bool operator==(const Destination&, const Destination&) = default;
};

/// A package that app.yaml pins. A version "" means vendor/<registry>/<name> without "@version".
struct Library {
  std::string registry;
  std::string name;
  std::string version;
};

struct RegistryEntry {
  std::string name;
  std::string protocol;  // "github", "fs", "helm"
  std::string uri;
  bool overridden = false;  // comes from app.override.yaml
};

struct Environment {
  std::string name;                // "default", "us-west/prod"
  std::string path;                // of its folder below environments/
  std::string kubernetes_version;  // "v1.34.0"
  Destination destination;
  std::vector<std::string> targets;  // modules to deploy; none means only the root module "/"
  std::vector<Library> libraries;    // sorted; they win over the app's
  bool overridden = false;           // comes from app.override.yaml
};

class AppConfig {
 public:
  /// Reads app.yaml and, unless `override_text` is empty, app.override.yaml; both are migrated to
  /// 0.3.0 in memory. `path` and `override_path` name them in messages.
  /// Errors: kProject with the place: bad YAML, a wrong kind, an unknown apiVersion, a field of the
  /// wrong type.
  static Result<AppConfig> parse(std::string_view text, std::string path,
                                 std::string_view override_text, std::string override_path);

  /// A new app of that name, without environments.
  static AppConfig make(std::string_view name);

  std::string name() const;
  const std::vector<Environment>& environments() const { return environments_; }  // by name
  const std::vector<RegistryEntry>& registries() const { return registries_; }    // by name
  const std::vector<Library>& libraries() const { return libraries_; }            // by name

  /// The environment of that name (override applied), or nullptr.
  const Environment* find_environment(std::string_view name) const;

  /// Adds or replaces one in app.yaml, or in app.override.yaml. Fields of it that we do not know
  /// stay as they were.
  void put_environment(const Environment& environment, bool in_override);
  /// Renames the key of its entry, in whichever of the two it is.
  void rename_environment(std::string_view from, std::string_view to);
  /// Removes it from one of the two; says whether it was there.
  bool erase_environment(std::string_view name, bool in_override);

  /// The texts to write. The comment lines at the top of a file are kept; other comments are not,
  /// as with `ks`. override_text() is "" if there is nothing to override.
  std::string text() const;
  std::string override_text() const;

 private:
  void refresh();

  Json app_;
  Json override_;                     // null if there is none
  std::string head_, override_head_;  // comment lines at the top
  std::vector<Environment> environments_;
  std::vector<RegistryEntry> registries_;
  std::vector<Library> libraries_;
};

}  // namespace kfctl
