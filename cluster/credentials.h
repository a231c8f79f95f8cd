// Credentials: what makes a request ours. Headers for tokens, passwords and impersonation, client
// certificates for the connection, and the exec plugins that hand both out.
//
// A Credentials belongs to one thread. Secrets never leave it but as headers and PEM.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/files.h"
#include "base/http.h"
#include "base/process.h"
#include "base/result.h"
#include "cluster/kubeconfig.h"

namespace kfctl {

/// What an exec plugin answered.
struct ExecCredential {
  std::string token;
  std::string client_cert_pem;
  std::string client_key_pem;
  std::optional<std::chrono::system_clock::time_point> expires;
};

/// KUBERNETES_EXEC_INFO for a plugin. `ca_pem` are the certificates of the cluster.
Json exec_info(const ExecPlugin& plugin, const KubeCluster& cluster, const std::string& ca_pem,
               bool interactive);

/// Reads what a plugin printed. Errors: kProject if it is not an ExecCredential of the plugin's
/// apiVersion, or holds neither a token nor a certificate with its key.
Result<ExecCredential> parse_exec_credential(const std::string& output, const ExecPlugin& plugin);

/// An RFC 3339 time ("2026-01-02T03:04:05Z", with fraction or offset), or nothing. One that the
/// clock cannot hold is its earliest or latest.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

class Credentials {
 public:
  /// Reads the certificate files; runs nothing. `files` and `cancel` must outlive this.
  /// Errors: kDisk for files that cannot be read.
  static Result<Credentials> open(const Files& files, const Connection& connection,
                                  const Surroundings& around, const CancelToken& cancel);

  /// Settings of the connection: trust, client certificate, proxy. Runs the exec plugin if it has
  /// not been run yet. Errors: those of the plugin, see headers().
  Result<HttpOptions> http_options();

  /// The headers of one request: Authorization and impersonation. Reads a token file again after a
  /// minute, runs the plugin again when what it gave has expired.
  /// Errors: kDisk for a token file; kNetwork, kProject or kDisk for a plugin that fails, with what
  /// it wrote to stderr or how to install it: the same from then on.
  Result<std::vector<HttpHeader>> headers();

  /// The server answered 401: gets new credentials where that is possible, and says whether it did.
  /// After it the options of the connection may have changed too (connection_changed()).
  Result<bool> refresh();

  /// True once after the client certificate changed: connections must be opened anew.
  bool connection_changed() { return std::exchange(connection_changed_, false); }

 private:
  Credentials(const Files& files, const Connection& connection, const Surroundings& around,
              const CancelToken& cancel)
      : files_(&files), connection_(connection), around_(around), cancel_(&cancel) {}

  Status run_plugin();
  Result<ExecCredential> ask_plugin();
  Status refresh_if_expired();
  Result<std::string> bearer_token();

  const Files* files_;
  Connection connection_;
  Surroundings around_;
  const CancelToken* cancel_;
  std::string ca_pem_;
  std::string client_cert_pem_;
  std::string client_key_pem_;
  std::optional<ExecCredential> exec_;
  std::optional<Error> exec_failure_;  // a plugin that failed is not run again for each request
  std::string file_token_;
  std::chrono::steady_clock::time_point file_token_read_;
  bool connection_changed_ = false;
};

}  // namespace kfctl
