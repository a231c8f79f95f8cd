// The functions behind the rows of the table of commands. Each gathers what it needs, decides,
// prints, and returns the exit code of the process.
#pragma once

namespace kfctl {

class Args;
class Console;
struct World;

int cmd_help(const Args& args, Console& console, World& world);
int cmd_version(const Args& args, Console& console, World& world);
int cmd_completion(const Args& args, Console& console, World& world);
int cmd_complete(const Args& args, Console& console, World& world);
int cmd_man(const Args& args, Console& console, World& world);

}  // namespace kfctl
