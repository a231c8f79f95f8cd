// World: what a command may touch besides its arguments and the console. main() makes the real
// one; tests make one up.
#pragma once

#include <string>

#include "base/cancel.h"
#include "base/files.h"
#include "cluster/kubeconfig.h"

namespace kfctl {

struct World {
  Files& files;
  const Surroundings& around;  // the environment and the home directory
  const CancelToken& cancel;   // cancelled by SIGINT and SIGTERM
  std::string directory;       // where kfctl was started, absolute
};

}  // namespace kfctl
