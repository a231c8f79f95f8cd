#include "templates/jsonnet/engine/ast_cache.h"

#include "base/text.h"
#include "templates/jsonnet/engine/parser.h"
#include "templates/jsonnet/engine/resolver.h"

namespace kfctl::jsonnet {

std::string valid_utf8(std::string_view text) {
  std::string out;
  for (;;) {
    const size_t bad = find_invalid_utf8(text);
    out.append(text.substr(0, bad));
    if (bad == std::string_view::npos) return out;
    append_utf8(out, 0xFFFD);
    text.remove_prefix(bad + 1);
  }
}

std::shared_ptr<const Ast> parse_and_resolve(std::string path,
                                             std::shared_ptr<const std::string> source) {
  if (find_invalid_utf8(*source) != std::string_view::npos)
    source = std::make_shared<const std::string>(valid_utf8(*source));
  AstDraft draft = parse(std::move(path), std::move(source));
  resolve(draft);
  return finish(std::move(draft));
}

std::shared_ptr<const Ast> AstCache::get(const std::string& path,
                                         const std::shared_ptr<const std::string>& source) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = trees_.find(source.get());
    if (found != trees_.end() && found->second->path == path) return found->second;
  }
  std::shared_ptr<const Ast> ast = parse_and_resolve(path, source);
  if (ast->source != source) return ast;  // repaired: its text is not the one we would look up
  const std::lock_guard lock(mutex_);
  return trees_[source.get()] = ast;
}

}  // namespace kfctl::jsonnet
