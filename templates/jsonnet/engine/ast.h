// The syntax tree of one file: flat, position-independent and immutable once resolved.
//
// A tree is a few arrays and a pool of text. `nodes` holds 16-byte nodes; `extra` holds what does
// not fit into one (lists of arguments, fields, bindings). Children are indexes into `nodes`, names
// are indexes into `symbols`: nothing points at memory, so that a tree may be shared by threads
// and written to disk as it is. Node 0 means "none".
//
// The resolver replaces every variable by (depth, slot): how many environments to go out, and
// which slot there. docs/jsonnet.md tells which constructs open an environment.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kfctl::jsonnet {

using NodeId = uint32_t;
using SymbolId = uint32_t;

enum class Op : uint8_t {
  kNone,
  kNull,
  kTrue,
  kFalse,
  kNumber,      // a, b: the bits of the double
  kString,      // a: string index
  kVar,         // a: symbol; resolved: a = slot, aux = depth, flags kResolved
  kStd,         // the standard library, where no local hides its name
  kSelf,        // resolved: aux = depth of the object's environment
  kDollar,      // resolved: becomes kSelf
  kSuperField,  // a: symbol, aux = depth
  kSuperIndex,  // a: index expression, aux = depth
  kInSuper,     // a: name expression, aux = depth
  kField,       // a: target, b: symbol
  kIndex,       // a: target, b: index expression
  kSlice,       // a: target, b: extra [from, to, step]
  kCall,        // a: callee, b: extra CallList; flags kTailstrictCall
  kNeg,         // a: operand; so the three below
  kPlus,
  kNot,
  kBitNot,
  kAdd,  // a, b: operands; so all up to kOr
  kSub,
  kMul,
  kDiv,
  kMod,
  kShiftLeft,
  kShiftRight,
  kBitAnd,
  kBitOr,
  kBitXor,
  kLess,
  kLessEq,
  kGreater,
  kGreaterEq,
  kEqual,
  kNotEqual,
  kIn,
  kAnd,
  kOr,
  kIf,          // a: condition, b: extra [then, else or 0]
  kLocal,       // a: extra BindList, b: body
  kAssert,      // a: condition, b: extra [message or 0, rest]
  kError,       // a: message
  kArray,       // a: extra items, b: count
  kArrayComp,   // a: element, b: extra SpecList
  kObject,      // a: extra ObjectList
  kObjectComp,  // a: extra ObjectList (its one field is the pattern), b: extra SpecList
  kFunction,    // a: extra FunctionList
  kImport,      // a: string index; so the two below
  kImportStr,
  kImportBin,
};

struct Node {
  Op op = Op::kNone;
  uint8_t flags = 0;
  uint16_t aux = 0;
  uint32_t a = 0;
  uint32_t b = 0;
  uint32_t pos = 0;  // byte offset of the token an error points at
};
static_assert(sizeof(Node) == 16);

inline constexpr uint8_t kResolved = 1;
inline constexpr uint8_t kTailstrictCall = 2;

// The lists in `extra`, as offsets from their beginning.
//   CallList:     positional count, named count, positional nodes..., (symbol, node)...
//   BindList:     count, (symbol, slot, node)...
//   FunctionList: parameter count, slots, body, name symbol + 1 or 0, (symbol, default or 0)...
//   SpecList:     count, (kind, symbol, slots, node)...   one environment for each `for`
//   ObjectList:   see ObjectHead and ObjectField
enum class SpecKind : uint32_t { kFor, kIf };

// ObjectHead, then `fields` ObjectField, `locals` (symbol, slot, node), `asserts` (cond, message).
struct ObjectHead {
  uint32_t fields = 0;
  uint32_t locals = 0;
  uint32_t asserts = 0;
  uint32_t slots = 0;  // of the object's environment; 0: it has none, its fields see through it
};
struct ObjectField {
  uint32_t key = 0;  // symbol, or node if kComputedKey
  NodeId body = 0;
  uint32_t flags = 0;
  uint32_t slots = 0;  // of an environment of the field's own, for the locals in its body; 0: none
  uint32_t pos = 0;
};
inline constexpr uint32_t kHeadWords = sizeof(ObjectHead) / 4;
inline constexpr uint32_t kFieldWords = sizeof(ObjectField) / 4;

enum FieldFlags : uint32_t {
  kVisInherit = 0,
  kVisHidden = 1,
  kVisForced = 2,
  kVisMask = 3,
  kPlusField = 4,
  kComputedKey = 8,
  kNeedsSelf = 16,  // its value depends on self, super, $ of this object or on its locals
};

// The first slots of an object's environment.
inline constexpr uint32_t kSelfSlot = 0;
inline constexpr uint32_t kLayerSlot = 1;
inline constexpr uint32_t kObjectSlots = 2;

struct Text {
  uint32_t begin = 0;  // in Ast::pool
  uint32_t size = 0;
};

// A tree while it grows: the parser appends to it, the resolver completes it.
struct AstDraft {
  std::string path;
  std::shared_ptr<const std::string> source;
  std::vector<Node> nodes;
  std::vector<uint32_t> extra;
  std::vector<Text> symbols;
  std::vector<Text> strings;
  std::string pool;
  std::vector<NodeId> imports;  // all kImport, kImportStr and kImportBin
  NodeId root = 0;
  uint32_t root_slots = 0;

  const Node& node(NodeId id) const { return nodes[id]; }
  std::string_view symbol(SymbolId id) const {
    return std::string_view(pool).substr(symbols[id].begin, symbols[id].size);
  }
  std::string_view string(uint32_t id) const {
    return std::string_view(pool).substr(strings[id].begin, strings[id].size);
  }
};

// A complete tree. Its arrays lie in a draft or in a mapped file, which `storage` keeps alive.
struct Ast {
  std::string path;
  std::shared_ptr<const std::string> source;
  std::span<const Node> nodes;
  std::span<const uint32_t> extra;
  std::span<const Text> symbols;
  std::span<const Text> strings;
  std::string_view pool;
  std::span<const NodeId> imports;
  NodeId root = 0;
  uint32_t root_slots = 0;
  std::shared_ptr<const void> storage;

  const Node& node(NodeId id) const { return nodes[id]; }
  std::string_view symbol(SymbolId id) const {
    return pool.substr(symbols[id].begin, symbols[id].size);
  }
  std::string_view string(uint32_t id) const {
    return pool.substr(strings[id].begin, strings[id].size);
  }
};

/// The directory of a file as importers take it: "" or ending in '/'.
std::string directory_of(std::string_view path);

/// The tree of a draft that the resolver has seen.
std::shared_ptr<const Ast> finish(AstDraft draft);

}  // namespace kfctl::jsonnet
