#include "cluster/api_error.h"

#include <algorithm>

#include "base/text.h"

namespace kfctl {
namespace {

constexpr size_t kMaxForeignText = 400;  // of a body that is no Status, such as a proxy's page

std::string lines_of(const std::vector<StatusCause>& causes) {
  std::string out;
  for (const StatusCause& cause : causes) {
    out += "\n  " + (cause.field.empty() ? "" : cause.field + ": ") + cause.message;
  }
  return out;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string hint_for(const ApiStatus& status) {
  if (is_immutable(status)) {
    return "this field cannot change while the object exists: put the old value back, or let kfctl "
           "apply delete the object and create it anew: --recreate KIND/NAME";
  }
  if (contains(status.message, "unknown field") || contains(status.message, "not declared in")) {
    return "a field is misspelt, in the wrong place, or newer than this cluster";
  }
  if (contains(status.message, "because it is being terminated")) {
    return "the namespace is being deleted: wait until it is gone, then apply again";
  }
  if (contains(status.message, "failed calling webhook") ||
      contains(status.message, "conversion webhook for")) {
    return "the controller behind this webhook does not answer: see that its pods run, then apply "
           "again";
  }
  switch (status.code) {
    case 401:
      return "the server does not accept these credentials: check the user of this context in the "
             "kubeconfig, and whether its token or certificate has expired";
    case 403:
      return "this user lacks the right: ask for a role that grants it, or check --context and "
             "--as";
    case 429:
      return "the server is overloaded: try again later";
    default:
      return status.code >= 500 ? "the server failed: try again, and see its log if it stays so"
                                : "";
  }
}

std::string word_for(const ApiStatus& status) {
  switch (status.code) {
    case 401:
      return "unauthorised";
    case 403:
      return "forbidden";
    case 404:
      return "not found";
    case 409:
      return "conflict";
    case 422:
      return "invalid";
    default:
      return "refused by the server (" + std::to_string(status.code) + ")";
  }
}

// conflict with "manager" [with subresource "x"] using apps/v1 [at time]
std::string manager_of(std::string_view message) {
  const size_t open = message.find('"');
  if (open == std::string_view::npos) return std::string(message);
  const size_t close = message.find('"', open + 1);
  return std::string(message.substr(open + 1, close - open - 1));
}

std::string value_text(const Json& object, std::string_view path) {
  const Json* const value = find_by_server_path(object, path);
  return value == nullptr ? "" : value->dump();
}

// Whether `item` is the one that [k="v",l=1] or [="v"] selects.
bool selected(const Json& item, std::string_view selector) {
  for (const std::string_view part : split(selector, ',')) {
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view key = part.substr(0, equals);
    const Json* const value = key.empty() ? &item : item.find(key);
    if (value == nullptr) {
      // The server fills in what the selector names: TCP where a port says nothing.
      if (key == "protocol" && part.substr(equals + 1) == "\"TCP\"") continue;
      return false;
    }
    if (value->dump() != part.substr(equals + 1)) return false;
  }
  return true;
}

const Json* find_item(const Json& list, std::string_view selector) {
  if (!list.is_array()) return nullptr;
  for (const Json& item : list.items()) {
    if (selected(item, selector)) return &item;
  }
  return nullptr;
}

// The end of a [selector]: the first ] that is not inside a string.
size_t selector_end(std::string_view path) {
  bool quoted = false;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '"' && (i == 0 || path[i - 1] != '\\')) quoted = !quoted;
    if (path[i] == ']' && !quoted) return i;
  }
  return std::string_view::npos;
}

}  // namespace

// The server says so in several ways.
bool is_immutable(const ApiStatus& status) {
  const auto says = [](std::string_view text) {
    return contains(text, "field is immutable") || contains(text, "may not be changed") ||
           contains(text, "updates to statefulset spec for fields other than") ||
           contains(text, "is immutable");
  };
  return status.reason == "Invalid" &&
         (says(status.message) ||
          std::any_of(status.causes.begin(), status.causes.end(),
                      [&says](const StatusCause& cause) { return says(cause.message); }));
}

ApiStatus parse_status(const HttpAnswer& answer) {
  ApiStatus out;
  out.code = answer.status;
  const Result<Json> parsed = parse_json(answer.body, "answer");
  if (!parsed.ok() || parsed.value().string_at({"kind"}) != "Status") {
    out.message = std::string(trim(answer.body.substr(0, kMaxForeignText)));
    return out;
  }
  const Json& status = parsed.value();
  out.reason = status.string_at({"reason"});
  out.message = status.string_at({"message"});
  const Json* const causes = status.at({"details", "causes"});
  if (causes == nullptr || !causes->is_array()) return out;
  for (const Json& cause : causes->items()) {
    out.causes.push_back({std::string(cause.string_at({"reason"})),
                          std::string(cause.string_at({"message"})),
                          std::string(cause.string_at({"field"}))});
  }
  return out;
}

