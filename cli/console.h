// Console: the one place that prints.
//
// Data goes to standard output, everything else to standard error. Output is collected and
// written when it is large, before anything is printed on standard error, and at the end; if that
// fails (a full disk), finish() says so. A reader that went away (`kfctl show | head`) is no
// failure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace kfctl {

/// How text is marked on a terminal. With colour off every function returns its text unchanged.
class Style {
 public:
  explicit Style(bool colour = false) : colour_(colour) {}
  bool colour() const { return colour_; }
  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string red(std::string_view text) const { return wrap("31", text); }
  std::string green(std::string_view text) const { return wrap("32", text); }
  std::string yellow(std::string_view text) const { return wrap("33", text); }
  std::string cyan(std::string_view text) const { return wrap("36", text); }
  std::string heading(std::string_view text) const { return wrap("1;32", text); }
  std::string error(std::string_view text) const { return wrap("1;31", text); }

 private:
  std::string wrap(std::string_view code, std::string_view text) const;
  bool colour_;
};

/// {"kind", "message", "excerpt", "hint", "exitCode"}.
Json error_json(const Error& error);

/// What the console stands on. main() finds it out; tests make it up.
struct ConsoleOptions {
  int out_fd = 1;
  int err_fd = 2;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool terminal_has_colour = true;  // TERM is not "dumb"
  bool no_colour = false;           // NO_COLOR
  bool force_colour = false;        // CLICOLOR_FORCE
  int width = 80;                   // columns of the terminal
  int height = 24;                  // its lines
};

/// Who takes what a Console prints when it is one of several that share the real one.
class ConsoleSink {
 public:
  enum class Stream { kOut, kErr };

  virtual ~ConsoleSink() = default;
  virtual void write(Stream stream, std::string_view text) = 0;  // whole lines
  virtual void progress(const std::string& line) = 0;
  virtual void data(const Json& value) = 0;     // a whole document of -o json or yaml
  virtual void failed(const Error& error) = 0;  // in addition to what was written of it
};

class Console {
 public:
  explicit Console(const ConsoleOptions& options);
  /// One that prints through `sink`, in the style of `parent`. `label` says whose words they are:
  /// it begins each line on standard error, on standard output too if `label_out`, and errors in
  /// JSON name it. `sink` must outlive this.
  Console(const Console& parent, ConsoleSink& sink, std::string label, bool label_out);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// --color: "auto", "always" or "never". Decides both styles.
  void set_colour(std::string_view when);
  /// With -o json or yaml, errors are printed as one line of JSON too.
  void set_errors_as_json(bool on) { errors_as_json_ = on; }

  /// Data: `text` as it is, and as a line of its own.
  void out(std::string_view text);
  void line(std::string_view text);
  /// A line of data that should be seen at once: what a long command has done so far.
  void live_line(std::string_view text);
  /// A document: JSON or YAML, as `format` says. REQUIRES: it is one of the two.
  void data(const Json& value, std::string_view format);
  /// Text of a sink, as it is, at once.
  void pass_on(ConsoleSink::Stream stream, std::string_view text);
  /// A line for the person: what was done, what to do next. On standard error.
  void note(std::string_view text);
  /// "kfctl: warning: ...". On standard error.
  void warn(std::string_view text);
  /// Prints the error and returns its exit code.
  int fail(const Error& error);

  /// A line that is written over by the next, shown on a terminal only and only once the work has
  /// taken longer than a second. Gone as soon as anything else is printed on standard error.
  void progress(std::string_view text);
  /// The same with several lines, each shorter than width() columns.
  void progress(const std::vector<std::string>& lines);

  /// Asks a question that is answered by yes or no, on a terminal. REQUIRES: can_ask().
  bool confirm(std::string_view question);
  bool can_ask() const { return options_.in_is_terminal && options_.err_is_terminal; }

  /// Writes what is left. The exit code of the process: `code`, or that of a failed write.
  int finish(int code);

  const Style& style() const { return out_style_; }
  const Style& note_style() const { return err_style_; }
  int width() const { return options_.width; }
  int height() const { return options_.height; }
  bool out_is_terminal() const { return options_.out_is_terminal; }
  /// Whose words this one prints, "" where there is no other.
  const std::string& label() const { return label_; }

 private:
  void flush();
  void write_err(std::string_view text);
  void clear_progress();
  std::string clear_text() const;
  bool shows_progress();  // on a terminal, and the work is long enough

  ConsoleOptions options_;
  Style out_style_;
  Style err_style_;
  ConsoleSink* sink_ = nullptr;  // instead of the descriptors
  std::string label_;
  bool label_out_ = false;
  bool errors_as_json_ = false;
  size_t progress_lines_ = 0;  // shown at present
  double progress_since_ = 0;  // seconds of the steady clock; 0 before the first call
  std::string buffer_;
  int write_errno_ = 0;  // of the first write that failed
};

}  // namespace kfctl
