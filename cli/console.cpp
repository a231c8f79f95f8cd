#include "cli/console.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/table.h"

namespace kfctl {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;
constexpr double kQuietSeconds = 1.0;  // shorter work shows no progress

// All of `text`, or the errno that stopped it.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// "app.jsonnet:3:12: unknown variable": editors and terminals make a link of it when the line
// begins with it, as compilers print it.
bool begins_with_place(std::string_view message) {
  const std::string_view first = message.substr(0, message.find('\n'));
  for (size_t at = first.find(':'); at != first.npos; at = first.find(':', at + 1)) {
    size_t end = at + 1;
    while (end < first.size() && first[end] >= '0' && first[end] <= '9') ++end;
    const bool is_line = end > at + 1 && end < first.size() && first[end] == ':';
    // "https://10.0.0.1:6443: refused" is no place in a file.
    if (is_line) return first.substr(0, at).find("://") == first.npos;
    if (first.substr(at, 2) == ": ") return false;
  }
  return false;
}

std::string error_line(const Error& error, const std::string& label) {
  Json line = Json::object({{"error", error_json(error)}});
  if (!label.empty()) line["environment"] = label;
  return line.dump();
}

// `text` with `begin` before each of its lines.
std::string labelled(std::string_view text, const std::string& begin) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    out += begin + std::string(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

}  // namespace

Json error_json(const Error& error) {
  return Json::object({{"kind", error_kind_name(error.kind)},
                       {"message", error.message},
                       {"excerpt", error.excerpt},
                       {"hint", error.hint},
                       {"exitCode", exit_code(error.kind)}});
}

std::string Style::wrap(std::string_view code, std::string_view text) const {
  if (!colour_ || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

Console::Console(const ConsoleOptions& options) : options_(options) { set_colour("auto"); }

Console::Console(const Console& parent, ConsoleSink& sink, std::string label, bool label_out)
    : options_(parent.options_),
      out_style_(parent.out_style_),
      err_style_(parent.err_style_),
      sink_(&sink),
      label_(std::move(label)),
      label_out_(label_out),
      errors_as_json_(parent.errors_as_json_) {
  options_.in_is_terminal = false;   // a question would stop the others
  options_.out_is_terminal = false;  // the screen is not this one's to draw on
}

Console::~Console() { flush(); }

void Console::set_colour(std::string_view when) {
  const auto wanted = [&](bool is_terminal) {
    if (when == "always") return true;
    if (when == "never" || options_.no_colour) return false;
    return options_.force_colour || (is_terminal && options_.terminal_has_colour);
  };
  out_style_ = Style(wanted(options_.out_is_terminal));
  err_style_ = Style(wanted(options_.err_is_terminal));
}

void Console::data(const Json& value, std::string_view format) {
  if (sink_ != nullptr) return sink_->data(value);
  out(format_value(value, format));
}

void Console::pass_on(ConsoleSink::Stream stream, std::string_view text) {
  if (stream == ConsoleSink::Stream::kErr) return write_err(text);
  clear_progress();
  out(text);
  flush();
}

void Console::out(std::string_view text) {
  if (text.size() >= kBufferBytes) {  // is not copied
    flush();
    if (write_errno_ == 0) write_errno_ = write_all(options_.out_fd, text);
    return;
  }
  buffer_ += text;
  if (buffer_.size() >= kBufferBytes) flush();
}

void Console::line(std::string_view text) {
  out(text);
  out("\n");
}

void Console::live_line(std::string_view text) {
  clear_progress();
  line(text);
  flush();
}

void Console::note(std::string_view text) { write_err(std::string(text) + "\n"); }

void Console::warn(std::string_view text) {
  note("kfctl: " + err_style_.yellow("warning:") + " " + std::string(text));
}

int Console::fail(const Error& error) {
  if (sink_ != nullptr) sink_->failed(error);
  if (errors_as_json_) {
    note(error_line(error, label_));
    return exit_code(error.kind);
  }
  std::string text = begins_with_place(error.message)
                         ? error.message
                         : "kfctl: " + err_style_.error("error:") + " " + error.message;
  if (!error.excerpt.empty()) text += "\n" + error.excerpt;
  if (!error.hint.empty()) text += "\n" + err_style_.cyan("hint:") + " " + error.hint;
  note(text);
  return exit_code(error.kind);
}

bool Console::shows_progress() {
  if (!options_.err_is_terminal) return false;
  const double now = now_seconds();
  if (progress_since_ == 0) progress_since_ = now;
  return now - progress_since_ >= kQuietSeconds;
}

void Console::progress(std::string_view text) {
  if (!shows_progress()) return;
  std::string shown(text);
  if (sink_ != nullptr) return sink_->progress(shown);
  while (display_width(shown) >= options_.width && !shown.empty()) shown.pop_back();
  progress(std::vector<std::string>{err_style_.dim(shown)});
}

void Console::progress(const std::vector<std::string>& lines) {
  if (!shows_progress()) return;
  if (sink_ != nullptr) return sink_->progress(lines.empty() ? "" : lines[0]);
  flush();
  // One write, so that nobody sees it half drawn.
  write_all(options_.err_fd, clear_text() + join(lines, "\n"));
  progress_lines_ = lines.size();
}

bool Console::confirm(std::string_view question) {
  flush();
  clear_progress();
  write_all(options_.err_fd, std::string(question) + " [y/N] ");
  std::string answer;
  char letter = 0;
  while (::read(0, &letter, 1) == 1 && letter != '\n') answer += letter;
  const std::string word = to_lower_ascii(trim(answer));
  return word == "y" || word == "yes";
}

int Console::finish(int code) {
  flush();
  clear_progress();
  if (write_errno_ == 0 || write_errno_ == EPIPE) return code;
  Error error(ErrorKind::kDisk,
              std::string("cannot write to standard output: ") + std::strerror(write_errno_));
  return fail(error);
}

void Console::flush() {
  if (sink_ != nullptr) {
    const std::string begin = label_out_ ? out_style_.cyan(label_) + " | " : "";
    if (!buffer_.empty()) sink_->write(ConsoleSink::Stream::kOut, labelled(buffer_, begin));
    buffer_.clear();
    return;
  }
  // After a failure nothing more is written: half of an output is enough.
  if (write_errno_ == 0) write_errno_ = write_all(options_.out_fd, buffer_);
  buffer_.clear();
}

void Console::write_err(std::string_view text) {
  flush();
  if (sink_ != nullptr) {
    const bool json = errors_as_json_ && text.starts_with("{");
    const std::string begin = json ? "" : err_style_.cyan(label_) + " | ";
    return sink_->write(ConsoleSink::Stream::kErr, labelled(text, begin));
  }
  clear_progress();
  write_all(options_.err_fd, text);  // where should a failure of this be told?
}

void Console::clear_progress() {
  if (progress_lines_ > 0) write_all(options_.err_fd, clear_text());
  progress_lines_ = 0;
}

// From the end of the last line up to the beginning of the first, all that follows erased.
std::string Console::clear_text() const {
  std::string text = "\r";
  if (progress_lines_ > 1) text += "\x1b[" + std::to_string(progress_lines_ - 1) + "A";
  return text + (progress_lines_ > 1 ? "\x1b[J" : "\x1b[K");
}

}  // namespace kfctl
