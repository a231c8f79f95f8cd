// kfctl __man: writes the manual pages. The build calls it; nobody else needs to.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/man_page.h"
#include "cli/world.h"

namespace kfctl {

int cmd_man(const Args& args, Console& console, World& world) {
  const Status written = write_man_pages(world.files, args.word(0), args.word(1));
  return written.ok() ? kExitOk : console.fail(written.error());
}

}  // namespace kfctl
