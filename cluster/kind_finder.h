// The kinds of a server, asked once and then kept on disk for the commands after this one.
//
// What is kept (cluster/kind_store.h) is believed for ten minutes; after that the server is asked
// whether it still holds (two requests without a body). Who misses a kind asks at once: see ask().
// Answers that lack a group, because the server behind it did not answer, are not kept.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/json.h"
#include "base/result.h"
#include "cluster/client.h"
#include "cluster/discovery.h"
#include "cluster/kind_store.h"
#include "cluster/kubeconfig.h"

namespace kfctl {

class KindFinder {
 public:
  using Clock = std::function<int64_t()>;  // seconds since 1970

  /// `client` and `files` must outlive this. `directory` "" keeps nothing.
  KindFinder(KubeClient& client, Files& files, const std::string& directory, Clock now);

  /// What is kept, if it is recent enough, else as ask(). Errors: as ask_discovery().
  Result<Discovery> find();

  /// Asks the server. Errors: as ask_discovery().
  Result<Discovery> ask();

  /// True if the last find() did not ask the server: what it gave may be out of date.
  bool is_kept() const { return is_kept_; }

 private:
  KubeClient& client_;
  KindStore store_;
  Clock now_;
  bool is_kept_ = false;
};

/// Where a program keeps what it can do without: XDG_CACHE_HOME/kfctl, HOME/.cache/kfctl, or "".
std::string cache_directory(const Surroundings& around);

}  // namespace kfctl
