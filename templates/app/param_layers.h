// The layers of parameters as one jsonnet evaluation for all modules of an app.
//
// ksonnet evaluated seven times per module; here the layers are composed in one program, lazily:
// a component's parameters are computed only if they are asked for.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "templates/app/app_importer.h"

namespace kfctl {

/// The value of std.extVar('__ksonnet/environments') as jsonnet code.
std::string environment_code(const Environment& environment);

/// The value of std.extVar('__ksonnet/params') as an environment's params.libsonnet sees it, as
/// jsonnet code: { components: { <full name>: module's value with `global` merged over it } }. With
/// `only_components` the globals are left out.
std::string layers_below_environment(const std::vector<Module>& modules,
                                     bool only_components = false);

/// What a component's parameters come to.
struct LayeredParams {
  std::vector<std::string> names;  // of all components that have parameters, sorted
  Json values;                     // full name -> parameters, of those that were asked for
};

struct LayerQuery {
  std::vector<Module> modules;
  std::vector<std::string> components;  // full names; none means all
  bool only_components = false;         // without globals of modules and of the environment
  std::vector<JsonnetVariable> external;
  // As in JsonnetRequest.
  std::function<void(std::string_view line)> on_trace;
  std::function<size_t()> memory;
  std::string cache_directory;
  Profile* profile = nullptr;
};

/// The program whose value is { names: [<full name>...], values: { <full name>: parameters } }.
/// `importer` must outlive the request.
JsonnetRequest params_program(const App& app, AppImporter& importer, const Environment& environment,
                              const LayerQuery& query);

/// Evaluates the layers; with an environment without a name, those below environments.
/// Errors: kProject with the place in the user's file.
Result<LayeredParams> layered_params(const App& app, AppImporter& importer,
                                     const Environment& environment, const LayerQuery& query);

}  // namespace kfctl
