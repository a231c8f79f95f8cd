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

namespace {

std::shared_ptr<const Ast> read_or_parse(const std::string& path,
                                         const std::shared_ptr<const std::string>& source,
                                         LibraryCache* library) {
  if (library == nullptr || !library->is_worth(source->size()))
    return parse_and_resolve(path, source);
  if (std::shared_ptr<const Ast> tree = library->find(path, source)) return tree;
  std::shared_ptr<const Ast> tree = parse_and_resolve(path, source);
  if (tree->source == source) library->keep(tree);  // else: not the text it would be found by
  return tree;
}

}  // namespace

AstCache::Entry& AstCache::entry(const std::shared_ptr<const std::string>& source) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[source.get()];
  if (entry.source == nullptr) entry.source = source;
  return entry;
}

std::shared_ptr<const Ast> AstCache::get(const std::string& path,
                                         const std::shared_ptr<const std::string>& source,
                                         LibraryCache* library) {
  Entry& own = entry(source);
  const std::lock_guard lock(own.mutex);
  return get(own, path, library);
}

std::shared_ptr<const Ast> AstCache::get_unless_busy(
    const std::string& path, const std::shared_ptr<const std::string>& source,
    LibraryCache* library) {
  Entry& own = entry(source);
  const std::unique_lock lock(own.mutex, std::try_to_lock);
  return lock.owns_lock() ? get(own, path, library) : nullptr;
}

// REQUIRES: the entry's mutex is held.
std::shared_ptr<const Ast> AstCache::get(Entry& entry, const std::string& path,
                                         LibraryCache* library) {
  if (entry.tree == nullptr || entry.tree->path != path)
    entry.tree = read_or_parse(path, entry.source, library);
  return entry.tree;
}

}  // namespace kfctl::jsonnet
