// The programs that rendering consists of: what render.cpp evaluates and explain.cpp asks about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates/app/app_importer.h"
#include "templates/app/param_layers.h"
#include "templates/app/render.h"

namespace kfctl {

/// The external variables through which ksonnet's pipeline hands on what it made so far.
inline constexpr std::string_view kComponentsVariable = "__ksonnet/components";
inline constexpr std::string_view kParamsVariable = "__ksonnet/params";
inline constexpr std::string_view kEnvironmentsVariable = "__ksonnet/environments";

/// Stands where the parameters of a component would be that was not selected.
inline constexpr std::string_view kNotEvaluated = "parameters of another component, not evaluated";

/// Everything that rendering one environment works on. App, packages and options must outlive it.
struct RenderJob {
  const App& app;
  const PackageSource& packages;
  const RenderOptions& options;
  Environment environment;
  std::vector<Module> modules;
  std::vector<Component> components;  // of these modules

  bool selected(const std::string& full_name) const;
  /// Whether the options leave anything of the module to be evaluated.
  bool needs(const Module& module) const;
  /// The file of a component, or main.jsonnet for a name that is none.
  std::string path_of(const std::string& full_name) const;
};

/// Errors: kUsage for an unknown environment or component; kDisk.
Result<RenderJob> open_render_job(const App& app, const PackageSource& packages,
                                  std::string_view environment, const RenderOptions& options);

/// What the layers of parameters are asked for: those of the selected components, or of `all`.
LayerQuery params_query(const RenderJob& job, bool all, bool only_components);

/// What the components of a job get.
struct JobParams {
  LayeredParams params;  // of jsonnet components
  LayeredParams
      own_params;  // without globals, for YAML and JSON components; empty if there is none
};

/// Evaluates the parameters. Errors: as layered_params.
Result<JobParams> evaluate_params(const RenderJob& job, bool all);

/// The program whose value is an object of the module's components. `importer` must outlive the
/// request. Errors: kUsage for an impossible top-level argument; as read_plain_component.
Result<JsonnetRequest> module_program(const RenderJob& job, const Module& module,
                                      const JobParams& params, AppImporter& importer);

}  // namespace kfctl
