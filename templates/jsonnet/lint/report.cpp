#include "templates/jsonnet/lint/report.h"

#include <algorithm>

namespace kfctl::lint {
namespace {

constexpr std::string_view kIgnore = "lint-ignore";
constexpr std::string_view kWholeFile = "-file";

// Where the comment of a line begins that may silence rules; npos if it has none.
size_t comment_of(std::string_view line) {
  const size_t word = line.find(kIgnore);
  if (word == std::string_view::npos) return word;
  const std::string_view before = line.substr(0, word);
  return std::max(before.rfind("//") + 1, before.rfind('#') + 1) - 1;  // npos + 1 is 0
}

}  // namespace

Report::Report(const std::string& path, std::string_view text,
               const std::set<std::string>& disabled)
    : path_(path), text_(text), disabled_(disabled) {
  if (text.find(kIgnore) == std::string_view::npos) return;
  size_t line = 0;
  for (const std::string_view content : split_lines(text)) {
    ++line;
    const size_t comment = comment_of(content);
    if (comment == std::string_view::npos) continue;
    read_comment(line, trim(content.substr(0, comment)), content.substr(content.find(kIgnore)));
  }
}

// "lint-ignore: RULE, RULE", "lint-ignore-file: RULE"; without rules all are meant.
void Report::read_comment(size_t line, std::string_view before, std::string_view comment) {
  comment.remove_prefix(kIgnore.size());
  int at = static_cast<int>(before.empty() ? line + 1 : line);
  if (comment.starts_with(kWholeFile)) {
    comment.remove_prefix(kWholeFile.size());
    at = 0;
  }
  if (!comment.starts_with(':')) {
    if (trim(comment).empty()) by_line_[at].insert("");
    return;
  }
  std::set<std::string> known;
  for (const Rule& rule : rules()) known.emplace(rule.name);
  for (const std::string_view word : split(comment.substr(1), ',')) {
    const std::string_view name = trim(word);
    if (known.contains(std::string(name))) {
      by_line_[at].emplace(name);
    } else {
      add("unknown-rule", static_cast<uint32_t>(name.data() - text_.data()), name.size(),
          "there is no rule '" + std::string(name) + "'",
          did_you_mean(name, {known.begin(), known.end()}));
    }
  }
}

bool Report::silenced(std::string_view rule, int line) const {
  if (rule == "syntax") return false;
  if (disabled_.contains(std::string(rule))) return true;
  for (const int at : {0, line}) {
    const auto found = by_line_.find(at);
    if (found == by_line_.end()) continue;
    if (found->second.contains("") || found->second.contains(std::string(rule))) return true;
  }
  return false;
}

void Report::add(std::string_view rule, uint32_t pos, size_t length, std::string message,
                 std::string hint) {
  findings_.push_back(
      {path_, {}, std::string(rule), std::move(message), "", std::move(hint), pos, length});
}

std::vector<Finding> Report::take() {
  std::stable_sort(findings_.begin(), findings_.end(),
                   [](const Finding& a, const Finding& b) { return a.offset < b.offset; });
  std::vector<Finding> out;
  // Places are found in one walk over the text, because a file may have many findings.
  int line = 1;
  size_t at = 0;
  for (Finding& finding : findings_) {
    const size_t offset = std::min<size_t>(finding.offset, text_.size());
    line += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at),
                                        text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    at = offset;
    if (silenced(finding.rule, line)) continue;
    const size_t begin = text_.rfind('\n', offset == 0 ? 0 : offset - 1) + 1;
    const size_t line_begin = offset == 0 ? 0 : begin;
    finding.place = {line, place_of(text_.substr(line_begin), offset - line_begin).column};
    finding.excerpt = excerpt_of(text_, offset, finding.length);
    out.push_back(std::move(finding));
  }
  return out;
}

}  // namespace kfctl::lint
