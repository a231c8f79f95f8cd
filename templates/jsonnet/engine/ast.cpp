#include "templates/jsonnet/engine/ast.h"

#include <utility>

namespace kfctl::jsonnet {

std::shared_ptr<const Ast> finish(AstDraft draft) {
  const auto kept = std::make_shared<const AstDraft>(std::move(draft));
  auto ast = std::make_shared<Ast>();
  ast->path = kept->path;
  ast->source = kept->source;
  ast->nodes = kept->nodes;
  ast->extra = kept->extra;
  ast->symbols = kept->symbols;
  ast->strings = kept->strings;
  ast->pool = kept->pool;
  ast->imports = kept->imports;
  ast->root = kept->root;
  ast->root_slots = kept->root_slots;
  ast->storage = kept;
  return ast;
}

std::string directory_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/') + 1));  // npos + 1 is 0
}

}  // namespace kfctl::jsonnet
