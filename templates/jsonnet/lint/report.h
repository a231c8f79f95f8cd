// Gathers the findings of one file, without those that are silenced.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "templates/jsonnet/lint/finding.h"
#include "templates/jsonnet/lint/sources.h"

namespace kfctl::lint {

class Report {
 public:
  /// `text` and `disabled` must outlive the report.
  Report(const std::string& path, std::string_view text, const std::set<std::string>& disabled);

  /// `pos` and `length` in bytes of the text.
  void add(std::string_view rule, uint32_t pos, size_t length, std::string message,
           std::string hint = "");

  /// What was added, by place. Once.
  std::vector<Finding> take();

 private:
  void read_comment(size_t line, std::string_view before, std::string_view comment);
  bool silenced(std::string_view rule, int line) const;

  std::string path_;
  std::string_view text_;
  const std::set<std::string>& disabled_;
  std::map<int, std::set<std::string>> by_line_;  // "" for all rules; line 0 is the whole file
  std::vector<Finding> findings_;
};

}  // namespace kfctl::lint
