// The standard library: tables of native functions, and what their code has in common.
//
// A function gets its arguments forced, but for those its row marks as lazy, and a hole for each
// that was left out. Its messages begin with its name: "std.substr: ...".
#pragma once

#include <span>
#include <string_view>

#include "templates/jsonnet/engine/vm.h"

namespace kfctl::jsonnet {

/// All functions of std, sorted by name.
std::span<const Builtin> builtins();
const Builtin* find_builtin(std::string_view name);

// The groups, one for each file std_*.cpp.
std::span<const Builtin> std_types();
std::span<const Builtin> std_math();
std::span<const Builtin> std_strings();
std::span<const Builtin> std_encoding();
std::span<const Builtin> std_arrays();
std::span<const Builtin> std_sets();
std::span<const Builtin> std_objects();
std::span<const Builtin> std_manifest();

inline constexpr uint32_t kLazy0 = 1, kLazy1 = 2, kLazy2 = 4;

[[noreturn]] void wrong_type(Vm& vm, const char* function, std::string_view what,
                             std::string_view wanted, Value got, const Exec* at);

inline double want_number(Vm& vm, Value v, const char* function, std::string_view what,
                          const Exec* at) {
  if (!v.is_number()) wrong_type(vm, function, what, "a number", v, at);
  return v.num();
}
inline const Str* want_string(Vm& vm, Value v, const char* function, std::string_view what,
                              const Exec* at) {
  if (!v.is_string()) wrong_type(vm, function, what, "a string", v, at);
  return v.str();
}
inline Arr* want_array(Vm& vm, Value v, const char* function, std::string_view what,
                       const Exec* at) {
  if (!v.is_array()) wrong_type(vm, function, what, "an array", v, at);
  return v.arr();
}
inline Object* want_object(Vm& vm, Value v, const char* function, std::string_view what,
                           const Exec* at) {
  if (!v.is_object()) wrong_type(vm, function, what, "an object", v, at);
  return v.obj();
}
inline const Func* want_function(Vm& vm, Value v, const char* function, std::string_view what,
                                 const Exec* at) {
  if (!v.is_function()) wrong_type(vm, function, what, "a function", v, at);
  return v.func();
}
inline bool want_bool(Vm& vm, Value v, const char* function, std::string_view what,
                      const Exec* at) {
  if (!v.is_bool()) wrong_type(vm, function, what, "a boolean", v, at);
  return v.is_true();
}
/// An array, or a string as the array of its characters.
Arr* want_sequence(Vm& vm, Value v, const char* function, std::string_view what, const Exec* at);

Value format(Vm& vm, const Str* pattern, Value values, const Exec* at);
Value join(Vm& vm, Value separator, Value array, const Exec* at);
/// The texts of `items` with `between` between them, and `end` behind the last if there are any.
/// Items that are null are left out.
const Str* join_text(Vm& vm, std::string_view between, std::string_view end, Arr* items,
                     const Exec* at);

}  // namespace kfctl::jsonnet
