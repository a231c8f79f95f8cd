// What apply and rollback have in common: flags as options, and telling what came of it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/args.h"
#include "cli/console.h"
#include "cli/target.h"

namespace kfctl {

/// From kChangeFlags. Errors: kUsage for values that they cannot have.
Result<TargetOptions> change_options(const Args& args);

/// The same and kApplyFlags. Errors: also kUsage for flags that contradict each other.
Result<TargetOptions> apply_options(const Args& args);

/// Whether --prune and --max-prune go together. Errors: kUsage.
Status check_prune(const TargetOptions& options);

/// A directory runs nothing and has no field managers: a flag of kChangeFlags or kApplyFlags that
/// only means something on a cluster is a slip that would go unnoticed. Errors: kUsage.
Status check_apply_flags(const Args& args, const Environment& environment);

/// Applies what `deployment` holds and prints what was done as -o says. The exit code.
/// Errors: as Target::apply.
Result<int> carry_out(const Deployment& deployment, Target& target, const TargetOptions& options,
                      const Args& args, Console& console);

/// The number that `flag` was given. Errors: kUsage.
Result<int64_t> number_of(const Args& args, std::string_view flag);

}  // namespace kfctl
