#include "cli/explain_text.h"

#include <algorithm>

#include "base/object.h"
#include "base/text.h"
#include "cli/table.h"

namespace kfctl {
namespace {

constexpr size_t kValueColumns = 44;  // of a value in a line of its own

std::string cut(std::string text) {
  if (text.size() <= kValueColumns) return text;
  text.resize(kValueColumns - 3);
  while (!text.empty() && find_invalid_utf8(text) != std::string_view::npos) text.pop_back();
  return text + "...";
}

std::string value_text(const Json* value) {
  if (value == nullptr) return "";
  if (value->is_object() && !value->members().empty()) return "{...}";
  if (value->is_array() && !value->items().empty()) return "[...]";
  return cut(inline_text(*value));
}

std::string value_text(const std::optional<Json>& value) {
  return value ? value_text(&*value) : "";
}

// Lines of two columns, the first padded.
std::string columns(const std::vector<std::pair<std::string, std::string>>& lines) {
  int width = 0;
  for (const auto& [left, right] : lines) width = std::max(width, display_width(left));
  std::string text;
  for (const auto& [left, right] : lines) {
    text += "  " + left;
    if (!right.empty())
      text += std::string(static_cast<size_t>(width - display_width(left)) + 2, ' ') + right;
    text += "\n";
  }
  return text;
}

std::string section(const Style& style, std::string_view title,
                    const std::vector<std::pair<std::string, std::string>>& lines) {
  return lines.empty() ? "" : style.bold(title) + "\n" + columns(lines);
}

std::string short_place(const Origin& origin) {
  if (origin.kind == OriginKind::kLiteral) return origin.place.at();
  return origin_text(origin);
}

// Steps in the libraries that come with kfctl say little one by one.
std::vector<std::pair<std::string, std::string>> hop_lines(const std::vector<Hop>& hops) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (size_t i = 0; i < hops.size(); ++i) {
    size_t end = i;
    while (end < hops.size() && hops[end].place.file.starts_with('<')) ++end;
    lines.emplace_back(hops[i].place.at(), hops[i].place.text);
    if (end < i + 3) continue;
    lines.emplace_back("... " + std::to_string(end - i - 1) + " more in libraries of kfctl", "");
    i = end - 1;
  }
  return lines;
}

Json place_json(const SourcePlace& place) {
  Json json = Json::object();
  if (!place.file.empty()) json["file"] = place.file;
  if (place.line > 0) {
    json["line"] = place.line;
    json["column"] = place.column;
  }
  if (!place.text.empty()) json["text"] = place.text;
  return json;
}

Json origin_json(const Origin& origin) {
  Json json = place_json(origin.place);
  json["kind"] = origin_kind_name(origin.kind);
  if (origin.value) json["value"] = *origin.value;
  return json;
}

Json origins_json(const std::vector<Origin>& origins) {
  Json list = Json::array();
  for (const Origin& origin : origins) list.push_back(origin_json(origin));
  return list;
}

}  // namespace

std::string origin_text(const Origin& origin) {
  const std::string at = origin.place.at();
  switch (origin.kind) {
    case OriginKind::kLiteral:
      return "set at " + at;
    case OriginKind::kComputed:
      return "computed at " + at;
    case OriginKind::kText:
      return "the text of " + at;
    case OriginKind::kExternal:
      return "from the command line: " + origin.place.text;
    case OriginKind::kGiven:
      return "given by a library function at " + at;
    case OriginKind::kAdded:
      return "added by kfctl: " + origin.place.text + (at.empty() ? "" : ", " + at);
    case OriginKind::kUnknown:
      break;
  }
  return at.empty() ? "not known" : "not known beyond " + at;
}

std::string explanation_text(const Json& object, const Provenance& provenance, const Style& style) {
  const Json* value = find_at(object, provenance.path);
  const std::string path = value_path_text(provenance.path);
  std::string text = style.bold(object_id(object).text());
  if (!path.empty()) text += " " + path;
  text += " = " + value_text(value) + "\n";
  text += origin_text(provenance.origin) + "\n";
  if (!provenance.origin.place.excerpt.empty()) text += provenance.origin.place.excerpt + "\n";

  std::vector<std::pair<std::string, std::string>> lines;
  for (const Origin& input : provenance.inputs)
    lines.emplace_back(input.place.text + " = " + value_text(input.value), short_place(input));
  text += section(style, "from", lines);
  text += section(style, "by way of", hop_lines(provenance.hops));
  lines.clear();
  for (const Origin& hidden : provenance.overridden)
    lines.emplace_back(short_place(hidden), value_text(hidden.value));
  return text + section(style, "overrides", lines);
}

std::string explanations_table(const Json& object, const std::vector<Provenance>& all,
                               const Style& style) {
  Table table("explanation", {"path", "value", "from"});
  for (const Provenance& one : all)
    table.add({value_path_text(one.path), value_text(find_at(object, one.path)),
               short_place(one.origin)});
  return table.to_text(style);
}

Json explanation_json(const Json& object, const std::vector<Provenance>& all) {
  const ObjectId id = object_id(object);
  Json values = Json::array();
  for (const Provenance& one : all) {
    Json hops = Json::array();
    for (const Hop& hop : one.hops) hops.push_back(place_json(hop.place));
    const Json* value = find_at(object, one.path);
    values.push_back(Json::object({{"path", value_path_text(one.path)},
                                   {"value", value == nullptr ? Json() : *value},
                                   {"origin", origin_json(one.origin)},
                                   {"hops", std::move(hops)},
                                   {"overridden", origins_json(one.overridden)},
                                   {"inputs", origins_json(one.inputs)}}));
  }
  return Json::object(
      {{"kind", "explanation"},
       {"object", Json::object({{"apiVersion", id.api_version},
                                {"kind", id.kind},
                                {"namespace", id.namespace_},
                                {"name", id.name},
                                {"component", object.string_at({"metadata", "labels",
                                                                "ksonnet.io/component"})}})},
       {"values", std::move(values)}});
}

}  // namespace kfctl
