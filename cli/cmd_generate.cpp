// kfctl generate: a component from a prototype.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/generate_options.h"
#include "cli/project.h"
#include "registry/builtin.h"

namespace kfctl {

int cmd_generate(const Args& args, Console& console, World& world) {
  const Result<GenerateOptions> options = generate_options(args, world);
  if (!options.ok()) return console.fail(options.error());
  Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());

  const Result<Component> made =
      generate_component(app.value(), builtin_registry(), args.word(0), options.value());
  if (!made.ok()) return console.fail(made.error());
  console.note("Made component '" + made.value().full_name + "' in " +
               app.value().path(made.value().path) + ".");
  return kExitOk;
}

}  // namespace kfctl
