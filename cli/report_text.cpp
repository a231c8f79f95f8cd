#include "cli/report_text.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/text.h"
#include "cli/health_text.h"

namespace kfctl {
namespace {

constexpr Action kActions[] = {Action::kCreated, Action::kConfigured, Action::kRecreated,
                               Action::kPruned,  Action::kDeleted,    Action::kUnchanged,
                               Action::kAbsent,  Action::kFailed,     Action::kSkipped};

std::string coloured(Action action, const Style& style) {
  const std::string_view name = action_name(action);
  switch (action) {
    case Action::kCreated:
      return style.green(name);
    case Action::kConfigured:
      return style.yellow(name);
    case Action::kRecreated:
    case Action::kPruned:
    case Action::kDeleted:
    case Action::kFailed:
      return style.red(name);
    case Action::kUnchanged:
    case Action::kAbsent:
    case Action::kSkipped:
      break;
  }
  return style.dim(name);
}

Json result_json(const ObjectResult& one) {
  Json object = Json::object({{"apiVersion", one.id.api_version},
                              {"kind", one.id.kind},
                              {"namespace", one.id.namespace_},
                              {"name", one.id.name},
                              {"action", action_name(one.action)}});
  if (one.error.has_value()) object["message"] = one.error->message;
  if (!one.reason.empty()) object["message"] = one.reason;
  return object;
}

std::string_view event_name(ClusterEvent::Kind kind) {
  switch (kind) {
    case ClusterEvent::Kind::kPlanned:
      return "planned";
    case ClusterEvent::Kind::kNamespaceCreated:
      return "namespaceCreated";
    case ClusterEvent::Kind::kObjectDone:
      return "object";
    case ClusterEvent::Kind::kWaiting:
      return "waiting";
    case ClusterEvent::Kind::kRetry:
      return "retry";
    case ClusterEvent::Kind::kWarning:
      return "warning";
    case ClusterEvent::Kind::kReady:
      return "ready";
    case ClusterEvent::Kind::kHealth:
      break;
  }
  return "health";
}

}  // namespace

std::string result_text(const ObjectResult& result, const Style& style) {
  std::string text = result.id.text() + " " + coloured(result.action, style);
  if (!result.reason.empty()) text += ": " + result.reason;
  return text;
}

Json report_json(std::string_view kind, const ClusterReport& report, const std::string& environment,
                 const std::string& destination, bool dry_run) {
  Json objects = Json::array();
  for (const ObjectResult& one : report.objects) objects.push_back(result_json(one));
  Json out = Json::object({{"kind", kind},
                           {"environment", environment},
                           {"destination", destination},
                           {"dryRun", dry_run},
                           {"objects", std::move(objects)}});
  if (report.revision > 0) out["revision"] = report.revision;
  if (report.unfinished) out["unfinished"] = report.unfinished->message;
  return out;
}

std::string report_summary(const ClusterReport& report) {
  std::vector<std::string> parts;
  for (const Action action : kActions) {
    const size_t count = report.count(action);
    if (count > 0) parts.push_back(std::to_string(count) + " " + std::string(action_name(action)));
  }
  if (parts.empty()) return "no objects";
  const size_t unchanged = report.count(Action::kUnchanged);
  if (unchanged == report.objects.size()) return "nothing changed (" + parts[0] + ")";
  return join(parts, ", ");
}

OnClusterEvent event_printer(Console& console, bool lines) {
  // Shared, because a std::function is copied.
  const auto done = std::make_shared<size_t>(0);
  const auto planned = std::make_shared<size_t>(0);
  return [&console, lines, done, planned](const ClusterEvent& event) {
    switch (event.kind) {
      case ClusterEvent::Kind::kPlanned:
        *planned = event.count;
        break;
      case ClusterEvent::Kind::kNamespaceCreated:
        if (lines)
          console.live_line("Namespace/" + event.message + " " + console.style().green("created"));
        break;
      case ClusterEvent::Kind::kObjectDone:
        *done = std::min(*done + 1, *planned);  // a result may be told again
        if (lines) console.live_line(result_text(*event.result, console.style()));
        console.progress(std::to_string(*done) + " of " + std::to_string(*planned) + " objects");
        break;
      case ClusterEvent::Kind::kWaiting:
        console.progress("waiting: " + event.message);
        break;
      case ClusterEvent::Kind::kRetry:
        console.progress(event.message);
        break;
      case ClusterEvent::Kind::kWarning:
        console.warn(event.message);
        break;
      case ClusterEvent::Kind::kReady:
        if (lines)
          console.live_line(event.result->id.text() + " " + console.style().green("ready"));
        break;
      case ClusterEvent::Kind::kHealth:
        console.progress(health_lines(*event.trees, console.note_style(), console.width(),
                                      console.height() - 1));
        break;
    }
  };
}

OnClusterEvent event_json_printer(Console& console) {
  const auto last_health = std::make_shared<std::string>();
  return [&console, last_health](const ClusterEvent& event) {
    Json line = Json::object({{"event", event_name(event.kind)}});
    if (!console.label().empty()) line["environment"] = console.label();
    if (!event.message.empty()) line["message"] = event.message;
    switch (event.kind) {
      case ClusterEvent::Kind::kPlanned:
        line["count"] = static_cast<int64_t>(event.count);
        break;
      case ClusterEvent::Kind::kObjectDone:
      case ClusterEvent::Kind::kReady:
        line["object"] = result_json(*event.result);
        break;
      case ClusterEvent::Kind::kHealth: {
        for (const HealthTree& tree : *event.trees) line["objects"].push_back(health_object(tree));
        // It is told at every look; a line is written when something has changed.
        if (std::string text = line.dump(); text != *last_health) {
          *last_health = text;
          console.live_line(text);
        }
        return;
      }
      default:
        break;
    }
    console.live_line(line.dump());
  };
}

}  // namespace kfctl
