// One walk over the tree. `bound_[symbol]` is the innermost binding of each name, so that a
// look-up is one load; what a scope shadows is kept in `shadowed_` and put back at its end.
//
// Units are what gets an environment at run time: the file, a function, an object that needs one,
// a field with locals in its body, and each turn of a `for`. A variable's depth is the number of
// units between its use and its binding.
#include "templates/jsonnet/engine/resolver.h"

#include <algorithm>

#include "base/text.h"
#include "templates/jsonnet/engine/lexer.h"
#include "templates/jsonnet/engine/native_stack.h"

namespace kfctl::jsonnet {
namespace {

constexpr uint32_t kUnbound = UINT32_MAX;

struct Binding {
  uint32_t unit = kUnbound;
  uint32_t slot = 0;
};

struct Unit {
  bool is_object = false;
  uint32_t slots = 0;
  uint32_t field_flags = 0;  // in extra: the flags of the field being walked, 0 for none
};

class Resolver {
 public:
  explicit Resolver(AstDraft& ast)
      : ast_(ast), bound_(ast.symbols.size()), seen_(ast.symbols.size()) {
    for (SymbolId id = 0; id < ast.symbols.size(); ++id)
      if (ast.symbol(id) == "std") std_ = id;
  }

  void file() {
    units_.push_back({});
    walk(ast_.root);
    ast_.root_slots = units_.back().slots;
  }

 private:
  struct Shadowed {
    SymbolId name;
    Binding before;
  };

  [[noreturn]] void fail(uint32_t pos, uint32_t length, std::string message,
                         std::string hint = "") {
    throw SyntaxError{pos, pos + length, std::move(message), std::move(hint)};
  }

  uint32_t& extra(uint32_t at) { return ast_.extra[at]; }

  void bind(SymbolId name, uint32_t slot) {
    shadowed_.push_back({name, bound_[name]});
    bound_[name] = {static_cast<uint32_t>(units_.size() - 1), slot};
  }
  void unbind_to(size_t mark) {
    while (shadowed_.size() > mark) {
      bound_[shadowed_.back().name] = shadowed_.back().before;
      shadowed_.pop_back();
    }
  }
  uint32_t new_slot() { return units_.back().slots++; }

  uint16_t depth_to(uint32_t unit, uint32_t pos) {
    if (units_[unit].field_flags != 0) extra(units_[unit].field_flags) |= kNeedsSelf;
    const size_t depth = units_.size() - 1 - unit;
    if (depth > UINT16_MAX) fail(pos, 1, "this is nested too deeply");
    return static_cast<uint16_t>(depth);
  }
  uint32_t object_unit(bool outermost) {
    const auto is_object = [](const Unit& unit) { return unit.is_object; };
    if (outermost)
      return static_cast<uint32_t>(std::find_if(units_.begin(), units_.end(), is_object) -
                                   units_.begin());
    return static_cast<uint32_t>(units_.rend() -
                                 std::find_if(units_.rbegin(), units_.rend(), is_object) - 1);
  }

  [[noreturn]] void unknown_variable(const Node& node) {
    const std::string name(ast_.symbol(node.a));
    std::vector<std::string> visible{"std"};
    for (SymbolId id = 0; id < bound_.size(); ++id)
      if (bound_[id].unit != kUnbound) visible.emplace_back(ast_.symbol(id));
    fail(node.pos, static_cast<uint32_t>(name.size()), "unknown variable '" + name + "'",
         did_you_mean(name, visible));
  }

  [[noreturn]] void twice(std::string_view what, SymbolId name, uint32_t pos) {
    const std::string_view text = ast_.symbol(name);
    fail(pos, static_cast<uint32_t>(text.size()),
         "the " + std::string(what) + " '" + std::string(text) + "' is there twice");
  }

  void variable(Node& node) {
    const Binding binding = bound_[node.a];
    if (binding.unit != kUnbound) {
      node.aux = depth_to(binding.unit, node.pos);
      node.flags |= kResolved;
      node.b = node.a;  // the name, for messages
      node.a = binding.slot;
    } else if (node.a == std_) {
      node.op = Op::kStd;
    } else {
      unknown_variable(node);
    }
  }

