#include "cluster/report.h"

#include <algorithm>
#include <map>
#include <utility>

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

namespace {

using Results = std::vector<const ObjectResult*>;

// What befell many objects alike, such as an outage, is told once, with all of them.
std::vector<std::pair<std::string, Results>> by_message(const Results& failed) {
  std::vector<std::pair<std::string, Results>> out;
  std::map<std::string, size_t> places;
  for (const ObjectResult* const result : failed) {
    const std::string& message = result->error->message;
    const auto [place, is_new] = places.emplace(message, out.size());
    if (is_new) out.emplace_back(message, Results());
    out[place->second].second.push_back(result);
  }
  return out;
}

std::string names_of(const Results& results) {
  std::vector<std::string> names;
  for (const ObjectResult* const result : results) names.push_back(result->id.text());
  return join(names, ", ");
}

}  // namespace

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
  if (failed.empty() && skipped.empty() && !unfinished) return std::nullopt;
  interrupted = interrupted || (unfinished && unfinished->kind == ErrorKind::kInterrupted);

  const size_t undone = failed.size() + skipped.size();
  const std::string counts = std::to_string(objects.size() - undone) + " of " +
                             std::to_string(objects.size()) + " objects are done";
  if (interrupted)
    return cancelled_error(counts + "; running the command again completes the work");
  std::string message, hint, excerpt;
  for (const auto& [text, befallen] : by_message(failed)) {
    const bool names_it =
        befallen.size() == 1 && text.find(befallen[0]->id.name) != std::string::npos;
    message += (message.empty() ? "" : "\n") + (names_it ? text : names_of(befallen) + ": " + text);
  }
  if (!failed.empty()) {
    hint = failed[0]->error->hint;
    excerpt = failed[0]->error->excerpt;
  }
  for (const ObjectResult* result : skipped) {
    message += "\n" + result->id.text() + " was not tried";
    if (!result->reason.empty()) message += ": it " + result->reason;
  }
  if (unfinished) {
    message += (message.empty() ? "" : "\n") + unfinished->message;
    if (hint.empty()) hint = unfinished->hint;
  }
  message += "\n" + counts + "; running the command again completes the work";
  ErrorKind kind = unfinished ? unfinished->kind : ErrorKind::kInternal;
  if (!failed.empty()) kind = failed[0]->error->kind;
  return Error(kind, std::move(message), std::move(hint), std::move(excerpt));
}

bool DiffReport::empty() const {
  return std::all_of(objects.begin(), objects.end(), [](const ObjectDiff& diff) {
    return diff.change == ObjectDiff::Change::kUnchanged;
  });
}

}  // namespace kfctl
