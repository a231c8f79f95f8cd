// kfctl lint: what is wrong with jsonnet code, or most likely not meant.
#include <optional>
#include <set>

#include "base/text.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/jsonnet_files.h"
#include "cli/lint_text.h"
#include "cli/project.h"
#include "cli/world.h"
#include "registry/builtin.h"
#include "templates/app/app_importer.h"
#include "templates/jsonnet/disk_importer.h"
#include "templates/jsonnet/lint/lint.h"

namespace kfctl {
namespace {

struct Linted {
  size_t files = 0;
  std::vector<lint::Finding> findings;
};

Result<std::set<std::string>> disabled_rules(const Args& args) {
  std::vector<std::string> names;
  for (const lint::Rule& rule : lint::rules()) names.emplace_back(rule.name);
  std::set<std::string> disabled;
  for (const std::string& name : args.values("disable")) {
    if (lint::find_rule(name) == nullptr)
      return usage_error("there is no rule '" + name + "'",
                         did_you_mean(name, names, "the rules are " + join(names, ", ")));
    disabled.insert(name);
  }
  return disabled;
}

// A prototype is no program: kfctl generate puts `env` and `params` before it.
bool is_prototype(std::string_view text) { return text.starts_with("// @apiVersion"); }

Result<Linted> lint_all(const Args& args, const World& world, Importer& importer) {
  Linted linted;
  KF_TRY(const std::set<std::string> disabled, disabled_rules(args));
  KF_TRY(const std::vector<std::string> paths, jsonnet_files(args, world));
  lint::Linter linter(importer);
  const MayLeave leave(world);
  for (const std::string& path : paths) {
    KF_TRY(std::string text, world.files.read(path));
    if (is_prototype(text)) continue;
    ++linted.files;
    for (lint::Finding& finding :
         linter.lint(path, std::make_shared<const std::string>(std::move(text)), disabled))
      linted.findings.push_back(std::move(finding));
  }
  return linted;
}

// In an app, imports mean what they mean when it is rendered.
Result<Linted> lint_files(const Args& args, const World& world) {
  const Result<App> app = open_app(args, world);
  if (!app.ok()) {
    DiskImporter importer(world.files, args.values("jpath"));
    return lint_all(args, world, importer);
  }
  AppImporter importer(app.value(), builtin_registry(), Environment{}, args.values("jpath"));
  return lint_all(args, world, importer);
}

std::string output(const Args& args, const std::vector<lint::Finding>& findings,
                   const Style& style) {
  const std::string format = args.value("output", "text");
  if (format == "json") return lint_json(findings).dump(2) + "\n";
  if (format == "sarif") return lint_sarif(findings).dump(2) + "\n";
  if (format == "github") return lint_github(findings);
  return lint_text(findings, style);
}

}  // namespace

int cmd_lint(const Args& args, Console& console, World& world) {
  const Result<Linted> linted = lint_files(args, world);
  if (!linted.ok()) return console.fail(linted.error());

  const std::vector<lint::Finding>& findings = linted.value().findings;
  console.out(output(args, findings, console.style()));
  const size_t files = linted.value().files;
  console.note(std::to_string(findings.size()) +
               (findings.size() == 1 ? " finding in " : " findings in ") + std::to_string(files) +
               (files == 1 ? " file" : " files"));
  return findings.empty() ? kExitOk : kExitNo;
}

}  // namespace kfctl
