// Log lines on stderr, for the person who looks for the reason of something. Not for output, not
// for errors (those are Results). Never log a token, a password or the body of a Secret.
//
// The level is that of the process: 0 nothing (as it starts), 1 (-v) what is done, 2 (-vv) each
// request, 3 (-vvv) details. All functions may be called from any thread.
#pragma once

#include <string_view>

namespace kfctl {

/// Set by cli/ once, from the number of -v.
void set_log_level(int level);
int log_level();

void log_info(std::string_view text);   // level 1
void log_debug(std::string_view text);  // level 2
void log_trace(std::string_view text);  // level 3

}  // namespace kfctl
