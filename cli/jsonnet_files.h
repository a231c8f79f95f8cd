// The jsonnet files that a command line means, for the commands that read source text: fmt, lint.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/args.h"
#include "cli/world.h"

namespace kfctl {

/// The files that the words name: a file as it is, a directory as all *.jsonnet and *.libsonnet
/// below it but in hidden folders. Without words those of the app around --dir, without what
/// others wrote: vendor/ and lib/. Each once, in the order named, those of a directory sorted.
/// Errors: kUsage for a word that is neither, for a directory without such files, and where there
/// is no app; kDisk.
Result<std::vector<std::string>> jsonnet_files(const Args& args, const World& world);

}  // namespace kfctl
