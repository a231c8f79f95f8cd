// kfctl init: a new app in a folder of its own.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/consent.h"
#include "cli/console.h"
#include "cli/destination.h"
#include "cli/project.h"

namespace kfctl {
namespace {

Result<InitOptions> gather(const Args& args, const World& world) {
  InitOptions options;
  options.root = join_path(args.value("dir", "."), normal_path(args.word(0)));
  options.name = options.root == "." ? world.directory : options.root;
  options.name = std::string(base_name(options.name));
  options.environment.name = args.value("env", "default");
  options.environment.path = options.environment.name;
  KF_TRY(const DestinationFlags flags, destination_flags(args));
  flags.write_to(options.environment);
  return options;
}

Status make(const InitOptions& options, const World& world) {
  KF_TRY(const std::vector<FileWrite> consent,
         consent_to(options.root, options.environment.destination.directory, world));
  KF_DO(init_app(world.files, options));
  return world.files.write_all(consent);
}

}  // namespace

int cmd_init(const Args& args, Console& console, World& world) {
  const Result<InitOptions> options = gather(args, world);
  if (!options.ok()) return console.fail(options.error());
  const Status made = make(options.value(), world);
  if (!made.ok()) return console.fail(made.error());

  const Result<App> app = App::open(world.files, options.value().root);
  if (!app.ok()) return console.fail(app.error());
  console.note("Made app '" + options.value().name + "' in " + options.value().root + ".");
  for (const Environment& environment : app.value().config().environments()) {
    console.note("Environment '" + environment.name + "' goes to " +
                 destination_text(environment.destination) + ".");
  }
  const std::string enter =
      options.value().root == "." ? "" : "cd " + options.value().root + " && ";
  console.note("Next: " + enter + "kfctl generate webapp web --image nginxinc/nginx-unprivileged");
  return kExitOk;
}

}  // namespace kfctl
