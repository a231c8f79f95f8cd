#include "cli/diff_text.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/yaml.h"
#include "cli/line_diff.h"
#include "cli/table.h"

namespace kfctl {
namespace {

using Change = ObjectDiff::Change;

constexpr int kContextLines = 3;
constexpr int kLongestInline = 60;  // columns; longer values stand below their field

char sign_of(Change change) {
  if (change == Change::kAdded) return '+';
  return change == Change::kPruned ? '-' : '~';
}

std::string_view change_name(Change change) {
  switch (change) {
    case Change::kAdded:
      return "added";
    case Change::kChanged:
      return "changed";
    case Change::kPruned:
      return "pruned";
    case Change::kUnchanged:
      break;
  }
  return "unchanged";
}

std::string coloured(char sign, const std::string& text, const Style& style) {
  if (sign == '+') return style.green(text);
  if (sign == '-') return style.red(text);
  return sign == '~' ? style.yellow(text) : text;
}

// Objects that text() does not tell apart get their namespace and group too.
std::map<std::string, int> count_texts(const DiffReport& report) {
  std::map<std::string, int> counts;
  for (const ObjectDiff& one : report.objects) ++counts[one.id.text()];
  return counts;
}

std::string title(const ObjectDiff& object, const std::map<std::string, int>& counts,
                  const Style& style) {
  const std::string text = object.id.text();
  const bool ambiguous = counts.at(text) > 1;
  const char sign = sign_of(object.change);
  return coloured(sign, std::string(1, sign) + " " + (ambiguous ? object.id.full_text() : text),
                  style);
}

bool fits_on_a_line(const std::optional<Json>& value) {
  if (!value.has_value()) return true;
  if (value->is_object() || value->is_array()) {
    return display_width(value->dump()) <= kLongestInline / 2;
  }
  if (value->is_string() && value->as_string().find('\n') != std::string::npos) return false;
  return display_width(inline_text(*value)) <= kLongestInline;
}

// The text that is compared line by line: a string as it is, all else as YAML.
std::string as_lines(const std::optional<Json>& value) {
  if (!value.has_value()) return "";
  return value->is_string() ? value->as_string() : to_yaml(*value);
}

std::string field_text(const JsonChange& field, const Style& style) {
  const std::string path = "    " + style.bold(field.path) + ":";
  if (fits_on_a_line(field.before) && fits_on_a_line(field.after)) {
    if (!field.before) return path + " " + style.green("+ " + inline_text(*field.after)) + "\n";
    if (!field.after) return path + " " + style.red("- " + inline_text(*field.before)) + "\n";
    return path + " " + style.red(inline_text(*field.before)) + " -> " +
           style.green(inline_text(*field.after)) + "\n";
  }
  std::string text = path + "\n";
  const std::string before = as_lines(field.before), after = as_lines(field.after);
  for (const std::string& line : unified_hunks(line_diff(before, after), kContextLines)) {
    if (!line.starts_with("@@")) text += "      " + coloured(line[0], line, style) + "\n";
  }
  return text;
}

std::string object_text(const ObjectDiff& object, const Style& style) {
  std::string text;
  for (const JsonChange& field : object.fields) text += field_text(field, style);
  for (const FieldConflict& conflict : object.conflicts) {
    text += "    " + style.error("conflict:") + " " + conflict.field + " belongs to " +
            conflict.manager + "\n";
  }
  if (!object.note.empty()) text += "    " + style.dim("(" + object.note + ")") + "\n";
  return text;
}

std::string unified_text(const ObjectDiff& object, const std::string& name, const Style& style) {
  const std::string before = object.before.is_null() ? "" : to_yaml(object.before);
  const std::string after = object.after.is_null() ? "" : to_yaml(object.after);
  return unified_diff({before.empty() ? "/dev/null" : "live/" + name, before},
                      {after.empty() ? "/dev/null" : "app/" + name, after}, style);
}

// Ends a last line without a line end, so that it differs from the same line with one.
constexpr char kNoLineEnd = '\1';

std::string with_marked_end(const std::string& text) {
  return text.empty() || text.ends_with('\n') ? text : text + kNoLineEnd;
}

Json field_json(const JsonChange& field) {
  Json json = Json::object({{"path", field.path}});
  if (field.before) json["before"] = *field.before;
  if (field.after) json["after"] = *field.after;
  return json;
}

Json object_json(const ObjectDiff& object) {
  Json fields = Json::array();
  for (const JsonChange& field : object.fields) fields.push_back(field_json(field));
  Json conflicts = Json::array();
  for (const FieldConflict& one : object.conflicts) {
    conflicts.push_back(Json::object({{"manager", one.manager}, {"field", one.field}}));
  }
  return Json::object({{"change", change_name(object.change)},
                       {"apiVersion", object.id.api_version},
                       {"kind", object.id.kind},
                       {"namespace", object.id.namespace_},
                       {"name", object.id.name},
                       {"fields", std::move(fields)},
                       {"conflicts", std::move(conflicts)},
                       {"note", object.note}});
}

}  // namespace

std::string diff_text(const DiffReport& report, const Style& style) {
  const std::map<std::string, int> counts = count_texts(report);
  std::string text;
  for (const ObjectDiff& object : report.objects) {
    if (object.change == Change::kUnchanged) continue;
    text += title(object, counts, style) + "\n" + object_text(object, style);
  }
  return text;
}

std::string diff_names(const DiffReport& report, const Style& style) {
  const std::map<std::string, int> counts = count_texts(report);
  std::string text;
  for (const ObjectDiff& object : report.objects) {
    if (object.change != Change::kUnchanged) text += title(object, counts, style) + "\n";
  }
  return text;
}

std::string unified_diff(const NamedText& before, const NamedText& after, const Style& style) {
  std::string out =
      style.bold("--- " + before.name) + "\n" + style.bold("+++ " + after.name) + "\n";
  const std::string old_text = with_marked_end(before.text), new_text = with_marked_end(after.text);
  for (std::string& line : unified_hunks(line_diff(old_text, new_text), kContextLines)) {
    const bool marked = line.ends_with(kNoLineEnd);
    if (marked) line.pop_back();
    out += (line.starts_with("@@") ? style.cyan(line) : coloured(line[0], line, style)) + "\n";
    if (marked) out += "\\ No newline at end of file\n";
  }
  return out;
}

std::string diff_unified(const DiffReport& report, const Style& style) {
  std::string text;
  for (const ObjectDiff& object : report.objects) {
    if (object.change == Change::kUnchanged) continue;
    const std::string space = object.id.namespace_.empty() ? "" : object.id.namespace_ + "/";
    text += unified_text(object, space + object.id.text(), style);
  }
  return text;
}

Json diff_json(const DiffReport& report, const std::string& environment,
               const std::string& destination) {
  Json objects = Json::array();
  for (const ObjectDiff& object : report.objects) {
    if (object.change != Change::kUnchanged) objects.push_back(object_json(object));
  }
  return Json::object({{"kind", "diff"},
                       {"environment", environment},
                       {"destination", destination},
                       {"changed", !report.empty()},
                       {"objects", std::move(objects)}});
}

std::string diff_summary(const DiffReport& report) {
  const auto count = [&](Change change) {
    return std::count_if(report.objects.begin(), report.objects.end(),
                         [&](const ObjectDiff& one) { return one.change == change; });
  };
  std::vector<std::string> parts;
  const auto add = [&](Change change, const char* words) {
    if (count(change) > 0) parts.push_back(std::to_string(count(change)) + " " + words);
  };
  add(Change::kAdded, "to create");
  add(Change::kChanged, "to change");
  add(Change::kPruned, "to prune");
  add(Change::kUnchanged, "unchanged");
  return parts.empty() ? "no objects" : join(parts, ", ");
}

}  // namespace kfctl
