// --profile: what a command does with the profile of its evaluations.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/args.h"
#include "cli/console.h"
#include "cli/world.h"
#include "templates/jsonnet/profile.h"

namespace kfctl {

/// Errors: kUsage if --profile cannot be had: with another evaluator than our own.
Status check_profile_flags(const Args& args);

/// Writes the file that --profile names, if it was given: a flame graph if it ends in .svg, all
/// figures if it ends in .json, else folded stacks; and prints the ten dearest frames to standard
/// error. REQUIRES of the command: kProfileFlags. Errors: kDisk.
Status write_profile(const Profile& profile, const Args& args, Console& console, World& world);

/// The ten dearest frames as a table.
std::string profile_table(const Profile& profile, ProfileWeight weight, const Style& style);

/// {"kind": "profile", "nanoseconds", "bytes", "frames": [{kind, name, place, calls, self:
/// {nanoseconds, bytes}, total: {nanoseconds, bytes}}]}, the dearest first.
Json profile_json(const Profile& profile, ProfileWeight weight);

}  // namespace kfctl
