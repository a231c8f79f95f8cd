// Any bytes as code to lint: each finding has a rule of the table and a place in the text.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "templates/jsonnet/lint/lint.h"

namespace {

// A file may import itself, and nothing else.
class Itself : public kfctl::Importer {
 public:
  explicit Itself(std::shared_ptr<const std::string> text) : text_(std::move(text)) {}
  kfctl::Result<std::string> resolve(const std::string&, const std::string& path) override {
    if (path == "fuzz") return path;
    return kfctl::project_error("no file");
  }
  kfctl::Result<std::shared_ptr<const std::string>> load(const std::string&) override {
    return text_;
  }

 private:
  std::shared_ptr<const std::string> text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto text = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  Itself importer(text);
  const int lines = static_cast<int>(kfctl::split_lines(*text).size()) + 1;
  for (const kfctl::lint::Finding& finding : kfctl::lint::Linter(importer).lint("fuzz", text)) {
    const bool placed = finding.place.line >= 1 && finding.place.line <= lines;
    if (kfctl::lint::find_rule(finding.rule) == nullptr || !placed) std::abort();
  }
  return 0;
}
