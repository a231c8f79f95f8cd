// kfctl logs: what the pods of an environment print.
#include <charconv>
#include <map>

#include "base/text.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/report_text.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {
namespace {

Result<LogOptions> gather(const Args& args) {
  LogOptions options;
  options.follow = args.has("follow");
  options.previous = args.has("previous");
  options.timestamps = args.has("timestamps");
  options.container = args.value("container");
  if (options.follow && options.previous) {
    return usage_error("--previous is over: there is nothing to --follow",
                       "leave one of the two out");
  }
  if (args.has("since")) {
    KF_TRY(const int ms, parse_duration_ms(args.value("since"), "since"));
    options.since_s = (ms + 999) / 1000;
  }
  if (args.has("tail")) {
    const std::string text = args.value("tail");
    const auto end = std::from_chars(text.data(), text.data() + text.size(), options.tail);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size() || options.tail < 0) {
      return usage_error("--tail takes a number of lines, not '" + text + "'");
    }
  }
  return options;
}

// A pod's name in the colour that it keeps; its container's where it has several.
class Prefixes {
 public:
  explicit Prefixes(const Style& style) : style_(style) {}

  std::string of(const LogLine& line) {
    const std::string name = std::string(line.pod) + "/" + std::string(line.container);
    const auto [it, fresh] = made_.emplace(name, "");
    if (fresh) it->second = coloured(name + " | ");
    return it->second;
  }

 private:
  std::string coloured(const std::string& text) const {
    switch (made_.size() % 5) {
      case 0:
        return style_.cyan(text);
      case 1:
        return style_.green(text);
      case 2:
        return style_.yellow(text);
      case 3:
        return style_.bold(text);
      default:
        return style_.red(text);
    }
  }

  const Style& style_;
  std::map<std::string, std::string> made_;
};

// A pod may print what it likes; on a terminal only its colours are let through.
std::string harmless(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == 0x1b && i + 1 < text.size() && text[i + 1] == '[') {
      const size_t end = text.find_first_not_of("0123456789;", i + 2);
      if (end != std::string_view::npos && text[end] == 'm') {
        out += text.substr(i, end + 1 - i);
        i = end;
        continue;
      }
    }
    out += (c < 0x20 && c != '\t') || c == 0x7f ? ' ' : text[i];
  }
  return out;
}

Result<int> logs(const Args& args, Console& console, World& world) {
  KF_TRY(const LogOptions options, gather(args));
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  const bool json = args.value("output", "text") == "ndjson";
  Prefixes prefixes(console.style());
  const OnLogLine on_line = [&](const LogLine& line) {
    if (json) {
      return console.live_line(Json::object({{"namespace", line.namespace_},
                                             {"pod", line.pod},
                                             {"container", line.container},
                                             {"line", line.text}})
                                   .dump());
    }
    const bool terminal = console.out_is_terminal();
    const std::string text = terminal
                                 ? harmless(line.text) + (console.style().colour() ? "\x1b[0m" : "")
                                 : std::string(line.text);
    const std::string whole = args.has("no-prefix") ? text : prefixes.of(line) + text;
    options.follow ? console.live_line(whole) : console.line(whole);
  };
  KF_TRY(const size_t count, target->logs(options, on_line, event_printer(console, false)));
  if (count > 0) return kExitOk;
  console.note("'" + deployment.environment.name + "', " + target->describe() +
               ": no container has printed anything yet; 'kfctl status' says why");
  return kExitNo;
}

}  // namespace

int cmd_logs(const Args& args, Console& console, World& world) {
  const Result<int> code = logs(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
