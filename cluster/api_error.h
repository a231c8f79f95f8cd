// The API server's way of saying no, and what we make of it. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/json.h"
#include "base/object.h"
#include "base/result.h"
#include "cluster/report.h"

namespace kfctl {

struct StatusCause {
  std::string reason;  // "FieldManagerConflict", "FieldValueInvalid"
  std::string message;
  std::string field;  // "spec.replicas"
};

/// A meta/v1 Status. For an answer that is not one, message is the beginning of the body.
struct ApiStatus {
  int code = 0;
  std::string reason;  // "Conflict", "Forbidden", "Invalid", ...
  std::string message;
  std::vector<StatusCause> causes;
};

/// REQUIRES: answer.answered().
ApiStatus parse_status(const HttpAnswer& answer);

/// The error that an answer stands for. `what` names what was tried, "apply Deployment/web"; it
/// begins the message unless nobody answered, where `server` does.
/// REQUIRES: !answer.success().
Error api_error(const HttpAnswer& answer, std::string_view server, std::string_view what);

/// The fields for which a 409 says that other managers own them; empty for any other answer.
/// `ours` and `theirs` are the object as we sent it and as it is on the server (null if unknown):
/// the values are looked up in them.
std::vector<FieldConflict> parse_conflicts(const ApiStatus& status, const Json& ours,
                                           const Json& theirs);

/// The error for conflicts: one line each, and the ways out.
Error conflict_error(const ObjectId& id, const std::vector<FieldConflict>& conflicts);

/// The value at a path in the server's notation: .spec.containers[name="web"].image,
/// .metadata.labels.a.b/c, .data.x; nullptr if it is not there. Valid as long as `object`.
const Json* find_by_server_path(const Json& object, std::string_view path);

/// A 409 that passes: two writers met. True neither for field conflicts nor failed preconditions.
bool is_transient_conflict(const HttpAnswer& answer);

/// A 403 that passes: the server has just started, or a namespace is so new that it lacks the
/// service account which every namespace gets.
bool is_still_starting(const HttpAnswer& answer);

/// A 409 because the object is not in the state, or not the one, that a deletion was meant for.
bool is_failed_precondition(const HttpAnswer& answer);

/// The server could not ask a webhook about the object, or to convert it: its controller is down,
/// or still starting.
bool is_webhook_failure(const HttpAnswer& answer);

/// A change that is refused because a field cannot change while the object exists.
bool is_immutable(const ApiStatus& status);

/// A 500 that comes back however often one asks: the object does not fit the server's schema.
bool is_lasting_failure(const HttpAnswer& answer);

}  // namespace kfctl
