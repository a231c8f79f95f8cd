#include "templates/jsonnet/lint/values.h"

#include <algorithm>

#include "base/text.h"
#include "templates/jsonnet/engine/library.h"

namespace kfctl::lint {
namespace {

constexpr int kMostSteps = 40;  // on the way to an origin
constexpr int kDeepest = 12;    // questions inside questions

constexpr std::string_view kStdValues[] = {"pi", "thisFile"};

struct StdType {
  std::string_view name;
  Type type;
};
constexpr StdType kStdTypes[] = {
    {"length", Type::kNumber},
    {"type", Type::kString},
    {"toString", Type::kString},
    {"objectHas", Type::kBool},
    {"objectHasAll", Type::kBool},
    {"objectFields", Type::kArray},
    {"objectValues", Type::kArray},
    {"range", Type::kArray},
    {"makeArray", Type::kArray},
    {"split", Type::kArray},
    {"parseInt", Type::kNumber},
    {"asciiLower", Type::kString},
    {"asciiUpper", Type::kString},
    {"isString", Type::kBool},
    {"isNumber", Type::kBool},
    {"isBoolean", Type::kBool},
    {"isObject", Type::kBool},
    {"isArray", Type::kBool},
    {"isFunction", Type::kBool},
    {"startsWith", Type::kBool},
    {"endsWith", Type::kBool},
    {"manifestJson", Type::kString},
    {"manifestJsonEx", Type::kString},
    {"base64", Type::kString},
    {"md5", Type::kString},
};

bool is_std(const File& file, NodeId id) {
  const Node& node = file.tree.node(id);
  return node.op == Op::kVar && file.names.by_node[id] == 0 && file.tree.symbol(node.a) == "std";
}

// The name of a field, where the text says it: a, 'a', ['a'].
std::optional<std::string_view> key_of(const AstDraft& tree, const jsonnet::ObjectField& field) {
  if ((field.flags & jsonnet::kComputedKey) == 0) return tree.symbol(field.key);
  const Node& key = tree.node(field.key);
  if (key.op == Op::kString) return tree.string(key.a);
  return std::nullopt;
}

}  // namespace

std::string_view type_text(Type type) {
  switch (type) {
    case Type::kUnknown:
      return "unknown";
    case Type::kNull:
      return "null";
    case Type::kBool:
      return "a boolean";
    case Type::kNumber:
      return "a number";
    case Type::kString:
      return "a string";
    case Type::kArray:
      return "an array";
    case Type::kObject:
      return "an object";
    case Type::kFunction:
      return "a function";
  }
  return "";
}

// One more question inside of the one that is being answered, as long as it lives.
class Values::Steps {
 public:
  explicit Steps(Values& values) : values_(values) { ++values_.depth_; }
  ~Steps() { --values_.depth_; }
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;
  bool too_deep() const { return values_.depth_ > kDeepest; }

