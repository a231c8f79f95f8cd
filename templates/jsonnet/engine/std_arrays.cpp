// std: arrays.
#include <algorithm>
#include <cmath>

#include "templates/jsonnet/engine/exec.h"
#include "templates/jsonnet/engine/library.h"

namespace kfctl::jsonnet {

// target[from:to:step], null for what is left out; std.slice.
Value slice(Vm& vm, Value target, Value from, Value to, Value step, const Exec* at) {
  if (!target.is_array() && !target.is_string())
    vm.fail(at, "only arrays and strings have slices, this is a " +
                    std::string(type_name(target.type())));
  const double length = target.is_array() ? target.arr()->count : target.str()->chars;
  const auto limit = [&](Value value, double preset) {
    if (value.is_null()) return preset;
    const double number = want_number(vm, value, "slice", "a limit", at);
    return number < 0 ? number + length : number;
  };
  const double stride = step.is_null() ? 1 : want_number(vm, step, "slice", "the step", at);
  if (stride < 0) vm.fail(at, "a slice cannot go backwards: its step is negative");
  if (stride == 0) vm.fail(at, "the step of a slice must be greater than 0");
  const double begin = std::max(0.0, limit(from, 0));
  const double end = std::min(length, limit(to, length));
  if (begin != std::floor(begin) || stride != std::floor(stride))
    vm.fail(at, "the limits of a slice must be whole numbers");
  if (begin >= end) {
    return target.is_array() ? Value::of(vm.empty_array()) : Value::of(vm.empty_string());
  }
  const size_t first = static_cast<size_t>(begin), last = static_cast<size_t>(std::ceil(end));
  const size_t stride_of =
      stride > length ? static_cast<size_t>(length) : static_cast<size_t>(stride);
  if (target.is_array()) return Value::of(vm.slice(target.arr(), first, last, stride_of));
  if (stride_of == 1) return Value::of(vm.substring(target.str(), first, last - first));
  Arr* picked = vm.slice(vm.chars_of(target.str()), first, last, stride_of);
  return join(vm, Value::of(vm.empty_string()), Value::of(picked), at);
}

namespace {

// The text of an item, or nullptr for null, which is left out.
const Str* part(Vm& vm, Arr* items, uint32_t index, const Exec* at) {
  const Value item = vm.item(items, index);
  if (item.is_null()) return nullptr;
  if (!item.is_string())
    vm.fail(at, "std.join: item " + std::to_string(index) + " must be a string, not a " +
                    std::string(type_name(item.type())));
  return item.str();
}

// As in std.join(',', std.makeArray(n, function(i) 'item %d' % i)): of the items nothing is left
// but what is written.
const Str* join_passing(Vm& vm, std::string_view between, std::string_view end, Arr* items,
                        const Exec* at) {
  Scratch out(vm);
  bool first = true;
  for (uint32_t i = 0; i < items->count; ++i) {
    const Str* const text = part(vm, items, i, at);
    if (text == nullptr) continue;
    if (!first) out.text += between;
    first = false;
    out.text += text->view();
    if (text == vm.fresh) vm.give_back(text);
  }
  if (!first) out.text += end;
  vm.region.give_back(items->items, items->count * sizeof(Value));
  return vm.string(out.text);
}

}  // namespace

// Evaluates all items first, so that the memory for the result is taken once.
const Str* join_text(Vm& vm, std::string_view between, std::string_view end, Arr* items,
                     const Exec* at) {
  if (items->kind == ArrKind::kMade && items->made->read_once)
    return join_passing(vm, between, end, items, at);
  size_t bytes = 0, parts = 0;
  for (uint32_t i = 0; i < items->count; ++i) {
    const Str* const text = part(vm, items, i, at);
    if (text == nullptr) continue;
    bytes += text->bytes;
    ++parts;
  }
  if (parts == 0) return vm.empty_string();
  bytes += (parts - 1) * between.size() + end.size();
  char* const memory = vm.region.array<char>(bytes);
  char* to = memory;
  bool first = true;
  for (uint32_t i = 0; i < items->count; ++i) {
    const Str* const text = part(vm, items, i, at);
    if (text == nullptr) continue;
    if (!first) to = std::copy(between.begin(), between.end(), to);
    first = false;
    to = std::copy(text->data, text->data + text->bytes, to);
  }
  std::copy(end.begin(), end.end(), to);
  return vm.string_in_region(memory, bytes);
}

// std.join.
Value join(Vm& vm, Value separator, Value array, const Exec* at) {
  Arr* items = want_array(vm, array, "join", "the array", at);
  if (separator.is_string()) {
    return Value::of(join_text(vm, separator.str()->view(), "", items, at));
  }
  Arr* between = want_array(vm, separator, "join", "the separator", at);
  size_t count = 0, parts = 0;
  for (uint32_t i = 0; i < items->count; ++i) {
    const Value item = vm.item(items, i);
    if (item.is_null()) continue;
    if (!item.is_array())
      vm.fail(at, "std.join: item " + std::to_string(i) + " must be an array, not a " +
                      std::string(type_name(item.type())));
    count += item.arr()->count;
    ++parts;
  }
  if (parts > 1) count += (parts - 1) * between->count;
  Value* const memory = vm.region.array<Value>(count);
  Value* end = memory;
  const auto append = [&](Arr* part) {
    for (uint32_t i = 0; i < part->count; ++i) *end++ = vm.lazy_item(part, i);
  };
  bool first = true;
  for (uint32_t i = 0; i < items->count; ++i) {
    const Value item = vm.item(items, i);
    if (item.is_null()) continue;
    if (!first) append(between);
    first = false;
    append(item.arr());
  }
  return Value::of(vm.array(memory, count));
}

namespace {

Value slice_value(Vm& vm, Value* a, const Exec* at) {
  return slice(vm, a[0], a[1], a[2], a[3], at);
}

Value join_value(Vm& vm, Value* a, const Exec* at) { return join(vm, a[0], a[1], at); }

// A count of items: whole, not negative, small enough to be held.
size_t want_count(Vm& vm, Value value, const char* function, std::string_view what,
                  const Exec* at) {
  const double number = want_number(vm, value, function, what, at);
  if (number < 0)
    vm.fail(at, "std." + std::string(function) + ": " + std::string(what) + " cannot be negative");
  if (number > 4e9)
    vm.fail(at, "std." + std::string(function) + ": this array would have too many items");
  return static_cast<size_t>(number);
}

Value make_array(Vm& vm, Value* a, const Exec* at) {
  const size_t count = want_count(vm, a[0], "makeArray", "the size", at);
  return Value::of(vm.made(Made::kOfIndex, want_function(vm, a[1], "makeArray", "the function", at),
                           nullptr, count));
}

Value range(Vm& vm, Value* a, const Exec* at) {
  const double from = std::trunc(want_number(vm, a[0], "range", "the first number", at));
  const double to = std::trunc(want_number(vm, a[1], "range", "the last number", at));
  if (to < from) return Value::of(vm.empty_array());
  if (to - from + 1 > 4e9) vm.fail(at, "std.range: this array would have too many items");
  return Value::of(vm.range(from, static_cast<size_t>(to - from + 1)));
}

Value repeat(Vm& vm, Value* a, const Exec* at) {
  if (!a[0].is_string() && !a[0].is_array())
    wrong_type(vm, "repeat", "what is repeated", "a string or an array", a[0], at);
  const size_t count = want_count(vm, a[1], "repeat", "the count", at);
  if (a[0].is_string()) {
    const std::string_view text = a[0].str()->view();
    if (text.size() * count > UINT32_MAX) vm.fail(at, "std.repeat: the result is too long");
    if (text.empty()) return a[0];
    char* const memory = vm.region.array<char>(text.size() * count);
    for (char* to = memory; to != memory + text.size() * count; to += text.size())
      std::copy(text.begin(), text.end(), to);
    return Value::of(vm.string_in_region(memory, text.size() * count));
  }
  Arr* source = a[0].arr();
  if (source->count * count > UINT32_MAX) vm.fail(at, "std.repeat: the result is too long");
  Value* items = vm.region.array<Value>(source->count * count);
  for (size_t i = 0; i < source->count * count; ++i)
    items[i] = vm.lazy_item(source, i % source->count);
  return Value::of(vm.array(items, source->count * count));
}

Value map(Vm& vm, Value* a, const Exec* at) {
  const Func* function = want_function(vm, a[0], "map", "the function", at);
  Arr* source = want_sequence(vm, a[1], "map", "the array", at);
  return Value::of(vm.made(Made::kOfItem, function, source, source->count));
}

Value map_with_index(Vm& vm, Value* a, const Exec* at) {
  const Func* function = want_function(vm, a[0], "mapWithIndex", "the function", at);
  Arr* source = want_sequence(vm, a[1], "mapWithIndex", "the array", at);
  return Value::of(vm.made(Made::kOfBoth, function, source, source->count));
}

Value flat_map(Vm& vm, Value* a, const Exec* at) {
  const Func* function = want_function(vm, a[0], "flatMap", "the function", at);
  Arr* source = want_sequence(vm, a[1], "flatMap", "the array", at);
  const bool text = a[1].is_string();
  ValueList parts(vm);
  for (uint32_t i = 0; i < source->count; ++i) {
    const Value part = vm.call(function, {vm.lazy_item(source, i)}, at);
    if (text ? !part.is_string() : !part.is_array())
      wrong_type(vm, "flatMap", "what the function returns", text ? "a string" : "an array", part,
                 at);
    parts.push_back(part);
  }
  const Value separator = text ? Value::of(vm.empty_string()) : Value::of(vm.empty_array());
  return join(vm, separator, Value::of(vm.array(parts)), at);
}

Value filter_items(Vm& vm, const Func* function, Arr* source, const char* name, const Exec* at) {
  ValueList kept(vm);
  for (uint32_t i = 0; i < source->count; ++i) {
    const Value item = vm.lazy_item(source, i);
    if (want_bool(vm, vm.call(function, {item}, at), name, "what the function returns", at))
      kept.push_back(vm.lazy_item(source, i));
  }
  return Value::of(vm.array(kept));
}

Value filter(Vm& vm, Value* a, const Exec* at) {
  const Func* function = want_function(vm, a[0], "filter", "the function", at);
  return filter_items(vm, function, want_array(vm, a[1], "filter", "the array", at), "filter", at);
}

Value filter_map(Vm& vm, Value* a, const Exec* at) {
  const Func* keep = want_function(vm, a[0], "filterMap", "the filter", at);
  const Func* change = want_function(vm, a[1], "filterMap", "the function", at);
  Arr* source = want_array(vm, a[2], "filterMap", "the array", at);
  Arr* kept = filter_items(vm, keep, source, "filterMap", at).arr();
  return Value::of(vm.made(Made::kOfItem, change, kept, kept->count));
}

Value foldl(Vm& vm, Value* a, const Exec* at) {
  const Func* function = want_function(vm, a[0], "foldl", "the function", at);
  Arr* source = want_sequence(vm, a[1], "foldl", "the array", at);
  Value running = a[2];
  for (uint32_t i = 0; i < source->count; ++i)
    running = vm.call(function, {running, vm.lazy_item(source, i)}, at);
  return vm.force(running);
}

Value foldr(Vm& vm, Value* a, const Exec* at) {
  const Func* function = want_function(vm, a[0], "foldr", "the function", at);
  Arr* source = want_sequence(vm, a[1], "foldr", "the array", at);
  Value running = a[2];
  for (uint32_t i = source->count; i-- > 0;)
    running = vm.call(function, {vm.lazy_item(source, i), running}, at);
  return vm.force(running);
}

Value flatten_arrays(Vm& vm, Value* a, const Exec* at) {
  Arr* source = want_sequence(vm, a[0], "flattenArrays", "the array", at);
  bool arrays = true;
  for (uint32_t i = 0; i < source->count && arrays; ++i) arrays = vm.item(source, i).is_array();
  if (arrays) return join(vm, Value::of(vm.empty_array()), Value::of(source), at);
  Value sum = Value::of(vm.empty_array());
  for (uint32_t i = 0; i < source->count; ++i) sum = add(vm, sum, vm.item(source, i), at);
  return sum;
}

void flatten_deep(Vm& vm, Value value, ValueList& out, const Exec* at) {
  if (stack_is_low()) vm.fail(at, "std.flattenDeepArray: this array is nested too deeply");
  if (!value.is_array()) return out.push_back(value);
  for (uint32_t i = 0; i < value.arr()->count; ++i)
    flatten_deep(vm, vm.item(value.arr(), i), out, at);
}

Value flatten_deep_array(Vm& vm, Value* a, const Exec* at) {
  ValueList out(vm);
  flatten_deep(vm, a[0], out, at);
  return Value::of(vm.array(out));
}

Value reverse(Vm& vm, Value* a, const Exec* at) {
  Arr* source = want_sequence(vm, a[0], "reverse", "the array", at);
  return Value::of(vm.picked(source, int64_t{source->count} - 1, -1, source->count));
}

Value member(Vm& vm, Value* a, const Exec* at) {
  const Value wanted = vm.force(a[1]);
  if (a[0].is_string()) {
    const Str* part = want_string(vm, wanted, "member", "what is looked for", at);
    const bool found =
        part->bytes > 0 && a[0].str()->view().find(part->view()) != std::string::npos;
    return Value::boolean(found);
  }
  Arr* array = want_array(vm, a[0], "member", "the first argument", at);
  bool found = false;
  for (uint32_t i = 0; i < array->count && !found; ++i)
    found = equal(vm, vm.item(array, i), wanted, at);
  return Value::boolean(found);
}

Value contains(Vm& vm, Value* a, const Exec* at) {
  want_array(vm, a[0], "contains", "the array", at);
  return member(vm, a, at);
}

Value count(Vm& vm, Value* a, const Exec* at) {
  Arr* array = want_array(vm, a[0], "count", "the array", at);
  uint32_t found = 0;
  for (uint32_t i = 0; i < array->count; ++i)
    found += equal(vm, vm.item(array, i), vm.force(a[1]), at);
  return Value::number(found);
}

Value find(Vm& vm, Value* a, const Exec* at) {
  Arr* array = want_array(vm, a[1], "find", "the array", at);
  ValueList places(vm);
  for (uint32_t i = 0; i < array->count; ++i)
    if (equal(vm, vm.item(array, i), vm.force(a[0]), at)) places.push_back(Value::number(i));
  return Value::of(vm.array(places));
}

template <bool kStopsAt>
Value all_or_any(Vm& vm, Value* a, const Exec* at) {
  const char* name = kStopsAt ? "any" : "all";
  Arr* array = want_array(vm, a[0], name, "the array", at);
  for (uint32_t i = 0; i < array->count; ++i)
    if (want_bool(vm, vm.item(array, i), name, "an item", at) == kStopsAt)
      return Value::boolean(kStopsAt);
  return Value::boolean(!kStopsAt);
}

Value sum_of(Vm& vm, Arr* array, const Exec* at) {
  Value sum = Value::number(0);
  for (uint32_t i = 0; i < array->count; ++i) sum = add(vm, sum, vm.item(array, i), at);
  return sum;
}

Value sum(Vm& vm, Value* a, const Exec* at) {
  return sum_of(vm, want_sequence(vm, a[0], "sum", "the array", at), at);
}

Value avg(Vm& vm, Value* a, const Exec* at) {
  Arr* array = want_sequence(vm, a[0], "avg", "the array", at);
  if (array->count == 0) vm.fail(at, "std.avg: an empty array has no average");
  const Value total = sum_of(vm, array, at);
  return checked(vm, want_number(vm, total, "avg", "the sum", at) / array->count, at);
}

template <bool kGreatest>
Value extreme(Vm& vm, Value* a, const Exec* at) {
  const char* name = kGreatest ? "maxArray" : "minArray";
  Arr* array = want_sequence(vm, a[0], name, "the array", at);
  if (array->count == 0) {
    if (a[2].is_hole())
      vm.fail(at, "std." + std::string(name) + ": the array is empty",
              "its argument onEmpty says what to return then");
    return vm.force(a[2]);
  }
  const Func* key = a[1].is_hole() ? nullptr : want_function(vm, a[1], name, "keyF", at);
  const auto key_of = [&](Value item) {
    return key == nullptr ? vm.force(item) : vm.call(key, {item}, at);
  };
  Value best = vm.lazy_item(array, 0);
  if (array->count == 1) return vm.force(best);
  Value best_key = key_of(best);
  for (uint32_t i = 0; i < array->count; ++i) {
    const Value item = vm.lazy_item(array, i);
    const Value item_key = key_of(item);
    const int order = compare(vm, best_key, item_key, at);
    if (kGreatest ? order >= 0 : order <= 0) continue;
    best = item;
    best_key = item_key;
  }
  return vm.force(best);
}

Value without(Vm& vm, Arr* array, size_t left_out) {
  ValueList kept(vm);
  for (uint32_t i = 0; i < array->count; ++i)
    if (i != left_out) kept.push_back(vm.lazy_item(array, i));
  return Value::of(vm.array(kept));
}

Value remove_at(Vm& vm, Value* a, const Exec* at) {
  Arr* array = want_sequence(vm, a[0], "removeAt", "the array", at);
  const bool is_place = a[1].is_number() && a[1].num() >= 0 && a[1].num() < array->count &&
                        a[1].num() == std::floor(a[1].num());
  return without(vm, array, is_place ? static_cast<size_t>(a[1].num()) : array->count);
}

Value remove(Vm& vm, Value* a, const Exec* at) {
  Arr* array = want_array(vm, a[0], "remove", "the array", at);
  for (uint32_t i = 0; i < array->count; ++i)
    if (equal(vm, vm.item(array, i), vm.force(a[1]), at)) return without(vm, array, i);
  return a[0];
}

constexpr Builtin kTable[] = {
    {"slice", slice_value, "indexable index end step", 0},
    {"join", join_value, "sep arr", 0},
    {"makeArray", make_array, "sz func", 0},
    {"range", range, "from to", 0},
    {"repeat", repeat, "what count", 0},
    {"map", map, "func arr", 0},
    {"mapWithIndex", map_with_index, "func arr", 0},
    {"flatMap", flat_map, "func arr", 0},
    {"filter", filter, "func arr", 0},
    {"filterMap", filter_map, "filter_func map_func arr", 0},
    {"foldl", foldl, "func arr init", kLazy2},
    {"foldr", foldr, "func arr init", kLazy2},
    {"flattenArrays", flatten_arrays, "arrs", 0},
    {"flattenDeepArray", flatten_deep_array, "value", 0},
    {"reverse", reverse, "arr", 0},
    {"member", member, "arr x", kLazy1},
    {"contains", contains, "arr elem", kLazy1},
    {"count", count, "arr x", kLazy1},
    {"find", find, "value arr", kLazy0},
    {"all", all_or_any<false>, "arr", 0},
    {"any", all_or_any<true>, "arr", 0},
    {"sum", sum, "arr", 0},
    {"avg", avg, "arr", 0},
    {"minArray", extreme<false>, "arr keyF= onEmpty=", kLazy2},
    {"maxArray", extreme<true>, "arr keyF= onEmpty=", kLazy2},
    {"removeAt", remove_at, "arr at", 0},
    {"remove", remove, "arr elem", kLazy1},
};

}  // namespace

std::span<const Builtin> std_arrays() { return kTable; }

}  // namespace kfctl::jsonnet
