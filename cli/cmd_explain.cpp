// kfctl explain: which line of which file gives a value of a rendered object.
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/explain_text.h"
#include "cli/object_name.h"
#include "cli/table.h"
#include "cli/target.h"
#include "registry/builtin.h"
#include "templates/app/explain.h"

namespace kfctl {
namespace {

struct Explained {
  Json object;
  std::vector<Provenance> values;
};

Result<Explained> explain(const Args& args, Console& console, const World& world) {
  KF_TRY(const ValuePath path, parse_value_path(args.word(2)));
  KF_TRY(const Deployment deployment, load_deployment(args, console, world));
  KF_TRY(const Json* object, find_named_object(deployment.objects, args.word(1)));
  KF_TRY(const Json* value, require_at(*object, path));
  std::vector<ValueQuestion> questions;
  if (args.word(2).empty()) {
    for (ValuePath& leaf : leaves_of(*value)) questions.push_back({object, std::move(leaf)});
  } else {
    questions.push_back({object, path});
  }
  KF_TRY(const RenderOptions options, render_options(args, world));
  const MayLeave may_leave(world);
  KF_TRY(std::vector<Provenance> values,
         explain_values(deployment.app, builtin_registry(), deployment.environment.name, options,
                        questions));
  return Explained{*object, std::move(values)};
}

}  // namespace

int cmd_explain(const Args& args, Console& console, World& world) {
  const Result<Explained> explained = explain(args, console, world);
  if (!explained.ok()) return console.fail(explained.error());

  const auto& [object, values] = explained.value();
  const std::string format = args.value("output", "text");
  if (format != "text") {
    console.out(format_value(explanation_json(object, values), format));
  } else if (args.word(2).empty()) {
    console.out(explanations_table(object, values, console.style()));
  } else {
    console.out(explanation_text(object, values.at(0), console.style()));
  }
  return kExitOk;
}

}  // namespace kfctl
