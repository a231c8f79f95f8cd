// kfctl env: the environments of an app, and where each one's objects go.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/consent.h"
#include "cli/console.h"
#include "cli/destination.h"
#include "cli/project.h"
#include "cli/table.h"

namespace kfctl {
namespace {

Status add(const Args& args, App& app, const World& world) {
  KF_TRY(const DestinationFlags flags, destination_flags(args));
  Environment environment;
  environment.name = args.word(0);
  flags.write_to(environment);
  KF_TRY(const std::vector<FileWrite> consent,
         consent_to(app.root(), environment.destination.directory, world));
  KF_DO(add_environment(app, std::move(environment), args.has("override")));
  return world.files.write_all(consent);
}

Status change(const Args& args, App& app, const World& world) {
  KF_TRY(const DestinationFlags flags, destination_flags(args));
  const std::string name = args.value("name");
  EnvironmentChange wanted;
  flags.write_to(wanted);
  if (args.has("name")) wanted.name = &name;
  KF_TRY(const std::vector<FileWrite> consent,
         consent_to(app.root(), args.value("directory"), world));
  KF_DO(set_environment(app, args.word(0), wanted, args.has("override")));
  return world.files.write_all(consent);
}

Json environment_json(const Environment& environment) {
  const Destination& destination = environment.destination;
  Json place = Json::object({{"namespace", destination.name_space}});
  if (!destination.server.empty()) place["server"] = destination.server;
  if (!destination.context.empty()) place["context"] = destination.context;
  if (!destination.directory.empty()) place["directory"] = destination.directory;
  Json targets = Json::array();
  for (const std::string& target : environment.targets) targets.push_back(target);
  Json libraries = Json::array();
  for (const Library& library : environment.libraries) {
    libraries.push_back(Json::object(
        {{"registry", library.registry}, {"name", library.name}, {"version", library.version}}));
  }
  return Json::object({{"name", environment.name},
                       {"path", environment.path},
                       {"k8sVersion", environment.kubernetes_version},
                       {"destination", std::move(place)},
                       {"targets", std::move(targets)},
                       {"libraries", std::move(libraries)},
                       {"override", environment.overridden}});
}

// Opens the app, runs `work` on it, and says what was done.
template <typename Work>
int edit(const Args& args, Console& console, World& world, Work work, const std::string& done) {
  Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const Status worked = work(app.value());
  if (!worked.ok()) return console.fail(worked.error());
  console.note(done);
  return kExitOk;
}

}  // namespace

int cmd_env_add(const Args& args, Console& console, World& world) {
  return edit(
      args, console, world, [&](App& app) { return add(args, app, world); },
      "Added environment '" + args.word(0) + "'.");
}

int cmd_env_set(const Args& args, Console& console, World& world) {
  return edit(
      args, console, world, [&](App& app) { return change(args, app, world); },
      "Changed environment '" + args.word(0) + "'.");
}

int cmd_env_rm(const Args& args, Console& console, World& world) {
  return edit(
      args, console, world,
      [&](App& app) { return remove_environment(app, args.word(0), args.has("override")); },
      "Removed environment '" + args.word(0) + "'. What it deployed stays where it is.");
}

int cmd_env_targets(const Args& args, Console& console, World& world) {
  return edit(
      args, console, world,
      [&](App& app) {
        return set_targets(app, args.word(0), args.values("module"), args.has("override"));
      },
      "Changed the modules of environment '" + args.word(0) + "'.");
}

int cmd_env_list(const Args& args, Console& console, World& world) {
  const Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const Result<std::string> current = current_environment(app.value());
  if (!current.ok()) return console.fail(current.error());

  Table table("envList", {"name", "current", "override", "kubernetes-version", "namespace",
                          "server", "context", "directory"});
  for (const Environment& one : app.value().config().environments()) {
    table.add({one.name, one.name == current.value() ? "*" : "", one.overridden ? "*" : "",
               one.kubernetes_version, one.destination.name_space, one.destination.server,
               one.destination.context, one.destination.directory});
  }
  print_table(table, args, console);
  return kExitOk;
}

int cmd_env_describe(const Args& args, Console& console, World& world) {
  const Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const Result<Environment> environment = choose_environment(app.value(), args.word(0));
  if (!environment.ok()) return console.fail(environment.error());
  console.out(format_value(environment_json(environment.value()), args.value("output", "yaml")));
  return kExitOk;
}

int cmd_env_current(const Args& args, Console& console, World& world) {
  Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  if (args.has("set") && args.has("unset")) {
    return console.fail(usage_error("--set and --unset together make no sense"));
  }
  if (args.has("set") || args.has("unset")) {
    const Status set = set_current_environment(app.value(), args.value("set"));
    return set.ok() ? kExitOk : console.fail(set.error());
  }
  const Result<std::string> current = current_environment(app.value());
  if (!current.ok()) return console.fail(current.error());
  if (current.value().empty())
    console.note("No environment is set.");
  else
    console.line(current.value());
  return kExitOk;
}

}  // namespace kfctl
