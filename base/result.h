// Result<T> and Status: how every room outside cli/ reports failure.
//
// No exception crosses a room. A function that can fail returns Result<T>, or Status when it has
// nothing to give back; the caller either handles the Error or hands it on with KF_TRY / KF_DO.
// An Error is written for the person at the keyboard: `message` starts with the place
// ("app.jsonnet:3:12: unknown variable 'parms'"), `excerpt` shows it, `hint` says what to do next.
// cli/ turns the kind into an exit code, in one place (exit_code below is that table).
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace kfctl {

enum class ErrorKind {
  kUsage,        // wrong command, flag, name or value: exit 2
  kProject,      // the project's files are wrong: exit 3
  kRegistry,     // a registry cannot be reached or lacks what was asked for: exit 4
  kCluster,      // the API server refused, or answered with an error: exit 4
  kNetwork,      // no connection, TLS failure, timeout: exit 4
  kDisk,         // a file cannot be read or written: exit 4
  kDevice,       // no such device, or it failed: exit 4
  kInternal,     // a bug in kfctl: exit 5
  kInterrupted,  // Ctrl-C or SIGTERM: exit 130
};

inline constexpr int kExitOk = 0;
inline constexpr int kExitNo = 1;  // the answer is no: diff found changes, a gate failed

/// The process exit code that stands for `kind` (2, 3, 4, 5 or 130).
int exit_code(ErrorKind kind);

/// The word for `kind` in machine-readable output: "usage", "project", "cluster", ...
std::string_view error_kind_name(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;  // one or more lines, no trailing newline, first line names the place
  std::string excerpt;  // source line and caret, or a stack trace; may be empty
  std::string hint;     // the next step, without the word "hint:"; may be empty

  Error(ErrorKind kind_in, std::string message_in, std::string hint_in = "",
        std::string excerpt_in = "")
      : kind(kind_in),
        message(std::move(message_in)),
        excerpt(std::move(excerpt_in)),
        hint(std::move(hint_in)) {}

  /// `message`, `excerpt` and "hint: ..." on lines of their own, without a trailing newline.
  std::string to_text() const;
};

inline Error usage_error(std::string message, std::string hint = "") {
  return {ErrorKind::kUsage, std::move(message), std::move(hint)};
}
inline Error project_error(std::string message, std::string hint = "") {
  return {ErrorKind::kProject, std::move(message), std::move(hint)};
}
inline Error internal_error(std::string message) {
  return {ErrorKind::kInternal, std::move(message), "this is a bug in kfctl; please report it"};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }

  /// REQUIRES: ok().
  const T& value() const& { return assert(ok()), *std::get_if<0>(&state_); }
  T& value() & { return assert(ok()), *std::get_if<0>(&state_); }
  /// By value, so that `for (x : f().value())` does not walk what is gone already.
  T value() && { return assert(ok()), std::move(*std::get_if<0>(&state_)); }

  /// REQUIRES: !ok().
  const Error& error() const& { return assert(!ok()), *std::get_if<1>(&state_); }
  Error& error() & { return assert(!ok()), *std::get_if<1>(&state_); }
  Error error() && { return assert(!ok()), std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

struct Ok {};

/// The result of something that is done for its effect. `return Ok{};` is success.
using Status = Result<Ok>;

#define KF_CONCAT_INNER(a, b) a##b
#define KF_CONCAT(a, b) KF_CONCAT_INNER(a, b)

/// KF_TRY(Json app, read_json(path)); declares `app`, or returns read_json's error to our caller.
#define KF_TRY(declaration, ...)                               \
  auto KF_CONCAT(kf_result_, __LINE__) = (__VA_ARGS__);        \
  if (!KF_CONCAT(kf_result_, __LINE__).ok())                   \
    return std::move(KF_CONCAT(kf_result_, __LINE__)).error(); \
  declaration = std::move(KF_CONCAT(kf_result_, __LINE__)).value()

/// KF_DO(files.remove(path)); goes on when it succeeded, or returns its error to our caller.
#define KF_DO(...)                                            \
  do {                                                        \
    auto kf_status = (__VA_ARGS__);                           \
    if (!kf_status.ok()) return std::move(kf_status).error(); \
  } while (false)

}  // namespace kfctl
