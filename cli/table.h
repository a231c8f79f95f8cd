// Output of data: tables for people, JSON and YAML for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/args.h"
#include "cli/console.h"

namespace kfctl {

/// Rows under named columns. As JSON or YAML: {"kind": KIND, "data": [{COLUMN: value, ...}]}, the
/// form of ksonnet, with every column.
class Table {
 public:
  Table(std::string kind, std::vector<std::string> columns)
      : kind_(std::move(kind)), columns_(std::move(columns)) {}

  /// REQUIRES: one value per column.
  void add(std::vector<Json> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  Json to_json() const;
  /// Headers in capitals, columns padded with blanks; a column without any text is left out.
  std::string to_text(const Style& style) const;

 private:
  std::string kind_;
  std::vector<std::string> columns_;
  std::vector<std::vector<Json>> rows_;
};

/// Prints as -o of the command says: REQUIRES kFormatFlags.
void print_table(const Table& table, const Args& args, Console& console);

/// `value` as JSON or YAML. REQUIRES: `format` is "json" or "yaml".
std::string format_value(const Json& value, std::string_view format);

/// Objects as a JSON list if `format` is "json", else as YAML documents.
std::string objects_text(std::vector<Json> objects, std::string_view format);

/// A value as one line: strings without quotes unless they hold line ends or look like something
/// else, all others as JSON.
std::string inline_text(const Json& value);

}  // namespace kfctl