  void walk(NodeId id) {
    if (id == 0) return;
    if (stack_is_low()) fail(ast_.node(id).pos, 1, "this is nested too deeply");
    Node& node = ast_.nodes[id];
    switch (node.op) {
      case Op::kNone:
      case Op::kNull:
      case Op::kTrue:
      case Op::kFalse:
      case Op::kNumber:
      case Op::kString:
      case Op::kStd:
      case Op::kImport:
      case Op::kImportStr:
      case Op::kImportBin:
        return;
      case Op::kVar:
        return variable(node);
      case Op::kSelf:
        node.aux = depth_to(object_unit(false), node.pos);
        return;
      case Op::kDollar:
        node.aux = depth_to(object_unit(true), node.pos);
        node.op = Op::kSelf;
        return;
      case Op::kSuperField:
        node.aux = depth_to(object_unit(false), node.pos);
        return;
      case Op::kSuperIndex:
      case Op::kInSuper:
        node.aux = depth_to(object_unit(false), node.pos);
        return walk(node.a);
      case Op::kField:
      case Op::kNeg:
      case Op::kPlus:
      case Op::kNot:
      case Op::kBitNot:
      case Op::kError:
        return walk(node.a);
      case Op::kSlice:
        walk(node.a);
        for (uint32_t i = 0; i < 3; ++i) walk(extra(node.b + i));
        return;
      case Op::kCall:
        return call(node);
      case Op::kIf:
      case Op::kAssert:
        walk(node.a);
        walk(extra(node.b));
        return walk(extra(node.b + 1));
      case Op::kLocal:
        return local(node);
      case Op::kArray:
        for (uint32_t i = 0; i < node.b; ++i) walk(extra(node.a + i));
        return;
      case Op::kArrayComp:
        return comprehension(node.b, [&] { walk(node.a); });
      case Op::kObject:
        return object(node.a, 0);
      case Op::kObjectComp:
        return object(node.a, node.b);
      case Op::kFunction:
        return function(node);
      default:  // the binary operators
        walk(node.a);
        return walk(node.b);
    }
  }

  void call(const Node& node) {
    walk(node.a);
    const uint32_t positional = extra(node.b);
    const uint32_t named = extra(node.b + 1);
    for (uint32_t i = 0; i < positional; ++i) walk(extra(node.b + 2 + i));
    const uint32_t pairs = node.b + 2 + positional;
    const uint32_t stamp = ++stamp_;
    for (uint32_t i = 0; i < named; ++i) {
      const SymbolId name = extra(pairs + 2 * i);
      if (seen_[name] == stamp)
        fail(ast_.node(extra(pairs + 2 * i + 1)).pos, 1,
             "the argument '" + std::string(ast_.symbol(name)) + "' is given twice");
      seen_[name] = stamp;
    }
    for (uint32_t i = 0; i < named; ++i) walk(extra(pairs + 2 * i + 1));
  }

  // `count` triples (symbol, position of the name, node) at `at`: gives each a slot in the
  // innermost unit, which replaces the position.
  void bind_group(uint32_t at, uint32_t count) {
    const uint32_t stamp = ++stamp_;
    for (uint32_t i = 0; i < count; ++i) {
      const SymbolId name = extra(at + 3 * i);
      if (seen_[name] == stamp) twice("local", name, extra(at + 3 * i + 1));
      seen_[name] = stamp;
      extra(at + 3 * i + 1) = new_slot();
      bind(name, extra(at + 3 * i + 1));
    }
  }

  void local(const Node& node) {
    const size_t mark = shadowed_.size();
    const uint32_t count = extra(node.a);
    bind_group(node.a + 1, count);
    for (uint32_t i = 0; i < count; ++i) walk(extra(node.a + 1 + 3 * i + 2));
    walk(node.b);
    unbind_to(mark);
  }

  void function(const Node& node) {
    const size_t mark = shadowed_.size();
    const uint32_t count = extra(node.a);
    units_.push_back({});
    const uint32_t stamp = ++stamp_;
    for (uint32_t i = 0; i < count; ++i) {
      const SymbolId name = extra(node.a + 4 + 2 * i);
      if (seen_[name] == stamp)
        fail(node.pos, 1, "the parameter '" + std::string(ast_.symbol(name)) + "' is there twice");
      seen_[name] = stamp;
      bind(name, new_slot());
    }
    for (uint32_t i = 0; i < count; ++i) walk(extra(node.a + 4 + 2 * i + 1));
    walk(extra(node.a + 2));
    extra(node.a + 1) = units_.back().slots;
    units_.pop_back();
    unbind_to(mark);
  }

