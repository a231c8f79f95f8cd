// Parameters of components: listing what they come to, and editing the jsonnet files they are
// written in without touching anything else in these files.
//
// From weak to strong, as ksonnet layers them: components.<name> of the module's params.libsonnet;
// its `global`, merged over every component (null deletes); the environment's params.libsonnet; the
// environment's globals.libsonnet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "templates/app/app.h"

namespace kfctl {

/// Which parameters are meant.
struct ParameterScope {
  std::string component;    // full name; "" for what is common to all
  std::string environment;  // "" for the module's own file
  std::string module;       // only read if `component` and `environment` are "": whose `global`
};

struct ParameterValue {
  std::string component;  // full name; "" for a global
  std::string name;
  Json value;
};

/// Component parameters by component and name. Without an environment, what the modules' files
/// give (with `global`); with one, what its components get. An empty component means all, or those
/// of `scope.module` if that is set. Errors: kUsage for unknown names; kProject with the place in
/// the jsonnet file.
Result<std::vector<ParameterValue>> list_parameters(const App& app, const ParameterScope& scope);

/// Sets one parameter. `key` may be a path ("resources.limits.cpu"); a part in quotes is taken as
/// it is ('labels."app.kubernetes.io/name"'). `text` is read as ksonnet reads it: a number, true,
/// false, or a jsonnet array or object is that; anything else (null too), or everything with
/// `as_string`, is a string. The new file is evaluated before it is written.
/// Errors: kUsage for unknown names or a bad key; kProject if the file has an error, or is too
/// unusual to be edited safely: the message says where and what to write there by hand; kDisk.
Status set_parameter(App& app, const ParameterScope& scope, std::string_view key,
                     std::string_view text, bool as_string = false);

/// Removes one parameter. Errors: as above; kUsage if it is not set in that file.
Status delete_parameter(App& app, const ParameterScope& scope, std::string_view key);

/// The jsonnet source that `text` stands for (see set_parameter): "3", "true", "['a']", "'web'".
/// Errors: kUsage if it begins like an array or an object and is none.
Result<std::string> decode_parameter(std::string_view text, bool as_string);

}  // namespace kfctl
