#include "cli/table.h"

#include <algorithm>

#include "base/text.h"
#include "base/yaml.h"

namespace kfctl {
namespace {

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string cell_text(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string() && !has_control_characters(value.as_string())) return value.as_string();
  return value.dump();
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

}  // namespace

std::string inline_text(const Json& value) {
  if (!value.is_string()) return value.dump();
  const std::string& text = value.as_string();
  const bool plain = !text.empty() && !has_control_characters(text) && !parse_json(text, "").ok() &&
                     trim(text).size() == text.size();
  return plain ? text : json_quote(text);
}

Json Table::to_json() const {
  Json data = Json::array();
  for (const std::vector<Json>& row : rows_) {
    Json object = Json::object();
    for (size_t i = 0; i < columns_.size(); ++i) object[columns_[i]] = row[i];
    data.push_back(std::move(object));
  }
  return Json::object({{"kind", kind_}, {"data", std::move(data)}});
}

std::string Table::to_text(const Style& style) const {
  std::vector<std::vector<std::string>> columns;  // the header first
  for (size_t i = 0; i < columns_.size(); ++i) {
    std::vector<std::string> column = {upper(columns_[i])};
    for (const std::vector<Json>& row : rows_) column.push_back(cell_text(row[i]));
    const bool filled_in = std::any_of(column.begin() + 1, column.end(),
                                       [](const std::string& cell) { return !cell.empty(); });
    if (filled_in || rows_.empty()) columns.push_back(std::move(column));
  }
  std::vector<int> widths;
  for (const std::vector<std::string>& column : columns) {
    int widest = 0;
    for (const std::string& cell : column) widest = std::max(widest, display_width(cell));
    widths.push_back(widest);
  }
  std::string text;
  for (size_t line = 0; line <= rows_.size(); ++line) {
    for (size_t i = 0; i < columns.size(); ++i) {
      const std::string& cell = columns[i][line];
      text += line == 0 ? style.bold(cell) : cell;
      if (i + 1 == columns.size()) break;  // no blanks at the end of a line
      text.append(static_cast<size_t>(widths[i] - display_width(cell) + 2), ' ');
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
  }
  return text;
}

std::string format_value(const Json& value, std::string_view format) {
  return format == "yaml" ? to_yaml(value) : value.dump(2) + "\n";
}

std::string objects_text(std::vector<Json> objects, std::string_view format) {
  if (format != "json") return to_yaml_stream(objects);
  const Json list = Json::object(
      {{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array(std::move(objects))}});
  return list.dump(2) + "\n";
}

void print_table(const Table& table, const Args& args, Console& console) {
  const std::string format = args.value("output", "table");
  console.out(format == "table" ? table.to_text(console.style())
                                : format_value(table.to_json(), format));
}

}  // namespace kfctl
