// kfctl component and kfctl module: what the app is made of.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/project.h"
#include "cli/table.h"

namespace kfctl {

int cmd_component_list(const Args& args, Console& console, World& world) {
  const Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const Result<std::vector<Component>> components =
      list_components(app.value(), args.value("module"));
  if (!components.ok()) return console.fail(components.error());
  Table table("componentList", {"component", "module", "type", "path"});
  for (const Component& one : components.value()) {
    table.add({one.full_name, one.module, component_type_name(one.type), one.path});
  }
  print_table(table, args, console);
  return kExitOk;
}

int cmd_component_rm(const Args& args, Console& console, World& world) {
  Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const Status removed = remove_component(app.value(), args.word(0));
  if (!removed.ok()) return console.fail(removed.error());
  console.note("Removed component '" + args.word(0) +
               "' and its parameters. 'kfctl apply --prune' removes what it deployed.");
  return kExitOk;
}

int cmd_module_list(const Args& args, Console& console, World& world) {
  const Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const Result<std::vector<Module>> modules = list_modules(app.value());
  if (!modules.ok()) return console.fail(modules.error());
  Table table("moduleList", {"module", "path"});
  for (const Module& one : modules.value()) table.add({one.name, one.directory});
  print_table(table, args, console);
  return kExitOk;
}

int cmd_module_create(const Args& args, Console& console, World& world) {
  Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const Status made = create_module(app.value(), args.word(0));
  if (!made.ok()) return console.fail(made.error());
  console.note("Made module '" + args.word(0) + "'.");
  return kExitOk;
}

}  // namespace kfctl
