#include "cli/console.h"

#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

namespace kfctl {
namespace {

// Two pipes in place of the terminal. What is written must be small enough for a pipe to hold.
struct Pipes {
  std::array<int, 2> out{}, err{};
  Pipes() {
    REQUIRE(pipe(out.data()) == 0);
    REQUIRE(pipe(err.data()) == 0);
  }
  ~Pipes() {
    for (const int fd : {out[0], err[0]}) close(fd);
  }
  ConsoleOptions options() const {
    ConsoleOptions options;
    options.out_fd = out[1];
    options.err_fd = err[1];
    return options;
  }
  static std::string all_of(std::array<int, 2>& ends) {
    close(ends[1]);
    std::string text;
    char buffer[65536];
    for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<size_t>(count));
    return text;
  }
};

TEST_CASE("data goes to one stream and what is said to the person to the other") {
  Pipes pipes;
  {
    Console console(pipes.options());
    console.line("data");
    console.note("note");
    console.warn("careful");
    CHECK(console.finish(0) == 0);
  }
  CHECK(Pipes::all_of(pipes.out) == "data\n");
  CHECK(Pipes::all_of(pipes.err) == "note\nkfctl: warning: careful\n");
}

TEST_CASE("a text that is too large for the buffer stays between what came before and after") {
  Pipes pipes;
  const std::string large(100000, 'x');
  REQUIRE(fcntl(pipes.out[1], F_SETPIPE_SZ, 1 << 20) >= 1 << 20);
  {
    Console console(pipes.options());
    console.out("before\n");
    console.line(large);
    console.out("after\n");
    CHECK(console.finish(0) == 0);
  }
  CHECK(Pipes::all_of(pipes.out) == "before\n" + large + "\nafter\n");
}

TEST_CASE("several lines of progress are drawn over in one go, and leave nothing behind") {
  Pipes pipes;
  ConsoleOptions options = pipes.options();
  options.err_is_terminal = true;
  {
    Console console(options);
    console.progress(std::vector<std::string>{"too", "soon"});
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    console.progress(std::vector<std::string>{"a", "b", "c"});
    console.progress(std::vector<std::string>{"d"});
    console.note("done");
  }
  CHECK(Pipes::all_of(pipes.err) == "\r\x1b[Ka\nb\nc\r\x1b[2A\x1b[Jd\r\x1b[Kdone\n");
}

TEST_CASE("an error with a place begins with it, every other one with the program's name") {
  Pipes pipes;
  Console console(pipes.options());
  CHECK(console.fail({ErrorKind::kProject, "a b.jsonnet:3:12: unknown variable 'parms'",
                      "did you mean 'params'?", "  parms\n  ^~~~~"}) == 3);
  CHECK(console.fail({ErrorKind::kNetwork, "https://10.0.0.1:6443: connection refused"}) == 4);
  CHECK(Pipes::all_of(pipes.err) ==
        "a b.jsonnet:3:12: unknown variable 'parms'\n  parms\n  ^~~~~\n"
        "hint: did you mean 'params'?\n"
        "kfctl: error: https://10.0.0.1:6443: connection refused\n");
}

TEST_CASE("errors can be JSON, one line each") {
  Pipes pipes;
  Console console(pipes.options());
  console.set_errors_as_json(true);
  CHECK(console.fail(usage_error("no", "do")) == 2);
  CHECK(Pipes::all_of(pipes.err) ==
        "{\"error\":{\"excerpt\":\"\",\"exitCode\":2,\"hint\":\"do\",\"kind\":\"usage\","
        "\"message\":\"no\"}}\n");
}

TEST_CASE("colour: a terminal has it unless somebody does not want it") {
  ConsoleOptions options;
  const auto coloured = [&](std::string_view when) {
    Console console(options);
    console.set_colour(when);
    return console.style().colour();
  };
  CHECK_FALSE(coloured("auto"));
  CHECK(coloured("always"));
  options.out_is_terminal = true;
  CHECK(coloured("auto"));
  CHECK_FALSE(coloured("never"));
  options.terminal_has_colour = false;
  CHECK_FALSE(coloured("auto"));
  options.terminal_has_colour = true;
  options.no_colour = true;
  CHECK_FALSE(coloured("auto"));
  CHECK(coloured("always"));
  options = {};
  options.force_colour = true;
  CHECK(coloured("auto"));
}

TEST_CASE("a disk that is full is an error, a reader that went away is none") {
  const int full = open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  Pipes pipes;
  ConsoleOptions options = pipes.options();
  options.out_fd = full;
  {
    Console console(options);
    console.line("data");
    CHECK(console.finish(0) == 4);
  }
  close(full);
  CHECK(Pipes::all_of(pipes.err).find("cannot write to standard output: No space left") !=
        std::string::npos);

  std::signal(SIGPIPE, SIG_IGN);
  Pipes closed;
  close(closed.out[0]);
  Console console(closed.options());
  console.line("data");
  CHECK(console.finish(1) == 1);
  closed.out[0] = -1;
}

TEST_CASE("nothing is drawn where there is no terminal") {
  Pipes pipes;
  {
    Console console(pipes.options());
    for (int i = 0; i < 3; ++i) console.progress("1 of 3");
  }
  CHECK(Pipes::all_of(pipes.err).empty());
}

}  // namespace
}  // namespace kfctl
