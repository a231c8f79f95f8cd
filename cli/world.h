// World: what a command may touch besides its arguments and the console. main() makes the real
// one; tests make one up.
#pragma once

#include <atomic>
#include <string>

#include "base/cancel.h"
#include "base/files.h"
#include "cluster/kubeconfig.h"

namespace kfctl {

struct World {
  Files& files;
  const Surroundings& around;    // the environment and the home directory
  const CancelToken& cancel;     // cancelled by SIGINT and SIGTERM
  std::atomic<bool>& may_leave;  // see MayLeave
  std::string directory;         // where kfctl was started, absolute
};

/// While one lives, the first SIGINT or SIGTERM ends the process at once: for long work that does
/// not look at the token and has nothing to leave behind, such as rendering.
class MayLeave {
 public:
  explicit MayLeave(const World& world) : flag_(world.may_leave) { flag_ = true; }
  ~MayLeave() { flag_ = false; }
  MayLeave(const MayLeave&) = delete;
  MayLeave& operator=(const MayLeave&) = delete;

 private:
  std::atomic<bool>& flag_;
};

}  // namespace kfctl
