// kfctl prototype: what components can be made from.
#include <algorithm>

#include "base/text.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/generate_options.h"
#include "cli/help.h"
#include "cli/table.h"
#include "registry/builtin.h"
#include "templates/app/generate.h"

namespace kfctl {
namespace {

// One line: the short description, or the first line of the other.
std::string summary_of(const Prototype& prototype) {
  const std::string& text =
      prototype.short_description.empty() ? prototype.description : prototype.short_description;
  return text.substr(0, text.find('\n'));
}

bool mentions(const Prototype& prototype, const std::string& text) {
  const std::string wanted = to_lower_ascii(text);
  return to_lower_ascii(prototype.name).find(wanted) != std::string::npos ||
         to_lower_ascii(prototype.description).find(wanted) != std::string::npos ||
         to_lower_ascii(prototype.short_description).find(wanted) != std::string::npos;
}

Json prototype_json(const Prototype& prototype) {
  Json parameters = Json::array();
  for (const PrototypeParameter& one : prototype.parameters) {
    Json parameter = Json::object({{"name", one.name},
                                   {"type", parameter_type_name(one.type)},
                                   {"required", one.required},
                                   {"description", one.description}});
    if (!one.required) parameter["default"] = one.default_value;
    parameters.push_back(std::move(parameter));
  }
  return Json::object({{"name", prototype.name},
                       {"description", prototype.description},
                       {"shortDescription", prototype.short_description},
                       {"parameters", std::move(parameters)}});
}

std::string parameters_text(const Prototype& prototype, bool required, const Console& console) {
  std::string text;
  for (const PrototypeParameter& one : prototype.parameters) {
    if (one.required != required) continue;
    text += "  " + console.style().cyan("--" + one.name) + " " +
            std::string(parameter_type_name(one.type));
    if (!one.default_value.empty()) text += " [" + one.default_value + "]";
    // bind_parameters fills this one in.
    const std::string help =
        one.description + (one.name == "name" ? " (the component's name if left out)" : "");
    text += "\n      " + wrap_text(help, std::min(console.width(), 100) - 6, 6) + "\n";
  }
  return text;
}

std::string prototype_text(const Prototype& prototype, const Console& console) {
  const Style& style = console.style();
  std::string text = style.bold(prototype.name) + "\n\n" + prototype.description + "\n";
  const std::string required = parameters_text(prototype, true, console);
  if (!required.empty()) text += "\n" + style.heading("Required parameters:") + "\n" + required;
  const std::string optional = parameters_text(prototype, false, console);
  if (!optional.empty()) {
    text += "\n" + style.heading("Optional parameters") + " [default]:\n" + optional;
  }
  return text;
}

int list(const std::string& kind, const std::string& search, const Args& args, Console& console) {
  const Result<std::vector<Prototype>> prototypes = builtin_registry().prototypes();
  if (!prototypes.ok()) return console.fail(prototypes.error());
  Table table(kind, {"name", "description"});
  for (const Prototype& one : prototypes.value()) {
    if (mentions(one, search)) table.add({one.name, summary_of(one)});
  }
  if (table.empty()) {
    console.note("No prototype mentions '" + search + "'; 'kfctl prototype list' lists them all.");
    return kExitNo;
  }
  print_table(table, args, console);
  return kExitOk;
}

}  // namespace

int cmd_prototype_list(const Args& args, Console& console, World&) {
  return list("prototypeList", "", args, console);
}

int cmd_prototype_search(const Args& args, Console& console, World&) {
  return list("prototypeSearch", args.word(0), args, console);
}

int cmd_prototype_describe(const Args& args, Console& console, World&) {
  const Result<std::vector<Prototype>> prototypes = builtin_registry().prototypes();
  if (!prototypes.ok()) return console.fail(prototypes.error());
  const Result<const Prototype*> found = resolve_prototype(prototypes.value(), args.word(0));
  if (!found.ok()) return console.fail(found.error());
  const std::string format = args.value("output", "table");
  console.out(format == "table" ? prototype_text(*found.value(), console)
                                : format_value(prototype_json(*found.value()), format));
  return kExitOk;
}

int cmd_prototype_preview(const Args& args, Console& console, World& world) {
  const Result<GenerateOptions> options = generate_options(args, world);
  if (!options.ok()) return console.fail(options.error());
  const Result<std::string> text =
      preview_prototype(builtin_registry(), args.word(0), options.value());
  if (!text.ok()) return console.fail(text.error());
  console.out(text.value());
  return kExitOk;
}

}  // namespace kfctl
