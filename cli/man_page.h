// Manual pages: the table of commands as roff, in the frame of hand-written templates.
#pragma once

#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "cli/commands.h"

namespace kfctl {

/// "kfctl-env-add", the name of the command's page; "kfctl" for "".
std::string man_name(const Command& command);

/// Fills `page` (man/kfctl.1.in or man/command.1.in): a line "@FLAGS@" is replaced by what the
/// table says. `notes` stands at @NOTES@ as it is. Errors: kProject for an unknown @WORD@.
Result<std::string> man_page(const Command& command, std::string_view page, std::string_view notes);

/// Writes all pages to `target`. `source` holds the two templates and notes/<page>.roff for those
/// commands that have some. Errors: kDisk; kProject, also for notes that belong to no command.
Status write_man_pages(Files& files, const std::string& source, const std::string& target);

}  // namespace kfctl
