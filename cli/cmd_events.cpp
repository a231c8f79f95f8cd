// kfctl events: what the cluster has recorded about the objects of an environment.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/health_text.h"
#include "cli/report_text.h"
#include "cli/table.h"
#include "cli/target.h"

namespace kfctl {
namespace {

std::vector<Json> row_of(const Happening& one) {
  return {one.time,   one.warning ? "Warning" : "Normal", one.object.text(),
          one.reason, static_cast<int64_t>(one.count),    one_line(one.message)};
}

const std::vector<std::string> kColumns = {"time", "type", "object", "reason", "count", "message"};

Json object_of(const Happening& one) {
  const std::vector<Json> row = row_of(one);
  Json out = Json::object();
  for (size_t i = 0; i < row.size(); ++i) out[kColumns[i]] = row[i];
  return out;
}

std::string line_of(const Happening& one, const Style& style) {
  std::string text = one.time + "  " + (one.warning ? style.yellow("Warning") : "Normal ") + "  " +
                     one.object.text() + "  " + one.reason + ": " + one_line(one.message);
  if (one.count > 1) text += " (" + std::to_string(one.count) + " times)";
  return text;
}

Result<int> events(const Args& args, Console& console, World& world) {
  HappeningOptions options;
  options.follow = args.has("watch");
  const std::string format = args.value("output", "table");
  if (options.follow && format == "yaml") {
    return usage_error("--watch prints a table or, with -o json, lines of JSON");
  }
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_TRY(const std::unique_ptr<Target> target, open_target(deployment, args, world));
  Table table("events", kColumns);
  const OnHappening on_happening = [&](const Happening& one) {
    if (!options.follow) return table.add(row_of(one));
    console.live_line(format == "json" ? object_of(one).dump() : line_of(one, console.style()));
  };
  KF_DO(target->happenings(options, on_happening, event_printer(console, false)));
  if (table.empty() && format == "table") {
    console.note("'" + deployment.environment.name + "', " + target->describe() +
                 ": no events; a cluster forgets them after an hour");
    return kExitOk;
  }
  print_table(table, args, console);
  return kExitOk;
}

}  // namespace

int cmd_events(const Args& args, Console& console, World& world) {
  const Result<int> code = events(args, console, world);
  return code.ok() ? code.value() : console.fail(code.error());
}

}  // namespace kfctl
