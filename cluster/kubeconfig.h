// kubeconfig: which clusters there are, as whom we speak to them, and which one is meant.
//
// The rules are client-go's: --kubeconfig names one file that must exist; else KUBECONFIG is a list
// of files that are merged (the first file that defines an entry wins it whole, the first
// current-context that is not empty wins); else ~/.kube/config. Relative paths belong to the
// directory of their file. Inside a pod, with no kubeconfig at all, the service account is used.
// Pure, but for reading files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/result.h"

namespace kfctl {

/// What the process runs in. Only cli/ reads it; tests make it up.
struct Surroundings {
  std::map<std::string, std::string> variables;  // the environment
  std::string home;                              // "" if there is none
  bool stdin_is_terminal = false;                // an exec plugin may ask the person something

  /// The variable, or "".
  const std::string& variable(const std::string& name) const;
};

struct KubeCluster {
  std::string server;
  std::string tls_server_name;
  bool insecure = false;
  std::string ca_file;
  std::string ca_data;  // PEM, decoded
  std::string proxy_url;
  bool disable_compression = false;
  Json exec_config;  // extension client.authentication.k8s.io/exec
};

struct ExecPlugin {
  std::string api_version;
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string install_hint;
  bool provide_cluster_info = false;
  std::string interactive_mode;  // Never, IfAvailable, Always
};

struct KubeUser {
  std::string client_cert_file;
  std::string client_cert_data;  // PEM, decoded
  std::string client_key_file;
  std::string client_key_data;
  std::string token;
  std::string token_file;
  std::string username;
  std::string password;
  std::string as;
  std::string as_uid;
  std::vector<std::string> as_groups;
  std::vector<std::pair<std::string, std::string>> as_extra;  // a key may come several times
  std::string auth_provider;                                  // its name: no longer supported
  std::optional<ExecPlugin> exec;
};

struct KubeContext {
  std::string cluster;
  std::string user;
  std::string namespace_;
};

struct Kubeconfig {
  std::map<std::string, KubeCluster> clusters;
  std::map<std::string, KubeUser> users;
  std::map<std::string, KubeContext> contexts;
  std::string current_context;
  std::vector<std::string> files;     // those that were read, in order
  std::vector<std::string> searched;  // all that were looked for
};

/// Flags of the command line; "" is not given. They win over the kubeconfig.
struct ConnectionFlags {
  std::string kubeconfig;
  std::string context;
  std::string cluster;
  std::string user;
  std::string namespace_;
  std::string server;
  std::string token;
  std::string as;
  std::string as_uid;
  std::vector<std::string> as_groups;
  std::string ca_file;
  bool insecure = false;
  std::string tls_server_name;
  std::string proxy_url;
};

/// Where an environment belongs. Both of server and context may be given: both must then agree.
struct ClusterDestination {
  std::string server;      // URL
  std::string context;     // of the kubeconfig
  std::string namespace_;  // "": that of the context, else "default"
};

/// One cluster and one user, ready to be connected to. Files are not read yet, plugins not run.
struct Connection {
  std::string context;  // "" with --server only or in a pod
  std::string namespace_;
  KubeCluster cluster;
  KubeUser user;
  std::string user_name = {};  // what the kubeconfig calls the user; "" if it names none
};

/// Reads and merges the files. A kubeconfig with nothing in it is not an error.
/// Errors: kDisk if --kubeconfig or an existing file cannot be read; kProject if one is malformed.
Result<Kubeconfig> load_kubeconfig(const Files& files, const Surroundings& around,
                                   const std::string& kubeconfig_flag);

/// Chooses the connection for `destination`. An environment is never sent to another cluster than
/// the one it names: flags or a current-context that lead elsewhere are refused.
/// `environment` is its name for messages.
/// Errors: kUsage for unknown names and for the wrong cluster, with what there is instead;
/// kProject for entries that contradict themselves (token and password, certificate without key).
Result<Connection> choose_connection(const Kubeconfig& config, const Files& files,
                                     const Surroundings& around,
                                     const ClusterDestination& destination,
                                     const ConnectionFlags& flags, std::string_view environment);

/// True if both URLs name the same server: scheme, host and port agree, and the path but for a
/// trailing slash. What is not an URL is compared as text.
bool same_server(std::string_view a, std::string_view b);

}  // namespace kfctl
