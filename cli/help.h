// Help: the table of commands as text for a person. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/console.h"

namespace kfctl {

/// What `kfctl COMMAND --help` prints; for "" all commands by section, for a noun its commands.
/// No line is wider than `width` columns (as long as words permit; examples are never broken).
std::string help_text(const Command& command, const Style& style, int width);

/// "kfctl env add NAME [flags]".
std::string usage_line(const Command& command);

/// "-o, --output FORMAT", with `style` for the flag's name.
std::string flag_label(const Flag& flag, const Style& style);

/// The flag's help with its choices, what holds without it, and whether it may be repeated.
std::string flag_description(const Flag& flag);

/// `text` broken into lines of at most `width` columns, each but the first after `indent` blanks.
std::string wrap_text(std::string_view text, int width, int indent);

}  // namespace kfctl
