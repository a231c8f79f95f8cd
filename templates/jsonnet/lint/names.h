// The names of one file: what each variable is bound to, and who uses it.
#pragma once

#include <cstdint>
#include <vector>

#include "templates/jsonnet/lint/tree.h"

namespace kfctl::lint {

using BindingId = uint32_t;  // 0: none

enum class BindingKind : uint8_t { kLocal, kParameter, kLoop };

struct Binding {
  SymbolId name = 0;
  BindingKind kind = BindingKind::kLocal;
  uint32_t pos = 0;        // of the name; of a parameter, of its function (see parameter_places)
  NodeId value = 0;        // what a local is; what a loop walks; 0 for a parameter
  NodeId function = 0;     // of a parameter
  BindingId hides = 0;     // the binding of that name further out
  uint32_t uses = 0;       // outside of its own value
  uint32_t not_calls = 0;  // uses anywhere but as what is called
};

struct Names {
  std::vector<Binding> bindings{1};  // the first stands for none
  std::vector<BindingId> by_node;    // of each kVar
  const Binding& operator[](BindingId id) const { return bindings[id]; }
};

/// REQUIRES: a tree that the resolver accepts (a copy of it was resolved), on a larger stack.
Names names_of(const AstDraft& tree);

}  // namespace kfctl::lint
