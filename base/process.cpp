#include "base/process.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 100;  // how long a cancellation may go unseen

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  ~Fd() { close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};

std::optional<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Error cannot_start(const std::string& program, int error) {
  return Error(ErrorKind::kDisk, "cannot start " + program + ": " + std::strerror(error));
}

// The strings of a vector as the null-terminated array that exec wants. Valid while they are.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

class SpawnSetup {
 public:
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

// A running process and our ends of its pipes. Kills it when destroyed before its end.
class Child {
 public:
  ~Child() {
    if (pid_ > 0) {
      kill_now();
      reap();
    }
  }

  Status start(const ProcessRequest& request) {
    std::optional<Pipe> in = make_pipe(), out = make_pipe(), err = make_pipe();
    if (!in || !out || !err) return cannot_start(request.argv[0], errno);
    SpawnSetup setup;
    if (!request.inherit_stdin) {
      posix_spawn_file_actions_adddup2(&setup.actions, in->read.get(), STDIN_FILENO);
    }
    posix_spawn_file_actions_adddup2(&setup.actions, out->write.get(), STDOUT_FILENO);
    if (!request.inherit_stderr) {
      posix_spawn_file_actions_adddup2(&setup.actions, err->write.get(), STDERR_FILENO);
    }
    posix_spawn_file_actions_addclosefrom_np(&setup.actions, STDERR_FILENO + 1);
    if (!request.directory.empty()) {
      posix_spawn_file_actions_addchdir_np(&setup.actions, request.directory.c_str());
    }
    // A group of its own lets a timeout kill its children too; but who reads the terminal must be
    // in the foreground group.
    own_group_ = !request.inherit_stdin;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&setup.attributes, &defaults);
    sigset_t none;
    sigemptyset(&none);  // run_process blocks SIGPIPE for us, not for the process
    posix_spawnattr_setsigmask(&setup.attributes, &none);
    posix_spawnattr_setpgroup(&setup.attributes, 0);
    posix_spawnattr_setflags(&setup.attributes,
                             static_cast<short>(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                (own_group_ ? POSIX_SPAWN_SETPGROUP : 0)));

    std::vector<std::string> arguments = request.argv, variables;
    for (const auto& [name, value] : request.env) variables.push_back(name + "=" + value);
    const int error = posix_spawn(&pid_, request.argv[0].c_str(), &setup.actions, &setup.attributes,
                                  pointers(arguments).data(), pointers(variables).data());
    if (error != 0) {
      pid_ = 0;
      return cannot_start(request.argv[0], error);
    }
    if (!request.inherit_stdin) in_ = std::move(in->write);
    out_ = std::move(out->read);
    if (!request.inherit_stderr) err_ = std::move(err->read);
    // A process that does not read its input must not block us.
    if (in_.open()) fcntl(in_.get(), F_SETFL, O_NONBLOCK);
    return Ok{};
  }

  // Moves bytes for at most kPollMs. Returns whether a pipe is still open.
  bool pump(std::string_view& input, ProcessResult& result) {
    if (input.empty()) in_.close();
    pollfd fds[3] = {{in_.get(), POLLOUT, 0}, {out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
    poll(fds, 3, kPollMs);
    if (fds[0].revents != 0) feed(input);
    if (fds[1].revents != 0) drain(out_, result.out);
    if (fds[2].revents != 0) drain(err_, result.err);
    return out_.open() || err_.open();
  }

  // The exit code, once the process has ended.
  std::optional<int> ended() {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  void kill_now() { kill(own_group_ ? -pid_ : pid_, SIGKILL); }
  void reap() {
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  void feed(std::string_view& input) {
    const ssize_t written = write(in_.get(), input.data(), input.size());
    if (written > 0) input.remove_prefix(static_cast<size_t>(written));
    if (written < 0 && errno != EAGAIN && errno != EINTR) input = {};  // it reads no more
  }

  static void drain(Fd& fd, std::string& into) {
    char buffer[16384];
    const ssize_t got = read(fd.get(), buffer, sizeof buffer);
    if (got > 0) into.append(buffer, static_cast<size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) fd.close();
  }

  pid_t pid_ = 0;
  bool own_group_ = false;
  Fd in_, out_, err_;
};

// Writing to a process that has ended must be an error of write(), not the end of kfctl. The
// signal is blocked for this thread only and taken back if it arrived.
class BlockedSigpipe {
 public:
  BlockedSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~BlockedSigpipe() {
    const timespec none = {};
    if (!sigismember(&before_, SIGPIPE)) {
      while (sigtimedwait(&pipe_, nullptr, &none) == SIGPIPE) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  BlockedSigpipe(const BlockedSigpipe&) = delete;
  BlockedSigpipe& operator=(const BlockedSigpipe&) = delete;

 private:
  sigset_t pipe_;
  sigset_t before_;
};

}  // namespace

Result<ProcessResult> run_process(const ProcessRequest& request, const CancelToken& cancel) {
  if (request.argv.empty()) return internal_error("a process without a program");
  const BlockedSigpipe blocked;
  Child child;
  KF_DO(child.start(request));

  ProcessResult result;
  std::string_view input = request.input;
  const Clock::time_point started = Clock::now();
  bool piping = true;
  while (true) {
    if (cancel.cancelled()) return cancelled_error(request.argv[0] + " was stopped");
    if (request.timeout_ms > 0 &&
        Clock::now() - started > std::chrono::milliseconds(request.timeout_ms)) {
      return Error(ErrorKind::kNetwork, request.argv[0] + " did not end within " +
                                            std::to_string(request.timeout_ms / 1000) + " s");
    }
    if (piping) {
      piping = child.pump(input, result);
    } else if (const std::optional<int> code = child.ended()) {
      result.exit_code = *code;
      return result;
    } else {
      poll(nullptr, 0, 5);  // its pipes are closed: it is about to end
    }
    if (result.out.size() + result.err.size() > request.max_output) {
      return Error(ErrorKind::kProject, request.argv[0] + " prints too much");
    }
  }
}

std::string find_program(const std::string& name, const std::string& path) {
  if (name.find('/') != std::string::npos) return name;
  for (const std::string_view directory : split(path, ':')) {
    if (!directory.starts_with('/')) continue;
    const std::string candidate = std::string(directory) + "/" + name;
    struct stat info;
    if (stat(candidate.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return "";
}

}  // namespace kfctl
