// kfctl show: the objects of an environment, as they would be applied.
#include "base/yaml.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/profile_output.h"
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
  std::vector<Json>& objects = deployment.value().objects;
  if (args.value("output") == "json") {
    const Json list = Json::object(
        {{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array(std::move(objects))}});
    console.line(list.dump(2));
  } else {
    console.out(to_yaml_stream(objects));
  }
  return written.ok() ? kExitOk : console.fail(written.error());
}

}  // namespace kfctl
