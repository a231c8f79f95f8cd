#include "cluster/kubeconfig_file.h"

#include <optional>
#include <set>
#include <vector>

#include "base/text.h"
#include "base/yaml.h"

namespace kfctl {
namespace {

using Path = std::vector<std::string>;

// One file: its values with their places. The first error wins and is kept; everything read after
// it is ignored.
class FileReader {
 public:
  FileReader(std::string text, std::string name)
      : text_(std::move(text)), name_(std::move(name)), directory_(parent_path(name_)) {}

  Status read_into(Kubeconfig& config) {
    KF_TRY(const Json root, parse_yaml(text_, name_));
    if (root.is_null()) return Ok{};
    if (!root.is_object()) return at({}, "a kubeconfig is a mapping");
    const std::string current = text(root, {}, "current-context");
    if (config.current_context.empty()) config.current_context = current;
    // The first file that defines an entry wins it whole: emplace keeps what is there.
    each(root, "clusters", "cluster", [&](const std::string& name, const Json& body, Path path) {
      config.clusters.emplace(name, cluster(body, path));
    });
    each(root, "users", "user", [&](const std::string& name, const Json& body, Path path) {
      config.users.emplace(name, user(body, path));
    });
    each(root, "contexts", "context", [&](const std::string& name, const Json& body, Path path) {
      config.contexts.emplace(name,
                              KubeContext{text(body, path, "cluster"), text(body, path, "user"),
                                          text(body, path, "namespace")});
    });
    if (error_) return *error_;
    return Ok{};
  }

 private:
  Error at(const Path& path, const std::string& what) const {
    return yaml_error_at(text_, name_, 0, path, what);
  }
  void fail(Path path, const std::string& what) {
    if (!error_) error_ = at(path, what);
  }

  // Calls take(name, body, path of body) for each entry of the list `key`.
  template <typename Take>
  void each(const Json& root, const std::string& key, const std::string& body_key, Take take) {
    const Json* const list = root.find(key);
    if (list == nullptr || list->is_null()) return;
    if (!list->is_array()) return fail({key}, key + " must be a list");
    std::set<std::string> seen;
    for (size_t i = 0; i < list->items().size(); ++i) {
      const Json& entry = list->items()[i];
      const Path path = {key, std::to_string(i)};
      const std::string name = text(entry, path, "name");
      if (name.empty()) return fail(path, "an entry of " + key + " needs a name");
      if (!seen.insert(name).second) continue;
      const Json* const body = entry.find(body_key);
      static const Json kEmpty = Json::object();
      take(name, body == nullptr || body->is_null() ? kEmpty : *body, extend(path, body_key));
    }
  }

  static Path extend(Path path, const std::string& key) {
    path.push_back(key);
    return path;
  }

  std::string text(const Json& object, const Path& path, const std::string& key) {
    const Json* const value = object.find(key);
    if (value == nullptr || value->is_null()) return "";
    if (value->is_string()) return value->as_string();
    fail(extend(path, key), key + " must be a string");
    return "";
  }

  bool flag(const Json& object, const Path& path, const std::string& key) {
    const Json* const value = object.find(key);
    if (value == nullptr || value->is_null()) return false;
    if (value->is_bool()) return value->as_bool();
    fail(extend(path, key), key + " must be true or false");
    return false;
  }

  std::string data(const Json& object, const Path& path, const std::string& key) {
    std::string decoded;
    if (!base64_decode(text(object, path, key), decoded)) {
      fail(extend(path, key), key + " is not base64");
    }
    return decoded;
  }

  std::string file(const Json& object, const Path& path, const std::string& key) {
    const std::string value = text(object, path, key);
    return value.empty() ? "" : join_path(directory_, value);
  }

  std::vector<std::string> texts(const Json& object, const Path& path, const std::string& key) {
    std::vector<std::string> out;
    const Json* const list = object.find(key);
    if (list == nullptr || list->is_null()) return out;
    if (!list->is_array()) fail(extend(path, key), key + " must be a list");
    if (!list->is_array()) return out;
    for (const Json& item : list->items()) {
      if (item.is_string()) {
        out.push_back(item.as_string());
      } else {
        fail(extend(path, key), key + " must be a list of strings");
      }
    }
    return out;
  }

  KubeCluster cluster(const Json& body, const Path& path) {
    KubeCluster out;
    out.server = text(body, path, "server");
    out.tls_server_name = text(body, path, "tls-server-name");
    out.insecure = flag(body, path, "insecure-skip-tls-verify");
    out.ca_file = file(body, path, "certificate-authority");
    out.ca_data = data(body, path, "certificate-authority-data");
    out.proxy_url = text(body, path, "proxy-url");
    out.disable_compression = flag(body, path, "disable-compression");
    const Json* const extensions = body.find("extensions");
    if (extensions == nullptr || !extensions->is_array()) return out;
    for (const Json& extension : extensions->items()) {
      if (extension.string_at({"name"}) != "client.authentication.k8s.io/exec") continue;
      if (const Json* const config = extension.find("extension")) out.exec_config = *config;
    }
    return out;
  }

  KubeUser user(const Json& body, const Path& path) {
    KubeUser out;
    out.client_cert_file = file(body, path, "client-certificate");
    out.client_cert_data = data(body, path, "client-certificate-data");
    out.client_key_file = file(body, path, "client-key");
    out.client_key_data = data(body, path, "client-key-data");
    out.token = text(body, path, "token");
    out.token_file = file(body, path, "tokenFile");
    out.username = text(body, path, "username");
    out.password = text(body, path, "password");
    out.as = text(body, path, "as");
    out.as_uid = text(body, path, "as-uid");
    out.as_groups = texts(body, path, "as-groups");
    if (const Json* const extra = body.find("as-user-extra"); extra && extra->is_object()) {
      for (const auto& [key, values] : extra->members()) {
        for (std::string& value : texts(*extra, extend(path, "as-user-extra"), key)) {
          out.as_extra.emplace_back(key, std::move(value));
        }
      }
    }
    const Json* const provider = body.find("auth-provider");
    if (provider != nullptr) out.auth_provider = provider->string_at({"name"}, "?");
    const Json* const exec = body.find("exec");
    if (exec != nullptr && !exec->is_null()) out.exec = plugin(*exec, extend(path, "exec"));
    return out;
  }

  ExecPlugin plugin(const Json& body, const Path& path) {
    ExecPlugin out;
    out.api_version = text(body, path, "apiVersion");
    out.command = text(body, path, "command");
    // A bare name is looked for on PATH; a path belongs to the file's directory.
    if (out.command.find('/') != std::string::npos) {
      out.command = join_path(directory_, out.command);
    }
    out.args = texts(body, path, "args");
    if (const Json* const env = body.find("env"); env != nullptr && env->is_array()) {
      for (const Json& item : env->items()) {
        out.env.emplace_back(item.string_at({"name"}), item.string_at({"value"}));
      }
    }
    out.install_hint = text(body, path, "installHint");
    out.provide_cluster_info = flag(body, path, "provideClusterInfo");
    out.interactive_mode = text(body, path, "interactiveMode");
    return out;
  }

  std::string text_;
  std::string name_;
  std::string directory_;
  std::optional<Error> error_;
};

}  // namespace

Status read_kubeconfig_file(std::string text, std::string name, Kubeconfig& config) {
  return FileReader(std::move(text), std::move(name)).read_into(config);
}

}  // namespace kfctl
