// Differences as text: a DiffReport in the forms of `kfctl diff -o`, and two texts.
#pragma once

#include <string>

#include "base/json.h"
#include "cli/console.h"
#include "cluster/report.h"

namespace kfctl {

/// For people: a line per object that changes ("+ Service/web", "~ Deployment/web") and below it
/// a line per field ("spec.replicas: 1 -> 2"). "" if nothing changes.
std::string diff_text(const DiffReport& report, const Style& style);

/// `diff -u` of the objects as YAML.
std::string diff_unified(const DiffReport& report, const Style& style);

struct NamedText {
  std::string name;
  std::string text;
};

/// `diff -u` of two texts.
std::string unified_diff(const NamedText& before, const NamedText& after, const Style& style);

/// The first lines of diff_text only.
std::string diff_names(const DiffReport& report, const Style& style);

/// {"kind": "diff", "environment", "destination", "changed": BOOL, "objects": [{change, apiVersion,
/// kind, namespace, name, fields: [{path, before, after}], ...}]}; objects that do not change are
/// left out.
Json diff_json(const DiffReport& report, const std::string& environment,
               const std::string& destination);

/// "1 to create, 2 to change, 1 to prune, 7 unchanged".
std::string diff_summary(const DiffReport& report);

}  // namespace kfctl
