// kfctl param: parameters of components, of all of them or of one environment.
#include <map>

#include "base/text.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/project.h"
#include "cli/table.h"
#include "templates/app/params.h"

namespace kfctl {
namespace {

// The words are [COMPONENT] and `behind` more.
ParameterScope scope_of(const Args& args, size_t behind) {
  ParameterScope scope;
  if (args.words().size() > behind) scope.component = args.word(0);
  scope.environment = args.value("env");
  scope.module = args.value("module");
  return scope;
}

std::string scope_text(const ParameterScope& scope) {
  std::string text = scope.component.empty() ? "all components" : "'" + scope.component + "'";
  if (!scope.environment.empty()) text += " in environment '" + scope.environment + "'";
  return text;
}

Json value_cell(const Json& value) { return Json(inline_text(value)); }

using Values = std::map<std::pair<std::string, std::string>, Json>;

Result<Values> values_in(const App& app, const std::string& environment,
                         const std::string& component) {
  KF_TRY(const std::vector<ParameterValue> all, list_parameters(app, {component, environment, ""}));
  Values values;
  for (const ParameterValue& one : all) values[{one.component, one.name}] = one.value;
  return values;
}

const Json* find(const Values& values, const std::pair<std::string, std::string>& key) {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : &found->second;
}

Result<Table> differences(const App& app, const std::string& one, const std::string& other,
                          const std::string& component) {
  KF_TRY(const Values left, values_in(app, one, component));
  KF_TRY(const Values right, values_in(app, other, component));
  Values keys = left;
  keys.insert(right.begin(), right.end());
  Table table("paramDiff", {"component", "param", one, other});
  for (const auto& [key, unused] : keys) {
    const Json* a = find(left, key);
    const Json* b = find(right, key);
    if (a != nullptr && b != nullptr && *a == *b) continue;
    table.add({key.first, key.second, a == nullptr ? Json() : value_cell(*a),
               b == nullptr ? Json() : value_cell(*b)});
  }
  return table;
}

// A slip of the pen must not become a parameter that nothing reads. A name that is near to none of
// the component's parameters is taken as meant: parameters may be added by hand.
Status check_known(const App& app, const ParameterScope& scope, const std::string& key) {
  if (scope.component.empty()) return Ok{};
  KF_TRY(const std::vector<ParameterValue> set,
         list_parameters(app, {scope.component, scope.environment, ""}));
  const std::string name = key.substr(0, key.find('.'));
  std::vector<std::string> known;
  for (const ParameterValue& one : set) {
    if (one.name == name) return Ok{};
    known.push_back(one.name);
  }
  const std::string near = nearest_word(name, known);
  if (near.empty()) return Ok{};
  return usage_error("component '" + scope.component + "' has no parameter '" + name + "'",
                     "did you mean '" + near + "'? --new adds a parameter of this name");
}

}  // namespace

int cmd_param_set(const Args& args, Console& console, World& world) {
  Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const ParameterScope scope = scope_of(args, 2);
  const size_t key = args.words().size() - 2;
  if (!args.has("new")) {
    const Status known = check_known(app.value(), scope, args.word(key));
    if (!known.ok()) return console.fail(known.error());
  }
  const Status set =
      set_parameter(app.value(), scope, args.word(key), args.word(key + 1), args.has("as-string"));
  if (!set.ok()) return console.fail(set.error());
  console.note("Set " + args.word(key) + " of " + scope_text(scope) + ".");
  return kExitOk;
}

int cmd_param_delete(const Args& args, Console& console, World& world) {
  Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const ParameterScope scope = scope_of(args, 1);
  const std::string& key = args.words().back();
  const Status deleted = delete_parameter(app.value(), scope, key);
  if (!deleted.ok()) return console.fail(deleted.error());
  console.note("Deleted " + key + " of " + scope_text(scope) + ".");
  return kExitOk;
}

int cmd_param_list(const Args& args, Console& console, World& world) {
  const Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const ParameterScope scope = scope_of(args, 0);
  const Result<std::vector<ParameterValue>> all = list_parameters(app.value(), scope);
  if (!all.ok()) return console.fail(all.error());
  const bool is_table = args.value("output", "table") == "table";
  Table table("paramList", {"component", "param", "value"});
  for (const ParameterValue& one : all.value()) {
    table.add({one.component, one.name, is_table ? value_cell(one.value) : one.value});
  }
  print_table(table, args, console);
  return kExitOk;
}

int cmd_param_diff(const Args& args, Console& console, World& world) {
  const Result<App> app = open_app(args, world);
  if (!app.ok()) return console.fail(app.error());
  const Result<Table> table =
      differences(app.value(), args.word(0), args.word(1), args.value("component"));
  if (!table.ok()) return console.fail(table.error());
  print_table(table.value(), args, console);
  return table.value().empty() ? kExitOk : kExitNo;
}

}  // namespace kfctl
