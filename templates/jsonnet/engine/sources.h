// The files of one request: parsed once for all of its machines, and if it pays ahead of them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "templates/jsonnet/engine/ast_cache.h"
#include "templates/jsonnet/engine/read_ahead.h"
#include "templates/jsonnet/evaluator.h"

namespace kfctl::jsonnet {

/// Safe for use by several threads.
class Sources {
 public:
  /// `request` and `trees` must outlive the sources.
  Sources(const JsonnetRequest& request, AstCache& trees);

  /// The tree of the file that `import` means. Throws SyntaxError. REQUIRES: as for parse().
  std::shared_ptr<const Ast> tree(const Import& import, const std::string& resolved,
                                  const std::shared_ptr<const std::string>& text);

  /// Tells that the imports of a tree are likely to be asked for.
  void expect_imports(const Ast& tree);

  /// How many threads the request may use; at least 1.
  int threads();

  /// How many bytes of memory an evaluation of the request may take.
  size_t memory();

 private:
  const JsonnetRequest& request_;
  AstCache& trees_;
  std::optional<LibraryCache> library_;
  std::once_flag asked_;
  int threads_ = 1;
  std::once_flag asked_memory_;
  size_t memory_ = size_t{8} << 30;
  std::optional<ReadAhead> read_ahead_;  // the last member: its threads use the others
};

}  // namespace kfctl::jsonnet
