// kfctl: what the process brings (arguments, environment, terminal, signals) is gathered here.
#include <atomic>
#include <csignal>
#include <string>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/console.h"
#include "cli/program.h"

extern char** environ;

namespace {

using kfctl::Surroundings;

kfctl::CancelToken cancel_token;
std::atomic<bool> may_leave{false};

// The first Ctrl-C asks; a second one, for work that does not listen, ends the process. Files are
// replaced by renaming, so that even this leaves none half-written.
void on_signal(int signal) {
  if (may_leave || cancel_token.cancelled()) _exit(130);
  cancel_token.cancel();
  static_cast<void>(signal);
}

void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // writing then fails with EPIPE, which Console expects
}

std::string variable(const Surroundings& around, const std::string& name) {
  const auto found = around.variables.find(name);
  return found == around.variables.end() ? "" : found->second;
}

Surroundings gather_surroundings() {
  Surroundings around;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string::npos)
      around.variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  around.home = variable(around, "HOME");
  around.stdin_is_terminal = isatty(0) != 0;
  return around;
}

kfctl::ConsoleOptions gather_console(const Surroundings& around) {
  kfctl::ConsoleOptions options;
  options.in_is_terminal = around.stdin_is_terminal;
  options.out_is_terminal = isatty(1) != 0;
  options.err_is_terminal = isatty(2) != 0;
  options.no_colour = !variable(around, "NO_COLOR").empty();
  const std::string forced = variable(around, "CLICOLOR_FORCE");
  options.force_colour = !forced.empty() && forced != "0";
  options.terminal_has_colour = variable(around, "TERM") != "dumb";
  winsize size = {};
  if (options.out_is_terminal && ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
    options.width = size.ws_col;
    if (size.ws_row >= 4) options.height = size.ws_row;
  }
  return options;
}

std::string current_directory() {
  std::string path(4096, '\0');
  return getcwd(path.data(), path.size()) == nullptr ? "." : std::string(path.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  catch_signals();
  const Surroundings around = gather_surroundings();
  kfctl::Console console(gather_console(around));
  kfctl::DiskFiles files;
  kfctl::World world{files, around, cancel_token, may_leave, current_directory()};
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return console.finish(kfctl::run_program(words, console, world));
}
