#include "base/process.h"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

using namespace kfctl;

namespace {

const CancelToken kNever;

ProcessRequest command(std::vector<std::string> argv) {
  ProcessRequest request;
  request.argv = std::move(argv);
  return request;
}

}  // namespace

TEST_CASE("arguments reach the program as they are, without a shell") {
  const Result<ProcessResult> result =
      run_process(command({"/usr/bin/printf", "%s|", "a b", "$HOME", "`id`", ""}), kNever);
  REQUIRE(result.ok());
  CHECK(result.value().out == "a b|$HOME|`id`||");
  CHECK(result.value().exit_code == 0);
}

TEST_CASE("the environment is exactly what was given") {
  ProcessRequest request = command({"/usr/bin/env"});
  request.env = {{"A", "1"}, {"B", "x=y"}};
  CHECK(run_process(request, kNever).value().out == "A=1\nB=x=y\n");
}

TEST_CASE("input, output and error output of any size pass") {
  ProcessRequest request = command({"/bin/sh", "-c", "cat; echo no >&2; exit 3"});
  request.input = std::string(300'000, 'i');
  const Result<ProcessResult> result = run_process(request, kNever);
  REQUIRE(result.ok());
  CHECK(result.value().out == request.input);
  CHECK(result.value().err == "no\n");
  CHECK(result.value().exit_code == 3);
}

TEST_CASE("a program that does not read its input does not end us") {
  ProcessRequest request = command({"/bin/true"});
  request.input = std::string(1 << 20, 'i');
  CHECK(run_process(request, kNever).value().exit_code == 0);
}

TEST_CASE("a signal is seen in the exit code") {
  CHECK(run_process(command({"/bin/sh", "-c", "kill -9 $$"}), kNever).value().exit_code == 137);
}

TEST_CASE("a process that takes too long is killed, with its children") {
  ProcessRequest request = command({"/bin/sh", "-c", "sleep 20 & sleep 20"});
  request.timeout_ms = 200;
  const auto started = std::chrono::steady_clock::now();
  const Result<ProcessResult> result = run_process(request, kNever);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::kNetwork);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
}

TEST_CASE("cancelling stops the process") {
  CancelToken cancel;
  std::thread later([&cancel] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancel.cancel();
  });
  const Result<ProcessResult> result = run_process(command({"/bin/sleep", "20"}), cancel);
  later.join();
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::kInterrupted);
}

TEST_CASE("too much output is an error") {
  ProcessRequest request = command({"/usr/bin/yes"});
  request.max_output = 100'000;
  CHECK(run_process(request, kNever).error().message == "/usr/bin/yes prints too much");
}

TEST_CASE("a missing program says so") {
  const Result<ProcessResult> result = run_process(command({"/nowhere/program"}), kNever);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().message == "cannot start /nowhere/program: No such file or directory");
}

TEST_CASE("a program is never looked for in the working directory") {
  CHECK(find_program("sh", "/nowhere:/bin") == "/bin/sh");
  // This would lead to /bin from wherever the test runs.
  CHECK(find_program("sh", "::../../../../../../../../../bin") == "");
  CHECK(find_program("./plugin", "/bin") == "./plugin");
}
