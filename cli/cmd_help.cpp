// kfctl help: what --help prints, for the command that is named.
#include "base/text.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/help.h"

namespace kfctl {

int cmd_help(const Args& args, Console& console, World&) {
  const Result<CommandWords> named = split_command(args.words());
  if (!named.ok()) return console.fail(named.error());
  console.out(help_text(*named.value().command, console.style(), console.width()));
  return kExitOk;
}

}  // namespace kfctl
