// Where values of rendered objects come from, in the files of the user.
//
// Rendering is two evaluations, parameters and components (render.cpp), and kfctl adds to what they
// give. An explanation goes through all of it: from the object to the component, from there to the
// parameters, and on to the literal in components/params.libsonnet or an environment's, to the line
// of a YAML component, or to app.yaml. It evaluates again, in a slower way: ask when there is
// something to show, and ask everything at once.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "templates/app/render.h"
#include "templates/jsonnet/provenance.h"

namespace kfctl {

/// A value in an object that render_environment gave.
struct ValueQuestion {
  const Json* object = nullptr;
  ValuePath path;  // empty: the object itself
};

/// One answer for each question, in their order; `options` as they were for rendering. A path that
/// leads nowhere is explained as far as it goes. What cannot be told has the origin kUnknown.
/// Errors: as render_environment.
Result<std::vector<Provenance>> explain_values(const App& app, const PackageSource& packages,
                                               std::string_view environment,
                                               const RenderOptions& options,
                                               const std::vector<ValueQuestion>& questions);

}  // namespace kfctl
