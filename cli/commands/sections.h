// The parts of the table of commands, in the order of help: within a section, and within a noun, as
// they are used. all_commands() of commands.h is all of them.
#pragma once

#include <span>

#include "cli/commands.h"

namespace kfctl {

std::span<const Command> project_commands();
std::span<const Command> components_commands();
std::span<const Command> render_commands();
std::span<const Command> deploy_commands();
std::span<const Command> learn_commands();
std::span<const Command> other_commands();

}  // namespace kfctl
