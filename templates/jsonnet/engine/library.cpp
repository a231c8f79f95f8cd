#include "templates/jsonnet/engine/library.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "templates/jsonnet/engine/exec.h"
#include "templates/jsonnet/engine/manifest.h"
#include "templates/jsonnet/engine/recorder.h"

namespace kfctl::jsonnet {
namespace {

bool by_name(const Builtin& a, const Builtin& b) { return std::strcmp(a.name, b.name) < 0; }

void count_parameters(Builtin& builtin) {
  for (const std::string_view parameter : split(builtin.parameters, ' ')) {
    if (parameter.empty()) continue;
    ++builtin.count;
    if (!parameter.ends_with('=')) builtin.required = builtin.count;
  }
}

// Functions whose text is always new memory: never an argument, a part of one, or a constant. (A
// text of one character may be shared: nobody gives such a text back.)
constexpr std::string_view kMakers[] = {
    "asciiLower",
    "asciiUpper",
    "base64",
    "base64Decode",
    "deepJoin",
    "escapeStringBash",
    "escapeStringJson",
    "escapeStringPython",
    "escapeStringXML",
    "format",
    "join",
    "lines",
    "manifestIni",
    "manifestJson",
    "manifestJsonEx",
    "manifestJsonMinified",
    "manifestPython",
    "manifestPythonVars",
    "manifestToml",
    "manifestTomlEx",
    "manifestXmlJsonml",
    "manifestYamlDoc",
    "manifestYamlStream",
    "md5",
    "repeat",
    "sha1",
    "sha256",
    "sha3",
    "sha512",
};

// Functions that are done with the texts they were given when they return: nothing of them is in
// the result, in a table of names or in anything that is computed later.
constexpr std::string_view kTakers[] = {
    "asciiLower",
    "asciiUpper",
    "base64",
    "base64Decode",
    "base64DecodeBytes",
    "codepoint",
    "endsWith",
    "equalsIgnoreCase",
    "escapeStringBash",
    "escapeStringJson",
    "escapeStringPython",
    "escapeStringXML",
    "findSubstr",
    "isEmpty",
    "length",
    "md5",
    "parseHex",
    "parseInt",
    "parseJson",
    "parseOctal",
    "sha1",
    "sha256",
    "sha3",
    "sha512",
    "startsWith",
};

constexpr std::string_view kItemMakers[] = {"makeArray", "map", "mapWithIndex"};
constexpr std::string_view kItemTakers[] = {"join", "lines"};

void mark(std::vector<Builtin>& all, std::span<const std::string_view> names,
          bool Builtin::*property) {
  for (const std::string_view name : names) {
    const auto at =
        std::lower_bound(all.begin(), all.end(), name,
                         [](const Builtin& b, std::string_view n) { return b.name < n; });
    if (at != all.end() && at->name == name) (*at).*property = true;
  }
}

std::vector<Builtin> table_of(std::initializer_list<std::span<const Builtin>> groups) {
  std::vector<Builtin> all;
  for (const std::span<const Builtin> group : groups)
    all.insert(all.end(), group.begin(), group.end());
  for (Builtin& builtin : all) count_parameters(builtin);
  std::sort(all.begin(), all.end(), by_name);
  mark(all, kMakers, &Builtin::makes_text);
  mark(all, kTakers, &Builtin::takes_text);
  mark(all, kItemMakers, &Builtin::makes_items);
  mark(all, kItemTakers, &Builtin::takes_items);
  return all;
}

const Builtin* find(std::span<const Builtin> table, std::string_view name) {
  const auto at = std::lower_bound(table.begin(), table.end(), name,
                                   [](const Builtin& b, std::string_view n) { return b.name < n; });
  return at != table.end() && at->name == name ? &*at : nullptr;
}

}  // namespace

std::span<const Builtin> builtins() {
  static const std::vector<Builtin> all =
      table_of({std_types(), std_math(), std_strings(), std_encoding(), std_arrays(), std_sets(),
                std_objects(), std_manifest()});
  return all;
}

const Builtin* find_builtin(std::string_view name) { return find(builtins(), name); }

namespace {

// The function that was called: several share the code that complains, under the name `shared`.
std::string called_name(const Vm& vm, const char* shared, const Exec* at) {
  if (const auto* node = dynamic_cast<const BuiltinNode*>(at))
    return "std." + std::string(node->builtin->name);
  const Trace* top = vm.top;
  if (top != nullptr && top->kind == TraceKind::kCall && top->site == at && top->name != nullptr &&
      top->name->view().starts_with("std."))
    return std::string(top->name->view());
  return "std." + std::string(shared);
}

}  // namespace

void wrong_type(Vm& vm, const char* function, std::string_view what, std::string_view wanted,
                Value got, const Exec* at) {
  vm.fail(at, called_name(vm, function, at) + ": " + std::string(what) + " must be " +
                  std::string(wanted) + ", not a " + std::string(type_name(got.type())));
}

Arr* want_sequence(Vm& vm, Value v, const char* function, std::string_view what, const Exec* at) {
  if (v.is_string()) return vm.chars_of(v.str());
  if (!v.is_array()) wrong_type(vm, function, what, "an array or a string", v, at);
  return v.arr();
}

namespace {

constexpr size_t kMostParameters = 8;

size_t parameter_index(const std::vector<std::string_view>& names, std::string_view name) {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return i;
  return names.size();
}

std::vector<std::string_view> parameter_names(const Func* function) {
  std::vector<std::string_view> names;
  if (function->native != nullptr) {
    const std::vector<std::string>& given = function->native->function->parameters;
    names.assign(given.begin(), given.end());
    return names;
  }
  for (std::string_view name : split(function->builtin->parameters, ' ')) {
    if (name.ends_with('=')) name.remove_suffix(1);
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

Value call_host(Vm& vm, const NativeFunction& native, std::span<const Value> values,
                const Exec* at) {
  std::vector<Json> arguments;
  for (const Value value : values) arguments.push_back(to_json(vm, vm.force(value), at));
  const Result<Json> result = native.call(arguments);
  if (!result.ok()) vm.fail(at, result.error().message, result.error().hint);
  return from_json(vm, result.value());
}

}  // namespace

Value call_builtin(Vm& vm, const Func* function, std::span<const Value> arguments,
                   std::span<const NamedArgument> named, const Exec* at) {
  const Builtin* builtin = function->builtin;
  const std::string name =
      builtin != nullptr ? "std." + std::string(builtin->name) : function->native->function->name;
  const std::vector<std::string_view> names = parameter_names(function);
  if (arguments.size() > names.size())
    vm.fail(at, name + " takes " + std::to_string(names.size()) + " arguments, but " +
                    std::to_string(arguments.size()) + " were given");
  std::vector<Value> values(std::max(names.size(), kMostParameters), Value::hole());
  std::copy(arguments.begin(), arguments.end(), values.begin());
  for (const NamedArgument& argument : named) {
    const size_t index = parameter_index(names, argument.name->view());
    if (index == names.size())
      vm.fail(at, name + " has no parameter '" + std::string(argument.name->view()) + "'");
    if (!values[index].is_hole())
      vm.fail(at, "the argument '" + std::string(argument.name->view()) + "' is given twice");
    values[index] = argument.value;
  }
  const size_t required = builtin != nullptr ? builtin->required : names.size();
  for (size_t i = 0; i < required; ++i)
    if (values[i].is_hole())
      vm.fail(at, name + " needs its argument '" + std::string(names[i]) + "'");
  Scope scope(vm, TraceKind::kCall, at, vm.intern(name));
  const Measure measure(vm, builtin != nullptr ? FrameKind::kLibrary : FrameKind::kNative, name);
  if (builtin == nullptr)
    return call_host(vm, *function->native->function,
                     std::span<const Value>(values.data(), names.size()), at);
  for (size_t i = 0; i < names.size(); ++i)
    if ((builtin->lazy >> i & 1) == 0 && !values[i].is_hole()) values[i] = vm.force(values[i]);
  return builtin->call(vm, values.data(), at);
}

}  // namespace kfctl::jsonnet
