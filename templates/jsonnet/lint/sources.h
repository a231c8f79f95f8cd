// The files that take part, each read, parsed and its names looked up once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "templates/jsonnet/evaluator.h"
#include "templates/jsonnet/lint/names.h"

namespace kfctl::lint {

struct File {
  std::string directory;  // "" or ending in '/': where its imports start from
  AstDraft tree;
  Names names;
  std::optional<Error> error;  // why there is no tree
};

class Sources {
 public:
  explicit Sources(Importer& importer) : importer_(importer) {}

  /// The file of that text. Lives as long as this object.
  const File& add(const std::string& path, std::shared_ptr<const std::string> text);

  /// What `path` is when `from` imports it; nullptr if it cannot be found or has a mistake.
  const File* imported(const File& from, const std::string& path);

 private:
  Importer& importer_;
  std::map<std::string, std::unique_ptr<File>> by_path_;
};

}  // namespace kfctl::lint
