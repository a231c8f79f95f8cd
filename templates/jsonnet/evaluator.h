// The seam to the jsonnet language: a source text goes in, a Json value comes out.
//
// Everything that kfctl evaluates goes through Evaluator, so that the engine behind it can be
// replaced. An evaluation is a function of its request: the only doors to the outside are the
// Importer and the native functions that the request carries.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

class Profile;

/// Where `import` and `importstr` find their files.
///
/// resolve() gives a file its one identity: the same file always gets the same path, and that path
/// is what error messages show and what relative imports of the file start from. An engine may
/// keep what it made of a path for as long as load() returns the very same string object. It may
/// ask for what the program names but never imports; such a failure is nobody's.
///
/// Safe for use by several threads at once.
class Importer {
 public:
  virtual ~Importer() = default;

  /// The path of what `import "PATH"` means in a file of `directory`: "" or a path that ends in
  /// '/'. Errors: kProject, saying where it was looked for (without a place: the engine adds that).
  virtual Result<std::string> resolve(const std::string& directory, const std::string& path) = 0;

  /// The text of a path that resolve() returned. Shared, so that it is not copied for each import.
  /// Errors: kDisk if it cannot be read.
  virtual Result<std::shared_ptr<const std::string>> load(const std::string& resolved) = 0;
};

/// A function for std.native(name). Pure: an engine may call it more or less often than expected,
/// and from several threads at once.
struct NativeFunction {
  std::string name;
  std::vector<std::string> parameters;
  /// Called with one value per parameter. An Error's message becomes the jsonnet error.
  std::function<Result<Json>(std::span<const Json>)> call;
};

/// An external variable (std.extVar) or a top-level argument.
struct JsonnetVariable {
  std::string name;
  std::string text;
  bool is_code = false;  // `text` is jsonnet, evaluated when first used, and not a plain string
};

struct JsonnetRequest {
  std::string path;  // the name of `source` in messages; relative imports start from its directory
  std::string source;
  std::vector<JsonnetVariable> external;   // std.extVar; the last of one name wins
  std::vector<JsonnetVariable> arguments;  // passed if the value of `source` is a function
  Importer* importer = nullptr;            // nullptr: every import is an error
  std::span<const NativeFunction> natives;
  int max_stack = 500;  // calls in flight before "max stack frames exceeded"
  /// Takes what std.trace says, "TRACE: path:line text", as it is said. May be empty. libjsonnet
  /// knows no such door: it writes to the standard error of the process itself.
  std::function<void(std::string_view line)> on_trace;
  /// How many threads may work on this, the caller's included. Asked when there is work for
  /// several; empty: one. What comes out is the same for any number.
  std::function<int()> threads;
  /// How many bytes of memory the evaluation may take before it ends in an error, those of all its
  /// threads together. Asked when it takes much; empty: 8 GiB. libjsonnet has no such limit.
  std::function<size_t()> memory;
  /// Where parsed libraries are kept for the next process (engine/library_cache.h); "": nowhere.
  std::string cache_directory;
  /// Gets what the evaluation costs, when it ends, failed or not. nullptr: nobody measures, which
  /// is faster. libjsonnet cannot.
  Profile* profile = nullptr;
};

/// Begins the excerpt of an error that has no place in a file of the user.
inline constexpr std::string_view kRaisedAt = "raised at ";

/// An engine. One Evaluator may run several evaluations at once in different threads.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  /// The value of the request, manifested: hidden fields left out, assertions checked. A program
  /// that yields a function without top-level arguments is an error.
  ///
  /// Errors: kProject; `message` begins with "path:line:column: " of the innermost place in a file
  /// of the user (not in std or a native function), `excerpt` is that line and a caret and below
  /// it the calls that led there ("called from path:line:column: function <name>"), `hint` a near
  /// word for an unknown variable or field. Where no file of the user is on the stack (a library's
  /// value was computed late) the message has no place and the excerpt begins with kRaisedAt.
  ///  kDisk or the like if the importer failed so.
  virtual Result<Json> evaluate(const JsonnetRequest& request) const = 0;
};

/// The engine that kfctl uses: our own, unless choose_jsonnet_evaluator said otherwise. Lives as
/// long as the program.
const Evaluator& jsonnet_evaluator();

/// Makes jsonnet_evaluator() give "kfctl" (our own engine) or "libjsonnet" (the reference, for
/// comparison). Call before anything is evaluated. Errors: kUsage for another name; those of
/// load_module if libjsonnet's module cannot be loaded.
Status choose_jsonnet_evaluator(std::string_view name);

}  // namespace kfctl
