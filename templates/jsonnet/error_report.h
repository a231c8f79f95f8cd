// From what an engine says about a failure to an Error for the person at the keyboard. Pure.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "templates/jsonnet/evaluator.h"

namespace kfctl {

/// The texts that took part in an evaluation, by the path that messages name them with.
using JsonnetSources = std::map<std::string, std::shared_ptr<const std::string>, std::less<>>;

/// Files that are not the user's have a path in angle brackets: "<kfctl>/kubeflow/x.libsonnet",
/// "<extvar:x>". A message never begins with their place if there is one of the user's to name.
inline bool is_user_path(std::string_view path) {
  return !path.starts_with('<') && path != "std.jsonnet";
}

/// Reads the text of a libjsonnet error ("RUNTIME ERROR: ...", with its stack trace) and tells it
/// as evaluator.h promises: place, line with caret, calls, near word. Without a place of the user
/// the message has none, and the excerpt begins with kRaisedAt.
Error report_libjsonnet_error(std::string_view text, const JsonnetSources& sources);

}  // namespace kfctl
