// kfctl fmt: lay jsonnet code out as jsonnetfmt does, with its flags.
#include <algorithm>
#include <charconv>

#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/diff_text.h"
#include "cli/jsonnet_files.h"
#include "cli/world.h"
#include "templates/jsonnet/libjsonnet.h"

namespace kfctl {
namespace {

constexpr int kMostSpaces = 100;  // of an indentation, and of blank lines in a row

Result<int> number(const Args& args, std::string_view flag, int otherwise) {
  if (!args.has(flag)) return otherwise;
  const std::string text = args.value(flag);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > kMostSpaces)
    return usage_error("--" + std::string(flag) + " takes a number from 0 to " +
                       std::to_string(kMostSpaces) + ", not '" + text + "'");
  return value;
}

// --NAME, --no-NAME, or what holds without either.
Result<bool> choice(const Args& args, const std::string& name, bool otherwise) {
  const bool yes = args.has(name), no = args.has("no-" + name);
  if (yes && no) return usage_error("--" + name + " and --no-" + name + " contradict each other");
  return yes || (otherwise && !no);
}

Result<FormatStyle> style_of(const Args& args) {
  FormatStyle style;
  KF_TRY(style.indent, number(args, "indent", style.indent));
  KF_TRY(style.max_blank_lines, number(args, "max-blank-lines", style.max_blank_lines));
  style.string_style = args.value("string-style", "s")[0];
  style.comment_style = args.value("comment-style", "s")[0];
  KF_TRY(style.pad_arrays, choice(args, "pad-arrays", style.pad_arrays));
  KF_TRY(style.pad_objects, choice(args, "pad-objects", style.pad_objects));
  KF_TRY(style.pretty_names, choice(args, "pretty-field-names", style.pretty_names));
  KF_TRY(style.sort_imports, choice(args, "sort-imports", style.sort_imports));
  return style;
}

enum class Mode { kPrint, kWrite, kTest };  // --diff is kTest that shows more

// What is formatted: files of the disk, or (`is_file` false) text that came another way.
struct Source {
  std::string name;  // in messages
  std::string text;
  std::string formatted;
  bool is_file = true;

  bool changes() const { return text != formatted; }
};

struct Job {
  Mode mode = Mode::kPrint;
  std::vector<Source> sources;
  std::vector<Error> errors;  // of the sources that cannot be formatted
};

bool is_only_text(const Args& args) {
  return args.has("exec") || (args.words().size() == 1 && args.word(0) == "-");
}

Result<Mode> mode_of(const Args& args, const World& world) {
  const size_t words = args.words().size();
  const bool looks = args.has("test") || args.has("diff");
  const bool text = is_only_text(args);
  if (args.has("exec") && words != 1)
    return usage_error("-e takes the code itself as one argument");
  if (args.has("in-place") && looks)
    return usage_error("-i writes, --test and --diff write nothing: choose one");
  if (args.has("in-place") && text) return usage_error("-i needs a file to rewrite");
  const bool one_file = words == 1 && (text || !world.files.is_directory(args.word(0)));
  if (args.has("output-file") && (looks || args.has("in-place") || !one_file))
    return usage_error("-o takes the output of one file that is printed");
  if (looks) return Mode::kTest;
  if (args.has("in-place")) return Mode::kWrite;
  if (words > 1)
    return usage_error("only one file can be printed",
                       "-i rewrites them in place, --test and --diff write nothing");
  return one_file ? Mode::kPrint : Mode::kWrite;
}

Result<std::vector<Source>> sources_of(const Args& args, const World& world) {
  std::vector<Source> sources;
  if (is_only_text(args)) {
    const bool exec = args.has("exec");
    std::string text = exec ? args.word(0) : "";
    if (!exec) {
      KF_TRY(text, world.files.read("/dev/stdin"));
    }
    sources.push_back({exec ? "<cmdline>" : "<stdin>", std::move(text), "", false});
    return sources;
  }
  KF_TRY(const std::vector<std::string> paths, jsonnet_files(args, world));
  for (const std::string& path : paths) {
    KF_TRY(std::string text, world.files.read(path));
    sources.push_back({path, std::move(text), ""});
  }
  return sources;
}

Result<Job> format_all(const Args& args, const World& world) {
  Job job;
  KF_TRY(const FormatStyle style, style_of(args));
  KF_TRY(job.mode, mode_of(args, world));
  KF_TRY(job.sources, sources_of(args, world));
  const MayLeave leave(world);
  for (Source& source : job.sources) {
    Result<std::string> formatted = format_jsonnet(source.name, source.text, style);
    if (formatted.ok()) {
      source.formatted = std::move(formatted).value();
    } else {
      job.errors.push_back(formatted.error());
      source.formatted = source.text;
    }
  }
  return job;
}

Status write_changed(const Job& job, World& world) {
  std::vector<FileWrite> writes;
  for (const Source& source : job.sources)
    if (source.changes()) writes.push_back({source.name, source.formatted});
  return world.files.write_all(writes);
}

Status finish(const Job& job, const Args& args, Console& console, World& world) {
  if (job.mode == Mode::kPrint) {
    const std::string& text = job.sources[0].formatted;
    if (args.has("output-file")) return world.files.write(args.value("output-file"), text);
    console.out(text);
    return Ok{};
  }
  if (job.mode == Mode::kWrite) KF_DO(write_changed(job, world));
  for (const Source& source : job.sources) {
    if (!source.changes()) continue;
    if (args.has("diff")) {
      console.out(unified_diff({source.name, source.text}, {source.name, source.formatted},
                               console.style()));
    } else {
      console.line(source.name);
    }
  }
  return Ok{};
}

}  // namespace

int cmd_fmt(const Args& args, Console& console, World& world) {
  const Result<Job> formatted = format_all(args, world);
  if (!formatted.ok()) return console.fail(formatted.error());

  const Job& job = formatted.value();
  for (const Error& error : job.errors) console.fail(error);
  if (!job.errors.empty()) {
    if (job.mode == Mode::kWrite) console.note("no file was changed");
    return exit_code(job.errors[0].kind);
  }
  const Status finished = finish(job, args, console, world);
  if (!finished.ok()) return console.fail(finished.error());
  const bool changes = std::any_of(job.sources.begin(), job.sources.end(),
                                   [](const Source& source) { return source.changes(); });
  return job.mode == Mode::kTest && changes ? kExitNo : kExitOk;
}

}  // namespace kfctl
