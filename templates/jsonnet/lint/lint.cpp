#include "templates/jsonnet/lint/lint.h"

#include "templates/jsonnet/lint/checks.h"
#include "templates/jsonnet/lint/deep_walk.h"

namespace kfctl::lint {
namespace {

// What the parser or the resolver says has its place in the message: "path:3:5: text".
Finding syntax_finding(const std::string& path, const Error& error) {
  Finding finding{path, {}, "syntax", error.message, error.excerpt, error.hint};
  std::string_view text = error.message;
  if (!text.starts_with(path + ":")) return finding;
  text.remove_prefix(path.size() + 1);
  int numbers[2] = {0, 0};
  for (int& number : numbers) {
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
      number = number * 10 + (text[0] - '0');
      text.remove_prefix(1);
    }
    if (!text.starts_with(':')) return finding;
    text.remove_prefix(1);
  }
  finding.place = {numbers[0], numbers[1]};
  finding.message = trim(text);
  return finding;
}

}  // namespace

Linter::Linter(Importer& importer) : sources_(std::make_unique<Sources>(importer)) {}
Linter::~Linter() = default;

std::vector<Finding> Linter::lint(const std::string& path, std::shared_ptr<const std::string> text,
                                  const std::set<std::string>& disabled) {
  const File& file = sources_->add(path, std::move(text));
  if (file.error) return {syntax_finding(path, *file.error)};
  Report report(path, *file.tree.source, disabled);
  const Status walked = walk_deep(file.tree, [&] {
    check_names(file, report);
    Values values(*sources_);
    check_expressions(file, values, report);
  });
  return walked.ok() ? report.take() : std::vector<Finding>{syntax_finding(path, walked.error())};
}

}  // namespace kfctl::lint
