// Functions of the library that hand on what they are given: the way goes on in the argument. What
// is not named here computes, and is the origin itself.
#include <algorithm>

#include "base/text.h"
#include "templates/jsonnet/engine/library.h"
#include "templates/jsonnet/engine/tracer.h"

namespace kfctl::jsonnet {

void Tracer::library(Walk& walk, const Func* function) {
  const std::string_view name = function->builtin->name;
  if (name == "extVar") {
    const Ref variable = argument(walk, function, 0);
    return external(walk, std::string(eval(variable).str()->view()));
  }
  if (name == "trace") return enter(walk, argument(walk, function, 1));
  if (name == "get") {
    const Ref object = argument(walk, function, 0);
    const Str* key = eval(argument(walk, function, 1)).str();
    if (!vm_.has(eval(object).obj(), key, true)) {
      const Ref preset = argument(walk, function, 2);
      return preset.node == 0 ? finish(walk, OriginKind::kComputed) : enter(walk, preset);
    }
    walk.rest.emplace_back(std::string(key->view()));
    return enter(walk, object);
  }
  if (name == "toString" && eval(argument(walk, function, 0)).is_string())
    return enter(walk, argument(walk, function, 0));
  if (walk.rest.empty()) return finish(walk, OriginKind::kComputed);
  const bool handled = walk.rest.back().is_index()
                           ? items(walk, name, function) || rearranged(walk, name, function)
                           : members(walk, name, function);
  if (!handled) object(walk);  // it may have put together objects of the user's
}

void Tracer::external(Walk& walk, const std::string& name) {
  vm_.external(vm_.intern(name), nullptr);
  walk.out.origin.external = name;
  walk.out.origin.inside.assign(walk.rest.rbegin(), walk.rest.rend());
  if (!walk.out.hops.empty()) walk.out.hops.back().external = name;
  if (Code* code = vm_.code_at("<extvar:" + name + ">"))
    return enter(walk, {code, code->ast->root, root_env(code)});
  Value value;
  finish(walk, OriginKind::kExternal);
  if (value_at(vm_.external(vm_.intern(name), nullptr), walk.rest, value))
    walk.out.origin.value = scalar(value);
  walk.out.origin.place = {"", 0, 0, "external variable " + name, ""};
}

// Goes into the body of a function that the library calls.
void Tracer::apply(Walk& walk, const Func* function, std::vector<Argument> arguments,
                   const std::vector<Value>& values) {
  const FunctionNode* node = function->node;
  if (node == nullptr || arguments.size() > node->count) return finish(walk, OriginKind::kComputed);
  if (node->body == nullptr) node->prepare(vm_);
  Env* env = vm_.new_env(function->env, node->slots);
  std::copy(values.begin(), values.end(), env->slots);
  record_of(env) = Value::number(static_cast<double>(replayed_.size()));
  replayed_.push_back(std::move(arguments));
  Frame frame{vm_, env, false};
  node->fill_defaults(frame, nullptr);
  enter(walk, {node->code, node->body_id, env});
}

// The argument for parameter `index` of a library function; node 0 if it is left out.
Tracer::Ref Tracer::argument(const Walk& walk, const Func* function, uint32_t index) const {
  const Ast& ast = *walk.at.code->ast;
  const uint32_t list = ast.node(walk.at.node).b;
  const uint32_t positional = ast.extra[list], named = ast.extra[list + 1];
  Ref ref{walk.at.code, 0, walk.at.env};
  if (index < positional) {
    ref.node = ast.extra[list + 2 + index];
    return ref;
  }
  std::string_view name = split(function->builtin->parameters, ' ')[index];
  if (name.ends_with('=')) name.remove_suffix(1);
  for (uint32_t i = 0; i < named; ++i) {
    const uint32_t pair = list + 2 + positional + 2 * i;
    if (ast.symbol(ast.extra[pair]) == name) ref.node = ast.extra[pair + 1];
  }
  return ref;
}

// --- one item of what the function gives is what it makes of one item

bool Tracer::items(Walk& walk, std::string_view name, const Func* function) {
  const auto arg = [&](uint32_t i) { return argument(walk, function, i); };
  const int64_t at = walk.rest.back().index;
  const Value number = Value::number(static_cast<double>(at));
  if (name == "map" || name == "mapWithIndex") {
    const Value array = eval(arg(1));
    if (!array.is_array()) return false;
    const Value item = vm_.lazy_item(array.arr(), static_cast<size_t>(at));
    const Argument given{arg(1), {PathStep(at)}, ""};
    const Func* each = eval(arg(0)).func();
    walk.rest.pop_back();
    if (name == "map") return apply(walk, each, {given}, {item}), true;
    return apply(walk, each, {{}, given}, {number, item}), true;
  }
  if (name == "makeArray") {
    const Func* each = eval(arg(1)).func();
    walk.rest.pop_back();
    return apply(walk, each, {{}}, {number}), true;
  }
  if (name == "filter") return filtered(walk, function, 1), true;
  if (name == "filterMap") {
    const Func* each = eval(arg(1)).func();
    const Ref source = arg(2);
    filtered(walk, function, 2);
    const PathStep which = walk.rest.back();
    const Value item = vm_.lazy_item(eval(source).arr(), static_cast<size_t>(which.index));
    walk.rest.pop_back();
    return apply(walk, each, {{source, {which}, ""}}, {item}), true;
  }
  if (name == "flattenArrays") return flattened(walk, arg(0), {}), true;
  if (name == "join") return flattened(walk, arg(1), arg(0)), true;
  return false;
}

// The function's item number n is the n-th that it accepts.
void Tracer::filtered(Walk& walk, const Func* function, uint32_t which) {
  const Ref source = argument(walk, function, which);
  const Func* accepts = eval(argument(walk, function, 0)).func();
  Arr* array = eval(source).arr();
  int64_t left = walk.rest.back().index;
  for (uint32_t i = 0; i < array->count; ++i) {
    if (!vm_.call(accepts, {vm_.lazy_item(array, i)}, nullptr).is_true() || left-- > 0) continue;
    walk.rest.back().index = i;
    break;
  }
  enter(walk, source);
}

// An item of arrays that are joined, with `separator` between them if there is one.
void Tracer::flattened(Walk& walk, Ref arrays, Ref separator) {
  Arr* outer = eval(arrays).arr();
  const int64_t gap = separator.node == 0 ? 0 : eval(separator).arr()->count;
  int64_t at = walk.rest.back().index;
  bool first = true;
  for (uint32_t i = 0; i < outer->count; ++i) {
    const Value inner = vm_.item(outer, i);
    if (!inner.is_array()) continue;  // null, which join leaves out
    if (!first && at < gap) {
      walk.rest.back().index = at;
      return enter(walk, separator);
    }
    if (!first) at -= gap;
    first = false;
    if (at < inner.arr()->count) {
      walk.rest.back().index = at;
      walk.rest.emplace_back(static_cast<int64_t>(i));
      return enter(walk, arrays);
    }
    at -= inner.arr()->count;
  }
  finish(walk, OriginKind::kUnknown);
}

// --- the same items at other places

bool Tracer::rearranged(Walk& walk, std::string_view name, const Func* function) {
  const auto arg = [&](uint32_t i) { return argument(walk, function, i); };
  int64_t& at = walk.rest.back().index;
  if (name == "reverse") {
    const Value array = eval(arg(0));
    if (!array.is_array()) return false;
    at = array.arr()->count - 1 - at;
  } else if (name == "repeat") {
    const Value array = eval(arg(0));
    if (!array.is_array()) return false;
    at %= array.arr()->count;
  } else if (name == "removeAt") {
    if (at >= static_cast<int64_t>(eval(arg(1)).num())) ++at;
  } else if (name == "objectValues" || name == "objectValuesAll" || name == "objectKeysValues" ||
             name == "objectKeysValuesAll") {
    const bool pairs = name.starts_with("objectKeys");
    if (pairs && (walk.rest.size() < 2 || walk.rest[walk.rest.size() - 2].key != "value"))
      return false;
    Object* object = eval(arg(0)).obj();
    const uint32_t position = vm_.fields(object, name.ends_with("All"))[static_cast<size_t>(at)];
    walk.rest.pop_back();
    if (pairs) walk.rest.pop_back();
    walk.rest.emplace_back(std::string(object->shape->table.keys[position]->view()));
  } else if (name == "setUnion") {
    return picked(walk, arg(0)) || picked(walk, arg(1));
  } else if (name == "sort" || name == "uniq" || name == "set" || name == "setInter" ||
             name == "setDiff" || name == "remove" || name == "prune") {
    return picked(walk, arg(0));
  } else {
    return false;
  }
  enter(walk, arg(0));
  return true;
}

// The item of `from` that the function's item equals.
bool Tracer::picked(Walk& walk, Ref from) {
  const Value chosen = vm_.item(eval(walk.at).arr(), static_cast<size_t>(walk.rest.back().index));
  const Value source = eval(from);
  if (!source.is_array()) return false;
  for (uint32_t i = 0; i < source.arr()->count; ++i) {
    if (!equal(vm_, vm_.item(source.arr(), i), chosen, nullptr)) continue;
    walk.rest.back().index = i;
    enter(walk, from);
    return true;
  }
  return false;
}

// --- members

bool Tracer::members(Walk& walk, std::string_view name, const Func* function) {
  const auto arg = [&](uint32_t i) { return argument(walk, function, i); };
  if (name == "mergePatch") return patched(walk, arg(0), arg(1)), true;
  if (name == "objectRemoveKey" || name == "prune") return enter(walk, arg(0)), true;
  if (name != "mapWithKey") return false;
  const PathStep key = walk.rest.back();
  const Str* symbol = vm_.intern(key.key);
  Value member;
  if (!vm_.get(eval(arg(1)).obj(), symbol, member, nullptr)) return false;
  const Func* each = eval(arg(0)).func();
  walk.rest.pop_back();
  apply(walk, each, {{}, {arg(1), {key}, ""}}, {Value::of(symbol), member});
  return true;
}

// std.mergePatch: what the patch has at the way wins, down to what is no object there.
void Tracer::patched(Walk& walk, Ref target, Ref patch) {
  Value value = eval(patch);
  for (auto step = walk.rest.rbegin(); step != walk.rest.rend() && value.is_object(); ++step) {
    const Str* key = vm_.intern(step->key);
    if (step->is_index() || !vm_.has(value.obj(), key, false)) return enter(walk, target);
    vm_.get(value.obj(), key, value, nullptr);
  }
  walk.hidden.push_back({target, nullptr, 0, {}, walk.rest});
  enter(walk, patch);
}

}  // namespace kfctl::jsonnet
