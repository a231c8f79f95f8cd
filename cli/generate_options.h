// The flags of `generate` and `prototype preview` as options.
#pragma once

#include "base/result.h"
#include "cli/args.h"
#include "cli/world.h"
#include "templates/app/generate.h"

namespace kfctl {

/// The component is the second word, or, if there is none, the last part of the prototype's name.
/// Errors: kDisk if --values-file cannot be read.
Result<GenerateOptions> generate_options(const Args& args, const World& world);

}  // namespace kfctl
