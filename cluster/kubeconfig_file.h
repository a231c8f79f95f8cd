// The reader of a kubeconfig file: its entries, or the first mistake in it with its place.
#pragma once

#include <string>

#include "cluster/kubeconfig.h"

namespace kfctl {

/// Adds the entries of one file, whose name stands in errors and whose directory relative paths
/// start from. An entry that `config` has already stays as it is: the first file wins.
Status read_kubeconfig_file(std::string text, std::string name, Kubeconfig& config);

}  // namespace kfctl
