#include "cluster/credentials.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace kfctl {
namespace {

using std::chrono::seconds;

constexpr seconds kTokenFilePeriod{60};  // tokens in pods are rotated while we run
constexpr seconds kExpiryLeeway{10};

Result<std::string> data_or_file(const Files& files, const std::string& data,
                                 const std::string& path) {
  if (!data.empty() || path.empty()) return data;
  return files.read(path);
}

bool is_interactive(const ExecPlugin& plugin, const Surroundings& around) {
  return plugin.interactive_mode != "Never" && around.stdin_is_terminal;
}

// Impersonate-Extra-<key>: a header's name holds only some characters and no case.
std::string extra_header(const std::string& key) {
  std::string out = "Impersonate-Extra-";
  for (const char c : to_lower_ascii(key)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                       c == '_' || c == '~' || c == '!' || c == '#' || c == '$' || c == '&' ||
                       c == '\'' || c == '*' || c == '+' || c == '^' || c == '`' || c == '|';
    out += plain ? std::string(1, c) : url_encode(std::string_view(&c, 1));
  }
  return out;
}

std::string proxy_of(const Connection& connection, const Surroundings& around) {
  if (!connection.cluster.proxy_url.empty()) return connection.cluster.proxy_url;
  const auto either = [&around](const char* lower, const char* upper) {
    const std::string& value = around.variable(lower);
    return value.empty() ? around.variable(upper) : value;
  };
  const Result<Url> url = parse_url(connection.cluster.server);
  if (!url.ok()) return "";
  return proxy_for(url.value(),
                   {either("http_proxy", "HTTP_PROXY"), either("https_proxy", "HTTPS_PROXY"),
                    either("no_proxy", "NO_PROXY")});
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  const std::string copy(text);
  std::tm parts = {};
  int used = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &used) != 6) {
    return std::nullopt;
  }
  std::string_view rest = std::string_view(copy).substr(static_cast<size_t>(used));
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') rest.remove_prefix(1);
  }
  int hours = 0, minutes = 0;
  char sign = '+';
  const std::string zone(rest);
  if (zone != "Z" && zone != "z" &&
      (std::sscanf(zone.c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3 ||
       (sign != '+' && sign != '-'))) {
    return std::nullopt;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  const int64_t offset = (hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
  // The clock counts nanoseconds: it begins in 1677 and ends in 2262, before some who say "never".
  using Clock = std::chrono::system_clock;
  constexpr int64_t kMost =
      std::chrono::floor<std::chrono::seconds>(Clock::duration::max()).count();
  return Clock::from_time_t(std::clamp(int64_t{timegm(&parts)} - offset, -kMost, kMost));
}

Json exec_info(const ExecPlugin& plugin, const KubeCluster& cluster, const std::string& ca_pem,
               bool interactive) {
  Json spec = Json::object({{"interactive", interactive}});
  if (plugin.provide_cluster_info) {
    Json info = Json::object({{"server", cluster.server}});
    if (!cluster.tls_server_name.empty()) info["tls-server-name"] = cluster.tls_server_name;
    if (cluster.insecure) info["insecure-skip-tls-verify"] = true;
    if (!ca_pem.empty()) info["certificate-authority-data"] = base64_encode(ca_pem);
    if (!cluster.proxy_url.empty()) info["proxy-url"] = cluster.proxy_url;
    if (cluster.disable_compression) info["disable-compression"] = true;
    if (!cluster.exec_config.is_null()) info["config"] = cluster.exec_config;
    spec["cluster"] = std::move(info);
  }
  return Json::object(
      {{"apiVersion", plugin.api_version}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}});
}

Result<ExecCredential> parse_exec_credential(const std::string& output, const ExecPlugin& plugin) {
  const auto bad = [&plugin](const std::string& what) {
    return project_error("exec plugin " + plugin.command + " " + what);
  };
  // Its output holds credentials: the reader's excerpt must not reach a message.
  const Result<Json> parsed = parse_json(output, "exec plugin");
  if (!parsed.ok()) return bad("did not print a JSON object");
  const Json& answer = parsed.value();
  if (answer.string_at({"kind"}) != "ExecCredential") return bad("did not print an ExecCredential");
  if (answer.string_at({"apiVersion"}) != plugin.api_version) {
    return bad("answered in version '" + std::string(answer.string_at({"apiVersion"})) +
               "' instead of '" + plugin.api_version + "'");
  }
  ExecCredential out;
  out.token = answer.string_at({"status", "token"});
  out.client_cert_pem = answer.string_at({"status", "clientCertificateData"});
  out.client_key_pem = answer.string_at({"status", "clientKeyData"});
  if (out.client_cert_pem.empty() != out.client_key_pem.empty()) {
    return bad("gave only one of clientCertificateData and clientKeyData");
  }
  if (out.token.empty() && out.client_cert_pem.empty()) {
    return bad("gave neither a token nor a client certificate");
  }
  if (const std::string_view text = answer.string_at({"status", "expirationTimestamp"});
      !text.empty()) {
    out.expires = parse_rfc3339(text);
    if (!out.expires) return bad("gave a bad expirationTimestamp");
  }
  return out;
}

Result<Credentials> Credentials::open(const Files& files, const Connection& connection,
                                      const Surroundings& around, const CancelToken& cancel) {
  Credentials out(files, connection, around, cancel);
  const KubeCluster& cluster = connection.cluster;
  const KubeUser& user = connection.user;
  KF_TRY(out.ca_pem_, data_or_file(files, cluster.ca_data, cluster.ca_file));
  KF_TRY(out.client_cert_pem_, data_or_file(files, user.client_cert_data, user.client_cert_file));
  KF_TRY(out.client_key_pem_, data_or_file(files, user.client_key_data, user.client_key_file));
  return out;
}

Result<HttpOptions> Credentials::http_options() {
  // A plugin is not asked where something else already says who we are.
  if (connection_.user.exec && !exec_) KF_DO(run_plugin());
  HttpOptions out;
  out.ca_pem = ca_pem_;
  out.insecure = connection_.cluster.insecure;
  out.server_name = connection_.cluster.tls_server_name;
  const bool from_plugin = exec_ && !exec_->client_cert_pem.empty();
  out.client_cert_pem = from_plugin ? exec_->client_cert_pem : client_cert_pem_;
  out.client_key_pem = from_plugin ? exec_->client_key_pem : client_key_pem_;
  out.proxy = proxy_of(connection_, around_);
  out.user_agent = "kfctl/" KFCTL_VERSION;
  out.compress = !connection_.cluster.disable_compression;
  connection_changed_ = false;
  return out;
}

Result<std::vector<HttpHeader>> Credentials::headers() {
  std::vector<HttpHeader> out;
  const KubeUser& user = connection_.user;
  // Plain http would show them to everyone on the way.
  if (!connection_.cluster.server.starts_with("https:")) return out;
  KF_TRY(const std::string token, bearer_token());
  if (!token.empty()) {
    out.push_back({"Authorization", "Bearer " + token});
  } else if (!user.username.empty()) {
    out.push_back({"Authorization", "Basic " + base64_encode(user.username + ":" + user.password)});
  }
  if (!user.as.empty()) out.push_back({"Impersonate-User", user.as});
  if (!user.as_uid.empty()) out.push_back({"Impersonate-Uid", user.as_uid});
  for (const std::string& group : user.as_groups) out.push_back({"Impersonate-Group", group});
  for (const auto& [key, value] : user.as_extra) out.push_back({extra_header(key), value});
  return out;
}

Result<std::string> Credentials::bearer_token() {
  const KubeUser& user = connection_.user;
  if (user.exec) {
    KF_DO(refresh_if_expired());
    return exec_->token;
  }
  if (user.token_file.empty()) return user.token;
  const auto now = std::chrono::steady_clock::now();
  if (file_token_.empty() || now - file_token_read_ > kTokenFilePeriod) {
    KF_TRY(const std::string text, files_->read(user.token_file));
    file_token_ = std::string(trim(text));
    file_token_read_ = now;
    if (file_token_.empty()) return Error(ErrorKind::kDisk, user.token_file + ": holds no token");
  }
  return file_token_;
}

Status Credentials::refresh_if_expired() {
  const bool expired =
      exec_ && exec_->expires && *exec_->expires < std::chrono::system_clock::now() + kExpiryLeeway;
  if (!exec_ || expired) return run_plugin();
  return Ok{};
}

Result<bool> Credentials::refresh() {
  if (connection_.user.exec) {
    KF_DO(run_plugin());
    return true;
  }
  if (connection_.user.token_file.empty()) return false;
  const std::string before = std::exchange(file_token_, "");
  KF_TRY(const std::string after, bearer_token());
  return after != before;
}

Status Credentials::run_plugin() {
  if (exec_failure_) return *exec_failure_;
  Result<ExecCredential> answer = ask_plugin();
  if (!answer.ok()) return *(exec_failure_ = answer.error());
  connection_changed_ = exec_ && exec_->client_cert_pem != answer.value().client_cert_pem;
  exec_ = std::move(answer).value();
  return Ok{};
}

Result<ExecCredential> Credentials::ask_plugin() {
  const ExecPlugin& plugin = *connection_.user.exec;
  const bool interactive = is_interactive(plugin, around_);
  if (plugin.interactive_mode == "Always" && !interactive) {
    return usage_error("exec plugin " + plugin.command + " needs a terminal to ask on",
                       "run kfctl from a terminal, or use other credentials");
  }
  const std::string program = find_program(plugin.command, around_.variable("PATH"));
  if (program.empty()) {
    return Error(ErrorKind::kDisk, "exec plugin " + plugin.command + " is not on PATH",
                 plugin.install_hint);
  }
  ProcessRequest request;
  request.argv = {program};
  request.argv.insert(request.argv.end(), plugin.args.begin(), plugin.args.end());
  std::map<std::string, std::string> variables = around_.variables;
  for (const auto& [name, value] : plugin.env) variables[name] = value;
  variables["KUBERNETES_EXEC_INFO"] =
      exec_info(plugin, connection_.cluster, ca_pem_, interactive).dump();
  request.env.assign(variables.begin(), variables.end());
  request.inherit_stdin = interactive;
  request.inherit_stderr = interactive;
  log_info("running exec plugin " + program);

  const Result<ProcessResult> result = run_process(request, *cancel_);
  if (!result.ok()) {
    Error error = result.error();
    if (error.hint.empty()) error.hint = plugin.install_hint;
    return error;
  }
  if (result.value().exit_code != 0) {
    return Error(ErrorKind::kNetwork,
                 "exec plugin " + plugin.command + " failed with exit code " +
                     std::to_string(result.value().exit_code),
                 "it gets the credentials for this cluster: run it by hand to see why",
                 std::string(trim(result.value().err)));
  }
  return parse_exec_credential(result.value().out, plugin);
}

}  // namespace kfctl
