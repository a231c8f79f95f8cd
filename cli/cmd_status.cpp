// kfctl status: the health of everything in an environment.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/environments.h"
#include "cli/health_text.h"
#include "cli/report_text.h"
#include "cli/side_by_side.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {
namespace {

class Printer {
 public:
  Printer(const Args& args, Console& console, std::string environment, std::string destination)
      : format_(args.value("output", "table")),
        all_(args.has("all")),
        console_(console),
        environment_(std::move(environment)),
        destination_(std::move(destination)) {}

  void print(const StatusReport& report) {
    if (format_ == "table") {
      console_.out(health_text(report, console_.style(), all_));
      return console_.note("'" + environment_ + "', " + destination_ + ": " +
                           health_summary(report));
    }
    console_.data(health_json(report, environment_, destination_), format_);
  }

  // For --watch: a table when something has changed, or a line of JSON.
  void print_again(const StatusReport& report) {
    const Json data = health_json(report, environment_, destination_);
    std::string text = data.dump();
    if (text == last_) return;
    const bool first = last_.empty();
    last_ = std::move(text);
    if (format_ == "json") return console_.live_line(last_);
    // On a terminal the table is drawn in the place of the one before.
    std::string shown = format_ == "yaml" ? "---\n" + format_value(data, format_)
                                          : health_text(report, console_.style(), all_);
    if (format_ == "table" && console_.out_is_terminal()) {
      shown = "\x1b[H\x1b[2J" + shown;
    } else if (format_ == "table" && !first) {
      shown = "\n" + shown;
    }
    if (!shown.empty() && shown.back() == '\n') shown.pop_back();
    console_.live_line(shown);
  }

 private:
  std::string format_;
  bool all_;
  Console& console_;
  std::string environment_;
  std::string destination_;
  std::string last_;
};

int status_one(const Args& args, const OpenEnvironment& one, Console& console) {
  Printer printer(args, console, one.name, one.target->describe());
  std::function<void(const StatusReport& report)> on_change;
  if (args.has("watch")) {
    on_change = [&printer](const StatusReport& report) { printer.print_again(report); };
  }
  const Result<StatusReport> report = one.target->status(on_change, event_printer(console, false));
  if (!report.ok()) return console.fail(report.error());
  printer.print(report.value());
  return report.value().healthy() ? kExitOk : kExitNo;
}

Result<int> status(const Args& args, Console& console, World& world) {
  if (args.has("watch") && args.words().size() > 1) {
    return usage_error("--watch shows one environment at a time", "name one, or leave --watch out");
  }
  KF_TRY(std::vector<OpenEnvironment> environments, load_environments(args, console, world));
  open_targets(environments, args, world);
  return run_side_by_side(
      environments, console, {.format = args.value("output", "table")},
      [&](OpenEnvironment& one, Console& lane) { return status_one(args, one, lane); });
}

}  // namespace

int cmd_status(const Args& args, Console& console, World& world) {
  const Result<int> code = status(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
