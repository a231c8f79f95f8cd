// Imports from disk, as the jsonnet command finds them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "templates/jsonnet/evaluator.h"
#include "templates/jsonnet/text_store.h"

namespace kfctl {

/// Looks beside the importing file, then in the library directories, the last one first. Reads each
/// file once. `files`, which must be safe for several threads, must outlive it.
class DiskImporter : public Importer {
 public:
  DiskImporter(const Files& files, std::vector<std::string> library_paths)
      : files_(files), library_paths_(std::move(library_paths)) {}

  Result<std::string> resolve(const std::string& directory, const std::string& path) override;
  Result<std::shared_ptr<const std::string>> load(const std::string& resolved) override;

 private:
  const Files& files_;
  std::vector<std::string> library_paths_;
  TextStore texts_;
};

}  // namespace kfctl
