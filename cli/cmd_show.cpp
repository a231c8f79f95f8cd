// kfctl show: the objects of an environment, as they would be applied.
#include "base/yaml.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/target.h"

namespace kfctl {

int cmd_show(const Args& args, Console& console, World& world) {
  Result<Deployment> deployment = load_deployment(args, console, world);
  if (!deployment.ok()) return console.fail(deployment.error());
  std::vector<Json>& objects = deployment.value().objects;
  if (args.value("output") == "json") {
    const Json list = Json::object(
        {{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array(std::move(objects))}});
    console.line(list.dump(2));
  } else {
    console.out(to_yaml_stream(objects));
  }
  return kExitOk;
}

}  // namespace kfctl
