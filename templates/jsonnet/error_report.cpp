// libjsonnet reports a failure as one text:
//
//   RUNTIME ERROR: <message, maybe of several lines>
//   \t<path>:<line>:<column>-<column>\tfunction <name>
//   \t<path>:(<line>:<column>)-(<line>:<column>)\tobject <anonymous>
//   \tDuring manifestation\t
//
// or, before anything ran, STATIC ERROR: <path>:<line>:<column>: <message>. Lines and columns count
// from one, columns in bytes, and a range does not include its end.
#include "templates/jsonnet/error_report.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <vector>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr size_t kMaxCalls = 8;           // frames of a stack trace that are worth reading
constexpr size_t kMaxCandidates = 20000;  // field names compared for a near word

struct Frame {
  std::string path;
  int line = 0;
  int column = 0;
  int end_column = 0;  // 0 if the range ends on another line
  std::string name;    // "function <f>", "object <anonymous>" or ""
};

// Takes a decimal number from the end of `text`; -1 if there is none.
int take_last_number(std::string_view& text) {
  size_t begin = text.size();
  while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9') --begin;
  int value = -1;
  std::from_chars(text.data() + begin, text.data() + text.size(), value);
  text = text.substr(0, begin);
  return value;
}

bool take_last(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// "path:3:5-9", "path:3:5" or "path:(3:5)-(4:1)", from behind because a path may hold colons.
std::optional<Frame> parse_location(std::string_view text) {
  Frame frame;
  if (take_last(text, ")")) {
    take_last_number(text);
    if (!take_last(text, ":")) return std::nullopt;
    take_last_number(text);
    if (!take_last(text, ")-(")) return std::nullopt;
    frame.column = take_last_number(text);
    if (!take_last(text, ":")) return std::nullopt;
    frame.line = take_last_number(text);
    if (!take_last(text, ":(")) return std::nullopt;
  } else {
    frame.column = take_last_number(text);
    if (take_last(text, "-")) {
      frame.end_column = frame.column;
      frame.column = take_last_number(text);
    }
    if (!take_last(text, ":")) return std::nullopt;
    frame.line = take_last_number(text);
    if (!take_last(text, ":")) return std::nullopt;
  }
  if (frame.line < 1 || frame.column < 1) return std::nullopt;
  frame.path = text;
  return frame;
}

struct Report {
  std::string message;
  std::vector<Frame> frames;  // innermost first
};

Report parse_static(std::string_view text) {
  for (size_t colon = text.find(": "); colon != std::string_view::npos;
       colon = text.find(": ", colon + 1)) {
    if (std::optional<Frame> frame = parse_location(text.substr(0, colon))) {
      return {std::string(text.substr(colon + 2)), {std::move(*frame)}};
    }
  }
  return {std::string(text), {}};
}

Report parse_runtime(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  size_t end = lines.size();
  while (end > 1 && (lines[end - 1].empty() || lines[end - 1].starts_with('\t'))) --end;
  Report report;
  for (size_t i = 0; i < end; ++i) {
    report.message += (i > 0 ? "\n" : "") + std::string(lines[i]);
  }
  for (size_t i = end; i < lines.size(); ++i) {
    const std::vector<std::string_view> parts = split(lines[i], '\t');
    if (parts.size() < 2) continue;
    std::optional<Frame> frame = parse_location(parts[1]);
    if (!frame) continue;
    if (parts.size() > 2) frame->name = parts[2];
    report.frames.push_back(std::move(*frame));
  }
  return report;
}

Report parse_report(std::string_view text) {
  constexpr std::string_view kStatic = "STATIC ERROR: ";
  constexpr std::string_view kRuntime = "RUNTIME ERROR: ";
  text = trim(text);
  if (text.starts_with(kStatic)) return parse_static(text.substr(kStatic.size()));
  if (text.starts_with(kRuntime)) text.remove_prefix(kRuntime.size());
  return parse_runtime(text);
}

// The byte of a line and a byte column.
size_t offset_of(std::string_view source, const Frame& frame) {
  size_t offset = 0;
  for (int line = 1; line < frame.line; ++line) {
    const size_t end = source.find('\n', offset);
    if (end == std::string_view::npos) return source.size();
    offset = end + 1;
  }
  return std::min(offset + static_cast<size_t>(frame.column) - 1, source.size());
}

const std::string* find_source(const JsonnetSources& sources, const Frame& frame) {
  const auto found = sources.find(frame.path);
  return found == sources.end() ? nullptr : found->second.get();
}

std::string place_text(const JsonnetSources& sources, const Frame& frame) {
  Place place{frame.line, frame.column};
  if (const std::string* source = find_source(sources, frame)) {
    place = place_of(*source, offset_of(*source, frame));
  }
  return frame.path + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

// The names in `source` that look as if they were bound there: fields (before ':'), variables
// (before '=') and function parameters (before ',' or ')'), without reading the language.
void collect_names(std::string_view source, bool fields, std::set<std::string>& names) {
  for (size_t pos = 0; pos < source.size() && names.size() < kMaxCandidates;) {
    if (!is_name_start(source[pos])) {
      ++pos;
      continue;
    }
    const size_t begin = pos;
    while (pos < source.size() && is_name_part(source[pos])) ++pos;
    const std::string_view name = source.substr(begin, pos - begin);
    size_t next = pos;
    while (next < source.size() &&
           std::string_view(" \t\n'\"+").find(source[next]) != std::string_view::npos) {
      ++next;
    }
    const char after = next < source.size() ? source[next] : ' ';
    const bool bound = fields ? after == ':' || after == '('
                              : after == '=' || after == ',' || after == ')' || after == '(';
    if (bound) names.emplace(name);
  }
}

// "field does not exist: imag" -> "did you mean 'image'?"
std::string near_hint(const Report& report, const Frame* place, const JsonnetSources& sources) {
  constexpr std::string_view kVariable = "Unknown variable: ";
  constexpr std::string_view kField = "field does not exist: ";
  const bool variable = report.message.starts_with(kVariable);
  if (!variable && !report.message.starts_with(kField)) return "";
  const std::string word = report.message.substr(variable ? kVariable.size() : kField.size());
  std::set<std::string> names;
  for (const auto& [path, source] : sources) {
    const bool here = place != nullptr && path == place->path;
    if (here || (!variable && names.size() < kMaxCandidates)) {
      collect_names(*source, !variable, names);
    }
  }
  if (variable) names.insert("std");
  names.erase(word);
  return did_you_mean(word, std::vector<std::string>(names.begin(), names.end()));
}

// Messages of libjsonnet in the words that kfctl uses everywhere.
std::string in_our_words(std::string_view message) {
  constexpr std::pair<std::string_view, std::string_view> kBegins[] = {
      {"Unknown variable: ", "unknown variable "},
      {"field does not exist: ", "field does not exist: "},
      {"undefined external variable: ", "undefined external variable "}};
  for (const auto& [theirs, ours] : kBegins) {
    if (!message.starts_with(theirs)) continue;
    return std::string(ours) + "'" + std::string(message.substr(theirs.size())) + "'";
  }
  return std::string(message);
}

std::string calls_text(const Report& report, const Frame* place, const JsonnetSources& sources) {
  std::string out;
  if (!report.frames.empty() && place != &report.frames.front() &&
      report.frames.front().path != "std.jsonnet") {
    out += "\n" + std::string(kRaisedAt) + place_text(sources, report.frames.front());
  }
  size_t shown = 0;
  std::string previous = place == nullptr ? "" : place->path + ":" + std::to_string(place->line);
  bool after_place = false;
  for (const Frame& frame : report.frames) {
    if (&frame == place) after_place = true;
    const std::string line = frame.path + ":" + std::to_string(frame.line);
    if (!after_place || !is_user_path(frame.path) || line == previous) continue;
    previous = line;
    if (++shown > kMaxCalls) return out + "\n...";
    out += "\ncalled from " + place_text(sources, frame);
    if (frame.name.starts_with("function ")) out += ": " + frame.name;
  }
  return out;
}

}  // namespace

Error report_libjsonnet_error(std::string_view text, const JsonnetSources& sources) {
  const Report report = parse_report(text);
  const Frame* place = nullptr;
  for (const Frame& frame : report.frames) {
    if (place == nullptr && is_user_path(frame.path)) place = &frame;
  }
  Error error(ErrorKind::kProject, in_our_words(report.message), near_hint(report, place, sources));
  if (place == nullptr) {
    error.excerpt = calls_text(report, nullptr, sources);
    error.excerpt.erase(0, 1);
    return error;
  }
  error.message = place_text(sources, *place) + ": " + error.message;
  if (const std::string* source = find_source(sources, *place)) {
    const int length = place->end_column > 0 ? place->end_column - place->column : 1;
    error.excerpt = excerpt_of(*source, offset_of(*source, *place), static_cast<size_t>(length));
  }
  error.excerpt += calls_text(report, place, sources);
  if (error.excerpt.starts_with('\n')) error.excerpt.erase(0, 1);
  return error;
}

}  // namespace kfctl