 private:
  Values& values_;
};

// One step towards the origin; `ref` itself if there is none.
Ref Values::step(Ref ref) {
  const AstDraft& tree = ref.file->tree;
  const Node& node = ref.node();
  switch (node.op) {
    case Op::kVar: {
      const BindingId id = ref.file->names.by_node[ref.id];
      const Binding& binding = ref.file->names[id];
      return id != 0 && binding.kind == BindingKind::kLocal ? ref.at(binding.value) : ref;
    }
    case Op::kLocal:
      return ref.at(node.b);
    case Op::kAssert:
      return ref.at(tree.extra[node.b + 1]);
    case Op::kImport: {
      const File* file = sources_.imported(*ref.file, std::string(tree.string(node.a)));
      return file == nullptr ? ref : Ref{file, file->tree.root};
    }
    case Op::kField: {
      const Ref found = field(ref.at(node.a), tree.symbol(node.b));
      return found.file == nullptr ? ref : found;
    }
    case Op::kCall: {
      const Ref callee = origin(ref.at(node.a));
      return callee.node().op == Op::kFunction
                 ? callee.at(function_of(callee.file->tree, callee.node()).body)
                 : ref;
    }
    default:
      return ref;
  }
}

Ref Values::origin(Ref ref) {
  const Steps steps(*this);
  if (steps.too_deep()) return ref;
  for (int i = 0; i < kMostSteps; ++i) {
    const Ref next = step(ref);
    if (next.file == ref.file && next.id == ref.id) break;
    ref = next;
  }
  return ref;
}

// What the field of a known object is; no file if that is not known.
Ref Values::field(Ref object, std::string_view name) {
  const Steps steps(*this);
  if (steps.too_deep()) return {};
  object = origin(object);
  const AstDraft& tree = object.file->tree;
  const Node& node = object.node();
  if (node.op == Op::kAdd) {
    const Ref right = object.at(node.b);
    if (type(right) != Type::kObject) return {};
    switch (has_field(right, name)) {
      case Has::kYes:
        return field(right, name);
      case Has::kNo:
        return field(object.at(node.a), name);
      case Has::kMaybe:
        return {};
    }
  }
  if (node.op != Op::kObject) return {};
  for (const jsonnet::ObjectField& one : object_of(tree, node).fields) {
    const std::optional<std::string_view> key = key_of(tree, one);
    if (!key) return {};
    if (*key == name) return (one.flags & jsonnet::kPlusField) != 0 ? Ref{} : object.at(one.body);
  }
  return {};
}

Type Values::sum_type(Ref left, Ref right, bool follow) {
  const Type a = type(left, follow), b = type(right, follow);
  if (a == Type::kString || b == Type::kString) return Type::kString;
  return a == b && (a == Type::kNumber || a == Type::kArray || a == Type::kObject) ? a
                                                                                   : Type::kUnknown;
}

Type Values::call_type(Ref callee, bool follow) {
  if (!follow) return Type::kUnknown;
  const std::string_view member = std_member(callee);
  for (const StdType& row : kStdTypes)
    if (row.name == member) return row.type;
  return Type::kUnknown;
}

Type Values::type(Ref ref, bool follow) {
  const Steps steps(*this);
  if (steps.too_deep()) return Type::kUnknown;
  if (follow) ref = origin(ref);
  if (is_std(*ref.file, ref.id)) return Type::kObject;
  const AstDraft& tree = ref.file->tree;
  const Node& node = ref.node();
  switch (node.op) {
    case Op::kNull:
      return Type::kNull;
    case Op::kTrue:
    case Op::kFalse:
    case Op::kNot:
    case Op::kLess:
    case Op::kLessEq:
    case Op::kGreater:
    case Op::kGreaterEq:
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kIn:
    case Op::kInSuper:
      return Type::kBool;
    case Op::kNumber:
    case Op::kNeg:
    case Op::kPlus:
    case Op::kBitNot:
    case Op::kSub:
    case Op::kMul:
    case Op::kDiv:
    case Op::kShiftLeft:
    case Op::kShiftRight:
    case Op::kBitAnd:
    case Op::kBitOr:
    case Op::kBitXor:
      return Type::kNumber;
    case Op::kString:
    case Op::kImportStr:
      return Type::kString;
    case Op::kArray:
    case Op::kArrayComp:
    case Op::kImportBin:
      return Type::kArray;
    case Op::kObject:
    case Op::kObjectComp:
    case Op::kSelf:
    case Op::kDollar:
      return Type::kObject;
    case Op::kFunction:
      return Type::kFunction;
    case Op::kMod: {
      const Type left = type(ref.at(node.a), follow);
      return left == Type::kString || left == Type::kNumber ? left : Type::kUnknown;
    }
    case Op::kAdd:
      return sum_type(ref.at(node.a), ref.at(node.b), follow);
    case Op::kIf: {
      const NodeId other = tree.extra[node.b + 1];
      const Type yes = type(ref.at(tree.extra[node.b]), follow);
      return other != 0 && type(ref.at(other), follow) == yes ? yes : Type::kUnknown;
    }
    case Op::kCall:
      return call_type(ref.at(node.a), follow);
    default:
      return Type::kUnknown;
  }
}

Has Values::has_field(Ref object, std::string_view name) {
  const Steps steps(*this);
  if (steps.too_deep()) return Has::kMaybe;
  object = origin(object);
  if (is_std(*object.file, object.id)) {
    const bool known =
        jsonnet::find_builtin(name) != nullptr ||
        std::find(std::begin(kStdValues), std::end(kStdValues), name) != std::end(kStdValues);
    return known ? Has::kYes : Has::kNo;
  }
  const AstDraft& tree = object.file->tree;
  const Node& node = object.node();
  if (node.op == Op::kAdd) {
    const Has left = has_field(object.at(node.a), name), right = has_field(object.at(node.b), name);
    if (left == Has::kYes || right == Has::kYes) return Has::kYes;
    return left == Has::kNo && right == Has::kNo ? Has::kNo : Has::kMaybe;
  }
  if (node.op != Op::kObject) return Has::kMaybe;
  Has has = Has::kNo;
  for (const jsonnet::ObjectField& one : object_of(tree, node).fields) {
    const std::optional<std::string_view> key = key_of(tree, one);
    if (key == name) return Has::kYes;
    if (!key) has = Has::kMaybe;
  }
  return has;
}

void Values::collect_fields(Ref object, std::vector<std::string>& names) {
  const Steps steps(*this);
  if (steps.too_deep()) return;
  object = origin(object);
  if (is_std(*object.file, object.id)) {
    for (const jsonnet::Builtin& builtin : jsonnet::builtins()) names.emplace_back(builtin.name);
    names.insert(names.end(), std::begin(kStdValues), std::end(kStdValues));
    return;
  }
  const Node& node = object.node();
  if (node.op == Op::kAdd) {
    collect_fields(object.at(node.a), names);
    collect_fields(object.at(node.b), names);
  }
  if (node.op != Op::kObject) return;
  for (const jsonnet::ObjectField& one : object_of(object.file->tree, node).fields)
    if (const std::optional<std::string_view> key = key_of(object.file->tree, one))
      names.emplace_back(*key);
}

std::string_view Values::std_member(Ref ref) {
  ref = origin(ref);
  const Node& node = ref.node();
  if (node.op != Op::kField) return "";
  const Ref object = origin(ref.at(node.a));
  return is_std(*object.file, object.id) ? ref.file->tree.symbol(node.b) : "";
}

std::optional<Signature> Values::signature(Ref callee) {
  Signature out;
  const Ref function = origin(callee);
  if (function.node().op == Op::kFunction) {
    const AstDraft& tree = function.file->tree;
    for (const Parameter& one : function_of(tree, function.node()).parameters)
      out.parameters.push_back({std::string(tree.symbol(one.name)), one.preset == 0});
    return out;
  }
  const jsonnet::Builtin* builtin = jsonnet::find_builtin(std_member(callee));
  if (builtin == nullptr) return std::nullopt;
  for (std::string_view name : split(builtin->parameters, ' ')) {
    const bool required = !name.ends_with('=');
    if (!required) name.remove_suffix(1);
    if (!name.empty()) out.parameters.push_back({std::string(name), required});
  }
  return out;
}

}  // namespace kfctl::lint
