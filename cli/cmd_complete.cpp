// kfctl __complete: the words that could stand in place of the last one, one a line with a tab and
// its help behind it. A line ":file" or ":directory" asks the shell to complete paths.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/complete.h"
#include "cli/console.h"
#include "cli/names.h"

namespace kfctl {

int cmd_complete(const Args& args, Console& console, World& world) {
  const Names names = [&](Completes what, const std::vector<std::string>& words) {
    return names_of(what, words, world);
  };
  const Completion completion = complete(args.words(), names);
  for (const Candidate& candidate : completion.candidates) {
    console.line(candidate.help.empty() ? candidate.text : candidate.text + "\t" + candidate.help);
  }
  if (completion.files == Completes::kFile) console.line(":file");
  if (completion.files == Completes::kDirectory) console.line(":directory");
  return kExitOk;
}

}  // namespace kfctl
