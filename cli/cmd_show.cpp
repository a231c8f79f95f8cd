// kfctl show: the objects of an environment, as they would be applied.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/profile_output.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {

int cmd_show(const Args& args, Console& console, World& world) {
  const Status flags = check_profile_flags(args);
  if (!flags.ok()) return console.fail(flags.error());
  Profile profile;
  Result<Deployment> deployment =
      load_deployment(args, console, world, args.has("profile") ? &profile : nullptr);
  const Status written = write_profile(profile, args, console, world);
  if (!deployment.ok()) return console.fail(deployment.error());
  console.out(objects_text(std::move(deployment.value().objects), args.value("output")));
  return written.ok() ? kExitOk : console.fail(written.error());
}

}  // namespace kfctl
