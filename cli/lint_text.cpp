#include "cli/lint_text.h"

namespace kfctl {
namespace {

using lint::Finding;

std::string place_text(const Finding& finding) {
  return finding.path + ":" + std::to_string(finding.place.line) + ":" +
         std::to_string(finding.place.column);
}

Json sarif_rules() {
  Json rules = Json::array();
  for (const lint::Rule& rule : lint::rules())
    rules.push_back(Json::object(
        {{"id", rule.name}, {"shortDescription", Json::object({{"text", rule.says}})}}));
  return rules;
}

Json sarif_location(const Finding& finding) {
  const Json region =
      Json::object({{"startLine", finding.place.line}, {"startColumn", finding.place.column}});
  return Json::object({{"physicalLocation",
                        Json::object({{"artifactLocation", Json::object({{"uri", finding.path}})},
                                      {"region", region}})}});
}

Json sarif_result(const Finding& finding) {
  return Json::object({{"ruleId", finding.rule},
                       {"level", finding.rule == "syntax" ? "error" : "warning"},
                       {"message", Json::object({{"text", finding.message}})},
                       {"locations", Json::array({sarif_location(finding)})}});
}

// What a workflow command takes: '%' and line ends written as percent codes, in a property ',' and
// ':' too.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\n') {
      out += "%0A";
    } else if (c == '\r') {
      out += "%0D";
    } else if (property && c == ':') {
      out += "%3A";
    } else if (property && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string lint_text(std::span<const Finding> findings, const Style& style) {
  std::string out;
  for (const Finding& finding : findings) {
    out += style.bold(place_text(finding) + ":") + " " + finding.message + " " +
           style.dim("[" + finding.rule + "]") + "\n";
    if (!finding.excerpt.empty()) out += finding.excerpt + "\n";
    if (!finding.hint.empty()) out += style.cyan("hint:") + " " + finding.hint + "\n";
  }
  return out;
}

Json lint_json(std::span<const Finding> findings) {
  Json all = Json::array();
  for (const Finding& finding : findings) {
    Json one = Json::object({{"path", finding.path},
                             {"line", finding.place.line},
                             {"column", finding.place.column},
                             {"rule", finding.rule},
                             {"message", finding.message}});
    if (!finding.hint.empty()) one["hint"] = finding.hint;
    all.push_back(std::move(one));
  }
  return Json::object({{"kind", "lint"}, {"findings", std::move(all)}});
}

Json lint_sarif(std::span<const Finding> findings) {
  Json results = Json::array();
  for (const Finding& finding : findings) results.push_back(sarif_result(finding));
  const Json driver =
      Json::object({{"name", "kfctl lint"}, {"version", KFCTL_VERSION}, {"rules", sarif_rules()}});
  const Json run = Json::object({{"tool", Json::object({{"driver", driver}})},
                                 {"columnKind", "unicodeCodePoints"},
                                 {"results", std::move(results)}});
  return Json::object({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                       {"version", "2.1.0"},
                       {"runs", Json::array({run})}});
}

std::string lint_github(std::span<const Finding> findings) {
  std::string out;
  for (const Finding& finding : findings) {
    const std::string level = finding.rule == "syntax" ? "error" : "warning";
    out += "::" + level + " file=" + escaped(finding.path, true) +
           ",line=" + std::to_string(finding.place.line) +
           ",col=" + std::to_string(finding.place.column) +
           ",title=" + escaped(finding.rule, true) + "::" + escaped(finding.message, false) + "\n";
  }
  return out;
}

}  // namespace kfctl