  template <typename Body>
  void comprehension(uint32_t list, const Body& body) {
    const size_t mark = shadowed_.size();
    const size_t unit_mark = units_.size();
    const uint32_t count = extra(list);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t spec = list + 1 + 4 * i;
      walk(extra(spec + 3));
      if (static_cast<SpecKind>(extra(spec)) != SpecKind::kFor) continue;
      units_.push_back({});
      bind(extra(spec + 1), new_slot());
    }
    body();
    for (uint32_t i = count; i-- > 0;) {
      const uint32_t spec = list + 1 + 4 * i;
      if (static_cast<SpecKind>(extra(spec)) != SpecKind::kFor) continue;
      extra(spec + 2) = units_.back().slots;
      units_.pop_back();
    }
    units_.resize(unit_mark);
    unbind_to(mark);
  }

  void object(uint32_t at, uint32_t specs) {
    if (specs == 0) {
      object_keys(at);
      object_inside(at);
      return;
    }
    comprehension(specs, [&] {
      object_keys(at);
      object_inside(at);
    });
  }

  void object_keys(uint32_t at) {
    const uint32_t fields = extra(at);
    const uint32_t stamp = ++stamp_;
    bool computed = false;
    for (uint32_t i = 0; i < fields; ++i) {
      const uint32_t field = at + kHeadWords + i * kFieldWords;
      if ((extra(field + 2) & kComputedKey) != 0) {
        computed = true;
        continue;
      }
      const SymbolId name = extra(field);
      if (seen_[name] == stamp) twice("field", name, extra(field + 4));
      seen_[name] = stamp;
    }
    if (!computed) return;
    for (uint32_t i = 0; i < fields; ++i) {
      const uint32_t field = at + kHeadWords + i * kFieldWords;
      if ((extra(field + 2) & kComputedKey) != 0) walk(extra(field));
    }
  }

  void object_inside(uint32_t at) {
    const size_t mark = shadowed_.size();
    const uint32_t fields = extra(at), locals = extra(at + 1), asserts = extra(at + 2);
    const bool environment = extra(at + 3) != 0;
    const uint32_t local_list = at + kHeadWords + fields * kFieldWords;
    const size_t unit = units_.size();
    if (environment) {
      units_.push_back({true, kObjectSlots, 0});
      bind_group(local_list, locals);
    }
    for (uint32_t i = 0; i < fields; ++i) field(at + kHeadWords + i * kFieldWords, unit);
    if (environment) units_[unit].field_flags = 0;
    for (uint32_t i = 0; i < locals; ++i) walk(extra(local_list + 3 * i + 2));
    for (uint32_t i = 0; i < 2 * asserts; ++i) walk(extra(local_list + 3 * locals + i));
    if (environment) {
      extra(at + 3) = units_.back().slots;
      units_.pop_back();
    }
    unbind_to(mark);
  }

  void field(uint32_t at, size_t object_unit) {
    if (object_unit < units_.size()) units_[object_unit].field_flags = at + 2;
    // `super` is what a +: field adds to.
    if ((extra(at + 2) & kPlusField) != 0) extra(at + 2) |= kNeedsSelf;
    const bool own_unit = extra(at + 3) != 0;
    if (own_unit) units_.push_back({});
    walk(extra(at + 1));
    if (!own_unit) return;
    extra(at + 3) = std::max(1u, units_.back().slots);
    units_.pop_back();
  }

  AstDraft& ast_;
  std::vector<Binding> bound_;
  std::vector<uint32_t> seen_;  // by symbol: the last list it was found in, to find doubles
  uint32_t stamp_ = 0;
  SymbolId std_ = kUnbound;
  std::vector<Unit> units_;
  std::vector<Shadowed> shadowed_;
};

}  // namespace

void resolve(AstDraft& ast) { Resolver(ast).file(); }

}  // namespace kfctl::jsonnet
