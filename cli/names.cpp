#include "cli/names.h"

#include <utility>

#include "base/text.h"
#include "registry/builtin.h"
#include "templates/app/app.h"
#include "templates/app/params.h"

namespace kfctl {
namespace {

using Candidates = std::vector<Candidate>;

Candidates contexts(const World& world) {
  Candidates found;
  const Result<Kubeconfig> config = load_kubeconfig(world.files, world.around, "");
  if (!config.ok()) return found;
  for (const auto& [name, context] : config.value().contexts) {
    found.push_back({name, "cluster " + context.cluster});
  }
  return found;
}

Candidates environments(const App& app) {
  Candidates found;
  for (const Environment& one : app.config().environments()) found.push_back({one.name, ""});
  return found;
}

Candidates components(const App& app) {
  Candidates found;
  const Result<std::vector<Component>> all = list_components(app);
  if (!all.ok()) return found;
  for (const Component& one : all.value()) found.push_back({one.full_name, one.path});
  return found;
}

Candidates modules(const App& app) {
  Candidates found;
  const Result<std::vector<Module>> all = list_modules(app);
  if (!all.ok()) return found;
  for (const Module& one : all.value()) found.push_back({one.name, one.directory});
  return found;
}

Candidates prototypes() {
  Candidates found;
  const Result<std::vector<Prototype>> all = builtin_registry().prototypes();
  if (!all.ok()) return found;
  for (const Prototype& one : all.value()) {
    // The last part is what people type; it is enough where it is the only one.
    found.push_back({one.name.substr(one.name.rfind('.') + 1), one.short_description});
  }
  return found;
}

Candidates parameters(const App& app, const std::string& component) {
  Candidates found;
  const Result<std::vector<ParameterValue>> all = list_parameters(app, {component, "", ""});
  if (!all.ok()) return found;
  for (const ParameterValue& one : all.value()) found.push_back({one.name, one.value.dump()});
  return found;
}

}  // namespace

std::vector<Candidate> names_of(Completes what, const std::vector<std::string>& words,
                                const World& world) {
  if (what == Completes::kContext) return contexts(world);
  if (what == Completes::kPrototype) return prototypes();
  const Result<App> app = App::open(world.files, ".");
  if (!app.ok()) return {};
  if (what == Completes::kEnvironment) return environments(app.value());
  if (what == Completes::kComponent) return components(app.value());
  if (what == Completes::kModule) return modules(app.value());
  if (what == Completes::kParameter && !words.empty()) return parameters(app.value(), words[0]);
  return {};
}

}  // namespace kfctl
