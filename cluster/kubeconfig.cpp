#include "cluster/kubeconfig.h"

#include <algorithm>

#include "base/http.h"
#include "base/text.h"
#include "cluster/kubeconfig_file.h"

namespace kfctl {
namespace {

std::vector<std::string> searched_files(const Surroundings& around, const std::string& flag) {
  if (!flag.empty()) return {flag};
  std::vector<std::string> paths;
  for (const std::string_view entry : split(around.variable("KUBECONFIG"), ':')) {
    if (entry.empty() || std::find(paths.begin(), paths.end(), entry) != paths.end()) continue;
    paths.emplace_back(entry);
  }
  if (paths.empty() && !around.home.empty()) {
    paths.push_back(join_path(around.home, ".kube/config"));
  }
  return paths;
}

template <typename Value>
std::vector<std::string> names(const std::map<std::string, Value>& entries) {
  std::vector<std::string> out;
  for (const auto& [name, value] : entries) out.push_back(name);
  return out;
}

std::string listed(const std::vector<std::string>& words, std::string_view none) {
  return words.empty() ? std::string(none) : join(words, ", ");
}

Error unknown_context(const Kubeconfig& config, const std::string& name) {
  const std::vector<std::string> known = names(config.contexts);
  return usage_error("the kubeconfig has no context '" + name + "'",
                     did_you_mean(name, known,
                                  "its contexts: " + listed(known, "none") +
                                      "; files: " + listed(config.searched, "none")));
}

Error wrong_cluster(std::string_view environment, const std::string& its, const std::string& other,
                    const std::string& flag) {
  return usage_error(
      "environment '" + std::string(environment) + "' belongs to " + its + ", not to " + other,
      "nothing was sent; if the environment moved, say so: kfctl env set " +
          std::string(environment) + " " + flag);
}

const std::string& server_of(const Kubeconfig& config, const KubeContext& context) {
  static const std::string kNone;
  const auto cluster = config.clusters.find(context.cluster);
  return cluster == config.clusters.end() ? kNone : cluster->second.server;
}

// The context that leads to the server an environment names: the current one if it does, else the
// only one that does.
Result<std::string> context_for_server(const Kubeconfig& config, const std::string& server,
                                       std::string_view environment) {
  std::vector<std::string> leading;
  for (const auto& [name, context] : config.contexts) {
    if (!same_server(server_of(config, context), server)) continue;
    if (name == config.current_context) return name;
    leading.push_back(name);
  }
  if (leading.size() == 1) return leading[0];
  const std::string belongs =
      "environment '" + std::string(environment) + "' belongs to " + server + ", ";
  if (leading.empty()) {
    return usage_error(belongs + "which no context of the kubeconfig leads to",
                       "files: " + listed(config.searched, "none") +
                           "; contexts: " + listed(names(config.contexts), "none"));
  }
  return usage_error(belongs + "which several contexts lead to: " + join(leading, ", "),
                     "choose one with --context");
}

// The name of the context to use; "" if there is none and --server stands alone.
Result<std::string> choose_context(const Kubeconfig& config, const ClusterDestination& destination,
                                   const ConnectionFlags& flags, std::string_view environment) {
  if (!flags.context.empty() && !destination.context.empty() &&
      flags.context != destination.context) {
    return wrong_cluster(environment, "context '" + destination.context + "'",
                         "'" + flags.context + "'", "--context " + flags.context);
  }
  const std::string named = flags.context.empty() ? destination.context : flags.context;
  if (!named.empty()) {
    if (!config.contexts.contains(named)) return unknown_context(config, named);
    return named;
  }
  if (!destination.server.empty() && flags.server.empty() && flags.cluster.empty()) {
    return context_for_server(config, destination.server, environment);
  }
  if (config.contexts.contains(config.current_context)) return config.current_context;
  if (!config.current_context.empty()) return unknown_context(config, config.current_context);
  if (!flags.server.empty() || !flags.cluster.empty()) return std::string();
  return usage_error("no cluster is chosen: the kubeconfig has no current context",
                     "name one with --context; files: " + listed(config.searched, "none") +
                         "; contexts: " + listed(names(config.contexts), "none"));
}

constexpr std::string_view kServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

bool in_pod(const Kubeconfig& config, const Files& files, const Surroundings& around,
            const ConnectionFlags& flags) {
  return config.clusters.empty() && config.users.empty() && config.contexts.empty() &&
         flags.kubeconfig.empty() && flags.server.empty() &&
         !around.variable("KUBERNETES_SERVICE_HOST").empty() &&
         !around.variable("KUBERNETES_SERVICE_PORT").empty() &&
         files.is_file(join_path(kServiceAccount, "token"));
}

Connection pod_connection(const Files& files, const Surroundings& around) {
  const std::string& host = around.variable("KUBERNETES_SERVICE_HOST");
  const bool v6 = host.find(':') != std::string::npos;
  Connection out;
  out.cluster.server = "https://" + (v6 ? "[" + host + "]" : host) + ":" +
                       around.variable("KUBERNETES_SERVICE_PORT");
  out.cluster.ca_file = join_path(kServiceAccount, "ca.crt");
  out.user.token_file = join_path(kServiceAccount, "token");
  out.namespace_ = around.variable("POD_NAMESPACE");
  if (out.namespace_.empty()) {
    const Result<std::string> text = files.read(join_path(kServiceAccount, "namespace"));
    if (text.ok()) out.namespace_ = std::string(trim(text.value()));
  }
  return out;
}

// The name that every pod knows the API server by.
bool is_pod_alias(std::string_view server) {
  for (const std::string_view alias :
       {"https://kubernetes.default.svc", "https://kubernetes", "https://kubernetes.default",
        "https://kubernetes.default.svc.cluster.local"}) {
    if (same_server(server, alias)) return true;
  }
  return false;
}

Result<Connection> from_kubeconfig(const Kubeconfig& config, const ClusterDestination& destination,
                                   const ConnectionFlags& flags, std::string_view environment) {
  Connection out;
  KF_TRY(out.context, choose_context(config, destination, flags, environment));
  KubeContext context;
  if (!out.context.empty()) context = config.contexts.at(out.context);
  if (!flags.cluster.empty()) context.cluster = flags.cluster;
  if (!flags.user.empty()) context.user = flags.user;

  if (const auto it = config.clusters.find(context.cluster); it != config.clusters.end()) {
    out.cluster = it->second;
  } else if (!context.cluster.empty() || flags.server.empty()) {
    return project_error("the kubeconfig has no cluster '" + context.cluster +
                             "', which context '" + out.context + "' names",
                         did_you_mean(context.cluster, names(config.clusters)));
  }
  if (const auto it = config.users.find(context.user); it != config.users.end()) {
    out.user = it->second;
    out.user_name = context.user;
  } else if (!context.user.empty()) {
    return project_error("the kubeconfig has no user '" + context.user + "', which context '" +
                             out.context + "' names",
                         did_you_mean(context.user, names(config.users)));
  }
  out.namespace_ = context.namespace_;
  return out;
}

void apply_flags(const ConnectionFlags& flags, Connection& connection) {
  KubeCluster& cluster = connection.cluster;
  KubeUser& user = connection.user;
  if (!flags.server.empty()) {
    cluster.server = flags.server;
    cluster.tls_server_name.clear();  // it was the name of the other server
  }
  if (!flags.tls_server_name.empty()) cluster.tls_server_name = flags.tls_server_name;
  if (!flags.proxy_url.empty()) cluster.proxy_url = flags.proxy_url;
  if (!flags.ca_file.empty()) {
    cluster.ca_file = flags.ca_file;
    cluster.ca_data.clear();
  }
  if (flags.insecure) cluster.insecure = true;
  if (cluster.insecure && flags.insecure) {
    cluster.ca_file.clear();
    cluster.ca_data.clear();
  }
  if (!flags.token.empty()) {
    user.token = flags.token;
    user.token_file.clear();
    user.username.clear();
    user.password.clear();
    user.exec.reset();
  }
  if (!flags.as.empty()) user.as = flags.as;
  if (!flags.as_uid.empty()) user.as_uid = flags.as_uid;
  if (!flags.as_groups.empty()) user.as_groups = flags.as_groups;
}

Status check_exec(const KubeUser& user) {
  const ExecPlugin& exec = *user.exec;
  if (!user.auth_provider.empty()) {
    return project_error("the user has both exec and auth-provider", "keep exec");
  }
  if (exec.command.empty()) return project_error("the user's exec plugin has no command");
  const bool v1 = exec.api_version == "client.authentication.k8s.io/v1";
  if (!v1 && exec.api_version != "client.authentication.k8s.io/v1beta1") {
    return project_error(
        "exec plugin " + exec.command + " has apiVersion '" + exec.api_version + "'",
        "kfctl knows client.authentication.k8s.io/v1 and v1beta1");
  }
  const std::string& mode = exec.interactive_mode;
  if (mode.empty() && v1) {
    return project_error("exec plugin " + exec.command + " has no interactiveMode",
                         "add interactiveMode: Never, IfAvailable or Always");
  }
  if (!mode.empty() && mode != "Never" && mode != "IfAvailable" && mode != "Always") {
    return project_error("exec plugin " + exec.command + " has interactiveMode '" + mode + "'",
                         "it may be Never, IfAvailable or Always");
  }
  return Ok{};
}

Status check_user(const KubeUser& user) {
  const bool cert = !user.client_cert_file.empty() || !user.client_cert_data.empty();
  const bool key = !user.client_key_file.empty() || !user.client_key_data.empty();
  if (!user.client_cert_file.empty() && !user.client_cert_data.empty()) {
    return project_error("the user has both client-certificate and client-certificate-data",
                         "keep one of them");
  }
  if (!user.client_key_file.empty() && !user.client_key_data.empty()) {
    return project_error("the user has both client-key and client-key-data", "keep one of them");
  }
  if (cert != key) {
    return project_error(cert ? "the user has a client certificate without its key"
                              : "the user has a client key without its certificate");
  }
  const bool token = !user.token.empty() || !user.token_file.empty();
  if (token && !user.username.empty()) {
    return project_error("the user has both a token and a name with password",
                         "keep one of the two ways to log in");
  }
  const bool impersonates_part =
      !user.as_uid.empty() || !user.as_groups.empty() || !user.as_extra.empty();
  if (user.as.empty() && impersonates_part) {
    return project_error("impersonation names a uid, groups or extras but no user (as)");
  }
  if (user.exec) return check_exec(user);
  if (!user.auth_provider.empty()) {
    return project_error("auth-provider '" + user.auth_provider + "' is no longer supported",
                         "use the exec plugin of your cluster's vendor instead");
  }
  return Ok{};
}

Status check_cluster(const KubeCluster& cluster) {
  if (cluster.server.empty()) return project_error("the cluster has no server");
  if (!parse_url(cluster.server).ok()) {
    return project_error(
        "the cluster's server '" + cluster.server + "' is not an http or https address",
        "it looks like https://host:port");
  }
  if (!cluster.ca_file.empty() && !cluster.ca_data.empty()) {
    return project_error(
        "the cluster has both certificate-authority and "
        "certificate-authority-data",
        "keep one of them");
  }
  if (cluster.insecure && (!cluster.ca_file.empty() || !cluster.ca_data.empty())) {
    return project_error("the cluster has a certificate authority and insecure-skip-tls-verify",
                         "take insecure-skip-tls-verify out");
  }
  return Ok{};
}

}  // namespace

const std::string& Surroundings::variable(const std::string& name) const {
  static const std::string kNone;
  const auto it = variables.find(name);
  return it == variables.end() ? kNone : it->second;
}

Result<Kubeconfig> load_kubeconfig(const Files& files, const Surroundings& around,
                                   const std::string& kubeconfig_flag) {
  Kubeconfig config;
  config.searched = searched_files(around, kubeconfig_flag);
  for (const std::string& path : config.searched) {
    if (kubeconfig_flag.empty() && files.kind(path) == PathKind::kMissing) continue;
    KF_TRY(std::string text, files.read(path));
    KF_DO(read_kubeconfig_file(std::move(text), path, config));
    config.files.push_back(path);
  }
  return config;
}

Result<Connection> choose_connection(const Kubeconfig& config, const Files& files,
                                     const Surroundings& around,
                                     const ClusterDestination& destination,
                                     const ConnectionFlags& flags, std::string_view environment) {
  if (!flags.server.empty() && !destination.server.empty() &&
      !same_server(flags.server, destination.server)) {
    return wrong_cluster(environment, destination.server, flags.server, "--server " + flags.server);
  }
  const bool pod = in_pod(config, files, around, flags);
  if (pod && !(destination.context.empty() && flags.context.empty())) {
    return unknown_context(config, flags.context.empty() ? destination.context : flags.context);
  }
  Connection out;
  if (pod) {
    out = pod_connection(files, around);
  } else {
    KF_TRY(out, from_kubeconfig(config, destination, flags, environment));
  }
  apply_flags(flags, out);
  KF_DO(check_cluster(out.cluster));
  KF_DO(check_user(out.user));
  if (!destination.server.empty() && !same_server(out.cluster.server, destination.server) &&
      !(pod && is_pod_alias(destination.server))) {
    const std::string through = out.context.empty() ? "" : " (context '" + out.context + "')";
    return wrong_cluster(environment, destination.server, out.cluster.server + through,
                         "--server " + out.cluster.server);
  }
  if (!destination.namespace_.empty()) out.namespace_ = destination.namespace_;
  if (!flags.namespace_.empty()) out.namespace_ = flags.namespace_;
  if (out.namespace_.empty()) out.namespace_ = "default";
  return out;
}

bool same_server(std::string_view a, std::string_view b) {
  const Result<Url> left = parse_url(a), right = parse_url(b);
  if (!left.ok() || !right.ok()) return a == b;
  const auto path = [](std::string_view text) {
    while (text.ends_with('/')) text.remove_suffix(1);
    return text;
  };
  return left.value().scheme == right.value().scheme && left.value().host == right.value().host &&
         left.value().port == right.value().port &&
         path(left.value().path) == path(right.value().path);
}

}  // namespace kfctl
