// Parsed files, shared by all evaluations of the process.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "templates/jsonnet/engine/ast.h"

namespace kfctl::jsonnet {

/// Keeps the tree of a text for as long as the cache lives. Texts are told apart by their address,
/// which the tree keeps alive. Safe for use by several threads; a text that two of them ask for at
/// once is parsed twice.
class AstCache {
 public:
  /// The resolved tree. Throws SyntaxError. REQUIRES: as for parse().
  std::shared_ptr<const Ast> get(const std::string& path,
                                 const std::shared_ptr<const std::string>& source);

 private:
  std::mutex mutex_;
  std::unordered_map<const std::string*, std::shared_ptr<const Ast>> trees_;
};

/// Parses and resolves, without a cache.
std::shared_ptr<const Ast> parse_and_resolve(std::string path,
                                             std::shared_ptr<const std::string> source);

/// `text` with every byte that is not valid UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace kfctl::jsonnet
