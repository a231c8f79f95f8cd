// Parsed files, shared by all evaluations of the process.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/engine/library_cache.h"

namespace kfctl::jsonnet {

/// Keeps the tree of a text for as long as the cache lives. Texts are told apart by their address,
/// which the cache keeps alive. Safe for use by several threads: the first that asks for a text
/// parses it, and the others wait for the tree.
class AstCache {
 public:
  /// The resolved tree, taken from `library` if that has it (nullptr: there is none) and else put
  /// there if it is worth it. Throws SyntaxError, again each time. REQUIRES: as for parse().
  std::shared_ptr<const Ast> get(const std::string& path,
                                 const std::shared_ptr<const std::string>& source,
                                 LibraryCache* library);
  /// Like get(), but nullptr at once if another thread is parsing the text.
  std::shared_ptr<const Ast> get_unless_busy(const std::string& path,
                                             const std::shared_ptr<const std::string>& source,
                                             LibraryCache* library);

 private:
  struct Entry {
    std::mutex mutex;
    std::shared_ptr<const std::string> source;
    std::shared_ptr<const Ast> tree;  // nullptr until it is parsed
  };
  static std::shared_ptr<const Ast> get(Entry& entry, const std::string& path,
                                        LibraryCache* library);
  Entry& entry(const std::shared_ptr<const std::string>& source);

  std::mutex mutex_;
  std::unordered_map<const std::string*, Entry> entries_;
};

/// Parses and resolves, without a cache.
std::shared_ptr<const Ast> parse_and_resolve(std::string path,
                                             std::shared_ptr<const std::string> source);

/// `text` with every byte that is not valid UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace kfctl::jsonnet
