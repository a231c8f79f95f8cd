#include "cluster/report.h"

#include <algorithm>

#include "base/cancel.h"
#include "base/text.h"

namespace kfctl {

std::string_view action_name(Action action) {
  switch (action) {
    case Action::kCreated:
      return "created";
    case Action::kConfigured:
      return "configured";
    case Action::kUnchanged:
      return "unchanged";
    case Action::kRecreated:
      return "recreated";
    case Action::kPruned:
      return "pruned";
    case Action::kDeleted:
      return "deleted";
    case Action::kAbsent:
      return "not found";
    case Action::kFailed:
      return "failed";
    case Action::kSkipped:
      return "skipped";
  }
  return "unknown";
}

size_t ClusterReport::count(Action action) const {
  return static_cast<size_t>(
      std::count_if(objects.begin(), objects.end(),
                    [action](const ObjectResult& result) { return result.action == action; }));
}

std::optional<Error> ClusterReport::failure() const {
  std::vector<const ObjectResult*> failed;
  std::vector<const ObjectResult*> skipped;
  bool interrupted = false;
  for (const ObjectResult& result : objects) {
    if (result.action == Action::kFailed && result.error) {
      interrupted = interrupted || result.error->kind == ErrorKind::kInterrupted;
      failed.push_back(&result);
    }
    if (result.action == Action::kSkipped) skipped.push_back(&result);
  }
  if (failed.empty() && skipped.empty()) return std::nullopt;

  const size_t undone = failed.size() + skipped.size();
  const std::string counts = std::to_string(objects.size() - undone) + " of " +
                             std::to_string(objects.size()) + " objects are done";
  if (interrupted)
    return cancelled_error(counts + "; running the command again completes the work");
  std::string message, hint;
  for (const ObjectResult* result : failed) {
    message += (message.empty() ? "" : "\n") + result->error->message;
    if (hint.empty()) hint = result->error->hint;
  }
  for (const ObjectResult* result : skipped) {
    message += "\n" + result->id.text() + " was not tried";
    if (!result->reason.empty()) message += ": it " + result->reason;
  }
  message += "\n" + counts + "; running the command again completes the work";
  return Error(failed.empty() ? ErrorKind::kInternal : failed[0]->error->kind, std::move(message),
               std::move(hint));
}

bool DiffReport::empty() const {
  return std::all_of(objects.begin(), objects.end(), [](const ObjectDiff& diff) {
    return diff.change == ObjectDiff::Change::kUnchanged;
  });
}

}  // namespace kfctl
