#include "cli/validation_text.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/text.h"

namespace kfctl {
namespace {

std::string_view severity_name(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

std::string counted(size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string heading(const Problem& problem, const Style& style) {
  std::string text = style.bold(problem.object.text());
  if (!problem.component.empty()) text += style.dim(" (component " + problem.component + ")");
  return text + "\n";
}

std::string indented(std::string_view lines) {
  std::string out;
  for (const std::string_view line : split(lines, '\n')) {
    out += "    ";
    out += line;
    out += '\n';
  }
  return out;
}

std::string problem_text(const Problem& problem, const SourcePlace& place, const Style& style) {
  const bool is_error = problem.severity == Severity::kError;
  const std::string_view word = severity_name(problem.severity);
  std::string text = "  " + (is_error ? style.red(word) : style.yellow(word)) + ": ";
  if (!problem.path.empty()) text += problem.path + ": ";
  text += problem.message + "\n";
  if (place.line > 0) text += "    at " + place.at() + "\n";
  if (place.line > 0 && !place.excerpt.empty()) text += indented(place.excerpt);
  if (!problem.hint.empty()) text += "    hint: " + problem.hint + "\n";
  return text;
}

Json id_json(const ObjectId& id) {
  return Json::object({{"apiVersion", id.api_version},
                       {"kind", id.kind},
                       {"namespace", id.namespace_},
                       {"name", id.name}});
}

}  // namespace

std::string validation_text(const Validation& validation, const std::vector<SourcePlace>& places,
                            const Style& style) {
  std::string text;
  const Problem* last = nullptr;
  for (size_t i = 0; i < validation.problems.size(); ++i) {
    const Problem& problem = validation.problems[i];
    if (last == nullptr || last->object != problem.object) text += heading(problem, style);
    text += problem_text(problem, places[i], style);
    last = &problem;
  }
  return text;
}

Json validation_json(const Validation& validation, const std::vector<SourcePlace>& places) {
  Json problems = Json::array();
  for (size_t i = 0; i < validation.problems.size(); ++i) {
    const Problem& problem = validation.problems[i];
    Json one = id_json(problem.object);
    one["severity"] = severity_name(problem.severity);
    one["component"] = problem.component;
    one["path"] = problem.path;
    one["message"] = problem.message;
    one["hint"] = problem.hint;
    one["place"] = places[i].line > 0 ? places[i].at() : "";
    problems.push_back(std::move(one));
  }
  Json unchecked = Json::array();
  for (const ObjectId& id : validation.unchecked) unchecked.push_back(id_json(id));
  return Json::object({{"kind", "validation"},
                       {"kubernetes", "1." + std::to_string(validation.kubernetes_minor)},
                       {"objects", static_cast<int64_t>(validation.objects)},
                       {"problems", std::move(problems)},
                       {"unchecked", std::move(unchecked)}});
}

std::string validation_summary(const Validation& validation) {
  const size_t errors = validation.count(Severity::kError);
  const size_t warnings = validation.count(Severity::kWarning);
  std::vector<std::string> parts;
  if (errors > 0) parts.push_back(counted(errors, "error"));
  if (warnings > 0) parts.push_back(counted(warnings, "warning"));
  if (!validation.unchecked.empty()) {
    std::set<std::string> kinds;
    for (const ObjectId& id : validation.unchecked) kinds.insert(id.api_version + " " + id.kind);
    parts.push_back(std::to_string(validation.unchecked.size()) +
                    " not checked (no definition of " + join({kinds.begin(), kinds.end()}, ", ") +
                    ")");
  }
  return counted(validation.objects, "object") + ", Kubernetes 1." +
         std::to_string(validation.kubernetes_minor) + ": " +
         (parts.empty() ? "no problems" : join(parts, ", "));
}

bool is_result_of(const ObjectResult& result, const ObjectId& id) {
  ObjectId placed = id;
  if (placed.namespace_.empty()) placed.namespace_ = result.id.namespace_;
  return same_object(placed, result.id);
}

void add_verdicts(const ClusterReport& report, const std::vector<Json>& objects,
                  Validation& validation) {
  for (const ObjectResult& result : report.objects) {
    if (result.action != Action::kFailed || !result.error) continue;
    const auto object = std::find_if(objects.begin(), objects.end(), [&](const Json& one) {
      return is_result_of(result, object_id(one));
    });
    if (object == objects.end()) continue;  // a namespace that would be made, not one of ours
    const ObjectId id = object_id(*object);
    const auto last = std::find_if(validation.problems.rbegin(), validation.problems.rend(),
                                   [&](const Problem& one) { return one.object == id; });
    validation.problems.insert(
        last == validation.problems.rend() ? validation.problems.end() : last.base(),
        {Severity::kError, id,
         std::string(object->string_at({"metadata", "labels", "ksonnet.io/component"})), "",
         "the server refuses it: " + result.error->message, result.error->hint});
  }
}

}  // namespace kfctl
