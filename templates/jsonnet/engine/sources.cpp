#include "templates/jsonnet/engine/sources.h"

#include <algorithm>

namespace kfctl::jsonnet {

Sources::Sources(const JsonnetRequest& request, AstCache& trees)
    : request_(request), trees_(trees) {
  if (!request.cache_directory.empty())
    library_.emplace(request.cache_directory, LibraryCache::Limits{});
  if (!request.threads || request.importer == nullptr) return;
  const auto parse = [this](const std::string& resolved,
                            const std::shared_ptr<const std::string>& text) {
    return trees_.get_unless_busy(resolved, text, library_ ? &*library_ : nullptr);
  };
  read_ahead_.emplace(*request.importer, parse, [this] { return threads(); });
}

std::shared_ptr<const Ast> Sources::tree(const Import& import, const std::string& resolved,
                                         const std::shared_ptr<const std::string>& text) {
  if (read_ahead_) read_ahead_->parsing(import, text->size());
  const std::shared_ptr<const Ast> tree =
      trees_.get(resolved, text, library_ ? &*library_ : nullptr);
  expect_imports(*tree);
  return tree;
}

void Sources::expect_imports(const Ast& tree) {
  if (read_ahead_ && !tree.imports.empty()) read_ahead_->expect(tree);
}

int Sources::threads() {
  std::call_once(asked_, [this] {
    if (request_.threads) threads_ = std::max(1, request_.threads());
  });
  return threads_;
}

size_t Sources::memory() {
  std::call_once(asked_memory_, [this] {
    if (request_.memory) memory_ = request_.memory();
  });
  return memory_;
}

}  // namespace kfctl::jsonnet
