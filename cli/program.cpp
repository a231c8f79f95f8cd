#include "cli/program.h"

#include "base/log.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/help.h"

namespace kfctl {
namespace {

// kfctl, kfctl env: nothing was asked, so say what could be.
int explain_noun(const Args& args, Console& console) {
  const Command& noun = args.command();
  console.note(help_text(noun, console.note_style(), console.width()));
  return console.fail(usage_error(noun.path.empty()
                                      ? "no command was given"
                                      : "'kfctl " + std::string(noun.path) + "' needs a command"));
}

}  // namespace

int run_program(const std::vector<std::string>& words, Console& console, World& world) {
  const Result<Args> parsed = parse_args(words);
  if (!parsed.ok()) return console.fail(parsed.error());

  const Args& args = parsed.value();
  const Command& command = args.command();
  console.set_colour(args.value("color", "auto"));
  set_log_level(args.count("verbose"));
  if (args.has("help")) {
    console.out(help_text(command, console.style(), console.width()));
    return kExitOk;
  }
  if (command.path.empty() && args.has("version")) return cmd_version(args, console, world);
  if (command.is_noun()) return explain_noun(args, console);

  const bool has_format = find_flag(command, "output") != nullptr;
  const std::string format = has_format ? args.value("output") : "";
  console.set_errors_as_json(format == "json" || format == "yaml" || format == "ndjson");
  return command.run(args, console, world);
}

}  // namespace kfctl
