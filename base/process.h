// Processes, started without a shell: an argument vector goes to the program as it is.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"

namespace kfctl {

struct ProcessRequest {
  std::vector<std::string> argv;  // argv[0] is the path of the program, see find_program
  std::vector<std::pair<std::string, std::string>> env;  // the whole environment of the process
  std::string directory;                                 // to start in; "": ours
  std::string input;                                     // what it reads from stdin
  bool inherit_stdin = false;   // it may ask the person at the terminal instead
  bool inherit_stderr = false;  // its stderr is ours instead of being collected
  int timeout_ms = 0;           // 0: none. After it the process is killed
  size_t max_output = size_t{64} << 20;
};

struct ProcessResult {
  int exit_code = 0;  // 128 + signal if a signal ended it
  std::string out;
  std::string err;
};

/// Runs a process to its end. A non-zero exit code is a result, not an error.
/// Errors: kDisk if it cannot be started; kNetwork for a timeout; kInterrupted; kProject if it
/// prints more than max_output. After an error the process is dead.
Result<ProcessResult> run_process(const ProcessRequest& request, const CancelToken& cancel);

/// The path of `name`: itself if it has a '/', else the first executable file of that name in the
/// directories of `path` (the value of PATH; empty and relative entries are skipped, so that the
/// working directory never decides what runs). "" if there is none.
std::string find_program(const std::string& name, const std::string& path);

}  // namespace kfctl
