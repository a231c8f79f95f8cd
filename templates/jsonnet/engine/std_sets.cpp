// std: sorting, and sets: arrays that are sorted and hold nothing twice.
#include <algorithm>

#include "templates/jsonnet/engine/library.h"

namespace kfctl::jsonnet {
namespace {

// The key of an item: what keyF makes of it, or the item.
class Key {
 public:
  Key(Vm& vm, Value function, const char* name, const Exec* at)
      : vm_(vm),
        function_(function.is_hole() ? nullptr : want_function(vm, function, name, "keyF", at)),
        at_(at) {}
  Value of(Arr* array, size_t index) const {
    if (function_ == nullptr) return vm_.item(array, index);
    return vm_.call(function_, {vm_.lazy_item(array, index)}, at_);
  }

 private:
  Vm& vm_;
  const Func* function_;
  const Exec* at_;
};

struct Keyed {
  Value item;
  Value key;
};

bool all_numbers(const std::vector<Keyed>& items) {
  return std::all_of(items.begin(), items.end(), [](const Keyed& k) { return k.key.is_number(); });
}
bool all_strings(const std::vector<Keyed>& items) {
  return std::all_of(items.begin(), items.end(), [](const Keyed& k) { return k.key.is_string(); });
}

std::vector<Keyed> sorted(Vm& vm, Arr* array, const Key& key, const Exec* at) {
  vm.region.reserve(2 * array->count * sizeof(Keyed));  // with what sorting needs
  std::vector<Keyed> items(array->count);
  for (uint32_t i = 0; i < array->count; ++i)
    items[i] = {vm.lazy_item(array, i), array->count > 1 ? key.of(array, i) : Value::null()};
  if (array->count < 2) return items;
  if (all_numbers(items)) {
    std::stable_sort(items.begin(), items.end(),
                     [](const Keyed& a, const Keyed& b) { return a.key.num() < b.key.num(); });
  } else if (all_strings(items)) {
    std::stable_sort(items.begin(), items.end(), [](const Keyed& a, const Keyed& b) {
      return a.key.str()->view() < b.key.str()->view();
    });
  } else {
    std::stable_sort(items.begin(), items.end(), [&](const Keyed& a, const Keyed& b) {
      return compare(vm, a.key, b.key, at) < 0;
    });
  }
  return items;
}

Value array_of(Vm& vm, const std::vector<Keyed>& items) {
  Value* values = vm.region.array<Value>(items.size());
  for (size_t i = 0; i < items.size(); ++i) values[i] = items[i].item;
  return Value::of(vm.array(values, items.size()));
}

Value sort(Vm& vm, Value* a, const Exec* at) {
  const Key key(vm, a[1], "sort", at);
  return array_of(vm, sorted(vm, want_sequence(vm, a[0], "sort", "the array", at), key, at));
}

Value uniq(Vm& vm, Value* a, const Exec* at) {
  const Key key(vm, a[1], "uniq", at);
  Arr* array = want_sequence(vm, a[0], "uniq", "the array", at);
  vm.region.reserve(2 * array->count * sizeof(Keyed));
  std::vector<Keyed> kept;
  for (uint32_t i = 0; i < array->count; ++i) {
    if (array->count == 1) {
      kept.push_back({vm.lazy_item(array, i), Value::null()});
      break;
    }
    const Value its_key = key.of(array, i);
    if (kept.empty() || !equal(vm, kept.back().key, its_key, at))
      kept.push_back({vm.lazy_item(array, i), its_key});
  }
  return array_of(vm, kept);
}

Value set(Vm& vm, Value* a, const Exec* at) {
  const Key key(vm, a[1], "set", at);
  const std::vector<Keyed> items =
      sorted(vm, want_sequence(vm, a[0], "set", "the array", at), key, at);
  std::vector<Keyed> kept;
  for (const Keyed& item : items)
    if (kept.empty() || !equal(vm, kept.back().key, item.key, at)) kept.push_back(item);
  return array_of(vm, kept);
}

enum class Both { kUnion, kIntersection, kDifference };

// One walk over two sets. What neither order nor uniqueness of the arguments is checked.
template <Both kWhat>
Value merge(Vm& vm, Value* a, const Exec* at) {
  constexpr const char* kName = kWhat == Both::kUnion          ? "setUnion"
                                : kWhat == Both::kIntersection ? "setInter"
                                                               : "setDiff";
  Arr* left = want_sequence(vm, a[0], kName, "the first set", at);
  Arr* right = want_sequence(vm, a[1], kName, "the second set", at);
  const Key key(vm, a[2], kName, at);
  ValueList out(vm);
  uint32_t i = 0, j = 0;
  Value left_key = Value::hole(), right_key = Value::hole();
  while (i < left->count && j < right->count) {
    if (left_key.is_hole()) left_key = key.of(left, i);
    if (right_key.is_hole()) right_key = key.of(right, j);
    const bool same = equal(vm, left_key, right_key, at);
    if (same) {
      if (kWhat != Both::kDifference) out.push_back(vm.lazy_item(left, i));
    } else if (compare(vm, left_key, right_key, at) < 0) {
      if (kWhat != Both::kIntersection) out.push_back(vm.lazy_item(left, i));
      ++i;
      left_key = Value::hole();
      continue;
    } else {
      if (kWhat == Both::kUnion) out.push_back(vm.lazy_item(right, j));
      ++j;
      right_key = Value::hole();
      continue;
    }
    ++i;
    ++j;
    left_key = right_key = Value::hole();
  }
  if (kWhat != Both::kIntersection)
    for (; i < left->count; ++i) out.push_back(vm.lazy_item(left, i));
  if (kWhat == Both::kUnion)
    for (; j < right->count; ++j) out.push_back(vm.lazy_item(right, j));
  return Value::of(vm.array(out));
}

Value set_member(Vm& vm, Value* a, const Exec* at) {
  Arr* array = want_sequence(vm, a[1], "setMember", "the set", at);
  if (array->count == 0) return Value::boolean(false);
  const Key key(vm, a[2], "setMember", at);
  Value item = a[0];
  const Value wanted = key.of(vm.array(&item, 1), 0);
  for (uint32_t i = 0; i < array->count; ++i) {
    const Value its_key = key.of(array, i);
    if (equal(vm, wanted, its_key, at)) return Value::boolean(true);
    if (compare(vm, wanted, its_key, at) < 0) break;
  }
  return Value::boolean(false);
}

constexpr Builtin kTable[] = {
    {"sort", sort, "arr keyF=", 0},
    {"uniq", uniq, "arr keyF=", 0},
    {"set", set, "arr keyF=", 0},
    {"setMember", set_member, "x arr keyF=", kLazy0},
    {"setUnion", merge<Both::kUnion>, "a b keyF=", 0},
    {"setInter", merge<Both::kIntersection>, "a b keyF=", 0},
    {"setDiff", merge<Both::kDifference>, "a b keyF=", 0},
};

}  // namespace

std::span<const Builtin> std_sets() { return kTable; }

}  // namespace kfctl::jsonnet