Error api_error(const HttpAnswer& answer, std::string_view server, std::string_view what) {
  if (!answer.answered()) return http_fault_error(answer, server);
  const ApiStatus status = parse_status(answer);
  std::string message = std::string(what) + ": " + word_for(status);
  // With causes the message of the server repeats them all in one line.
  if (status.code == 422 && !status.causes.empty()) {
    message += lines_of(status.causes);
  } else if (!status.message.empty()) {
    message += ": " + status.message;
  }
  return Error(ErrorKind::kCluster, std::move(message), hint_for(status));
}

std::vector<FieldConflict> parse_conflicts(const ApiStatus& status, const Json& ours,
                                           const Json& theirs) {
  std::vector<FieldConflict> out;
  if (status.code != 409) return out;
  for (const StatusCause& cause : status.causes) {
    if (cause.reason != "FieldManagerConflict") continue;
    out.push_back({manager_of(cause.message), cause.field, value_text(ours, cause.field),
                   value_text(theirs, cause.field)});
  }
  return out;
}

Error conflict_error(const ObjectId& id, const std::vector<FieldConflict>& conflicts) {
  std::string message = id.full_text() + ": others own fields that this environment sets";
  for (const FieldConflict& conflict : conflicts) {
    message += "\n  " + conflict.field + " belongs to \"" + conflict.manager + "\"";
    if (!conflict.ours.empty()) message += "; ours: " + conflict.ours;
    if (!conflict.theirs.empty()) message += ", on the cluster: " + conflict.theirs;
  }
  return Error(ErrorKind::kCluster, std::move(message),
               "take the fields over with --force-conflicts, leave them out of the component, or "
               "set the values they have on the cluster");
}

const Json* find_by_server_path(const Json& object, std::string_view path) {
  const Json* here = &object;
  while (!path.empty()) {
    if (path[0] == '[') {
      const size_t end = selector_end(path);
      if (end == std::string_view::npos) return nullptr;
      here = find_item(*here, path.substr(1, end - 1));
      path.remove_prefix(end + 1);
    } else {
      if (path[0] == '.') path.remove_prefix(1);
      if (!here->is_object()) return nullptr;
      // Keys are written as they are, dots and all: the longest that fits is meant.
      const Json::Member* best = nullptr;
      for (const Json::Member& member : here->members()) {
        const std::string& key = member.first;
        const bool fits =
            path.starts_with(key) &&
            (path.size() == key.size() || path[key.size()] == '.' || path[key.size()] == '[');
        if (fits && (best == nullptr || key.size() > best->first.size())) best = &member;
      }
      if (best == nullptr) return nullptr;
      path.remove_prefix(best->first.size());
      here = &best->second;
    }
    if (here == nullptr) return nullptr;
  }
  return here;
}

bool is_transient_conflict(const HttpAnswer& answer) {
  if (answer.status != 409 || contains(answer.body, "FieldManagerConflict")) return false;
  if (is_failed_precondition(answer)) return false;
  const ApiStatus status = parse_status(answer);
  return status.reason == "Conflict" || status.reason == "AlreadyExists";
}

bool is_failed_precondition(const HttpAnswer& answer) {
  if (answer.status != 409) return false;
  // The storage and the layer before it have words of their own for it.
  const std::string message = parse_status(answer).message;
  return contains(message, "Precondition failed") || contains(message, "in the precondition (");
}

bool is_still_starting(const HttpAnswer& answer) {
  if (answer.status != 403) return false;
  const std::string message = parse_status(answer).message;
  return contains(message, "not yet ready to handle request") ||
         (contains(message, "error looking up service account") &&
          contains(message, "/default: serviceaccount \"default\" not found"));
}

bool is_webhook_failure(const HttpAnswer& answer) {
  return answer.answered() && answer.status >= 500 &&
         (contains(answer.body, "failed calling webhook") ||
          contains(answer.body, "conversion webhook for"));
}

bool is_lasting_failure(const HttpAnswer& answer) {
  return answer.status == 500 && (contains(answer.body, "typed patch object") ||
                                  contains(answer.body, "not declared in schema") ||
                                  contains(answer.body, "unable to convert unstructured object"));
}

}  // namespace kfctl
