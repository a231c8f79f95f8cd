// The names of a file: an open-addressing table from text to SymbolId.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/engine/hash.h"

namespace kfctl::jsonnet {

/// Belongs to the parser of one file; adds names to `ast`, which must outlive it.
class SymbolTable {
 public:
  explicit SymbolTable(AstDraft& ast) : ast_(ast), slots_(1024) {}

  SymbolId id(std::string_view text) {
    if (ast_.symbols.size() * 2 >= slots_.size()) grow();
    const size_t mask = slots_.size() - 1;
    const uint64_t hash = hash_text(text);
    const uint32_t tag = static_cast<uint32_t>(hash >> 32);
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
      Slot& slot = slots_[i];
      if (slot.id == 0) {
        slot = {tag, static_cast<uint32_t>(ast_.symbols.size() + 1)};
        return add(text);
      }
      if (slot.tag == tag && same_text(ast_.symbol(slot.id - 1), text)) return slot.id - 1;
    }
  }

 private:
  struct Slot {
    uint32_t tag = 0;  // the upper half of the hash
    uint32_t id = 0;   // SymbolId + 1; 0: empty
  };

  SymbolId add(std::string_view text) {
    ast_.symbols.push_back(
        {static_cast<uint32_t>(ast_.pool.size()), static_cast<uint32_t>(text.size())});
    ast_.pool.append(text);
    return static_cast<SymbolId>(ast_.symbols.size() - 1);
  }
  void grow() {
    slots_.assign(slots_.size() * 4, {});
    const size_t mask = slots_.size() - 1;
    for (SymbolId id = 0; id < ast_.symbols.size(); ++id) {
      const uint64_t hash = hash_text(ast_.symbol(id));
      size_t i = hash & mask;
      while (slots_[i].id != 0) i = (i + 1) & mask;
      slots_[i] = {static_cast<uint32_t>(hash >> 32), id + 1};
    }
  }

  AstDraft& ast_;
  std::vector<Slot> slots_;
};

}  // namespace kfctl::jsonnet
