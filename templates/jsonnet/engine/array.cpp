// Arrays: plain, ranges that hold no items, and items computed when asked for.
#include <algorithm>
#include <cstring>

#include "templates/jsonnet/engine/vm.h"

namespace kfctl::jsonnet {
namespace {

// The item of an array that has none in memory.
Value computed(const Arr* array, size_t index) {
  return Value::number(array->kind == ArrKind::kBytes ? array->bytes[index]
                                                      : array->first + static_cast<double>(index));
}

constexpr size_t kSmallArray = 16;  // copied when joined, without room to grow
constexpr size_t kLargestArray = UINT32_MAX - 16;

}  // namespace

Arr* Vm::array(Value* items, size_t count) {
  if (count > kLargestArray) fail(nullptr, "this array has more than four thousand million items");
  Arr* result = region.make<Arr>();
  result->items = items;
  result->count = static_cast<uint32_t>(count);
  result->kind = ArrKind::kPlain;
  result->buffer = nullptr;
  return result;
}

Arr* Vm::array(const std::vector<Value>& items) {
  Value* copy = region.array<Value>(items.size());
  std::copy(items.begin(), items.end(), copy);
  return array(copy, items.size());
}

Arr* Vm::array(const ValueList& items) { return array(items.values()); }

void ValueList::grow() {
  const size_t capacity = std::max<size_t>(16, 2 * values_.capacity());
  vm_.region.reserve(2 * capacity * sizeof(Value));  // with the array that it will become
  values_.reserve(capacity);
}

Arr* Vm::range(double first, size_t count) {
  Arr* result = array(nullptr, count);
  result->kind = ArrKind::kRange;
  result->first = first;
  return result;
}

Arr* Vm::bytes(std::string_view bytes) {
  Arr* result = array(nullptr, bytes.size());
  result->kind = ArrKind::kBytes;
  result->bytes = reinterpret_cast<const unsigned char*>(bytes.data());
  return result;
}

Arr* Vm::made(Made::How how, const Func* function, Arr* source, size_t count) {
  if (count > kLargestArray) fail(nullptr, "this array has more than four thousand million items");
  Value* items = region.array<Value>(count);
  std::fill(items, items + count, Value::hole());
  Arr* result = array(items, count);
  result->kind = ArrKind::kMade;
  result->made = region.make<Made>(function, source, how, 0, 0);
  return result;
}

Arr* Vm::picked(Arr* source, int64_t first, int64_t step, size_t count) {
  Value* items = region.array<Value>(count);
  Arr* result = array(items, count);
  bool holes = false;
  for (size_t i = 0; i < count; ++i) {
    const size_t from = static_cast<size_t>(first + static_cast<int64_t>(i) * step);
    if (source->items == nullptr) {
      items[i] = computed(source, from);
    } else {
      // What is being computed is asked for again, by way of the source, when it is needed.
      items[i] = source->items[from].is_hole() ? Value::hole() : source->items[from];
      holes = holes || items[i].is_hole();
    }
  }
  if (!holes) return result;
  result->kind = ArrKind::kMade;
  result->made = region.make<Made>(nullptr, source, Made::kPicked, first, step);
  return result;
}

Arr* Vm::chars_of(const Str* text) {
  Value* items = region.array<Value>(text->chars);
  if (text->ascii()) {
    for (uint32_t i = 0; i < text->chars; ++i)
      items[i] = Value::of(one_char(static_cast<unsigned char>(text->data[i])));
    return array(items, text->chars);
  }
  const char* at = text->data;
  const char* const end = text->data + text->bytes;
  for (uint32_t i = 0; i < text->chars; ++i) {
    const char* begin = at++;
    while (at < end && (static_cast<uint8_t>(*at) & 0xC0) == 0x80) ++at;
    items[i] = Value::of(string({begin, static_cast<size_t>(at - begin)}));
  }
  return array(items, text->chars);
}

Value Vm::make_item(Arr* array, size_t index) {
  Value& place = array->items[index];
  if (place.is_running()) fail(nullptr, "infinite recursion: this array item needs itself");
  place = Value::running();
  const Made& made = *array->made;
  const Value number = Value::number(static_cast<double>(index));
  switch (made.how) {
    case Made::kOfIndex:
      place = call(made.function, {number}, nullptr);
      break;
    case Made::kOfItem:
      place = call(made.function, {lazy_item(made.source, index)}, nullptr);
      break;
    case Made::kOfBoth:
      place = call(made.function, {number, lazy_item(made.source, index)}, nullptr);
      break;
    case Made::kPicked:
      place = item(made.source,
                   static_cast<size_t>(made.first + static_cast<int64_t>(index) * made.step));
      break;
  }
  return place;
}

Value Vm::item(Arr* array, size_t index) {
  if (array->items == nullptr) return computed(array, index);
  Value& place = array->items[index];
  if (place.is_forced()) return place;
  if (place.is_hole()) return make_item(array, index);
  const Value value = force(place);
  return array->items[index] = value;
}

namespace {

// The one slot: the array. Where others say how many slots there are: the index. There may be as
// many of these as an array has items. A thunk of this code is that item.
struct ItemNode final : Exec {
  Value eval(Frame& frame) const override {
    return frame.vm.item(frame.env->slots[0].arr(), frame.env->count);
  }
};
const ItemNode kItemNode;

}  // namespace

Value Vm::lazy_item(Arr* array, size_t index) {
  if (array->items == nullptr) return computed(array, index);
  const Value place = array->items[index];
  if (!place.is_hole()) {
    if (place.is_thunk() && !place.thunk()->value.is_hole())
      return array->items[index] = place.thunk()->value;
    return place;
  }
  Env* env = new_env(nullptr, 1);
  env->slots[0] = Value::of(array);
  env->count = static_cast<uint32_t>(index);
  return thunk(&kItemNode, env);
}

Arr* Vm::concat(Arr* left, Arr* right) {
  if (left->count == 0) return right;
  if (right->count == 0) return left;
  const size_t count = size_t{left->count} + right->count;
  const auto copy = [this](Arr* from, Value* to) {
    if (from->kind == ArrKind::kPlain) {
      std::copy(from->items, from->items + from->count, to);
    } else {
      for (uint32_t i = 0; i < from->count; ++i) to[i] = lazy_item(from, i);
    }
  };
  ArrBuffer* const tail = left->kind == ArrKind::kPlain ? left->buffer : nullptr;
  if (tail != nullptr && left->items + left->count == tail->used_end &&
      static_cast<size_t>(tail->end - tail->used_end) >= right->count) {
    Value* at = tail->used_end;
    tail->used_end += right->count;
    copy(right, at);
    Arr* sum = array(left->items, count);
    sum->buffer = tail;
    return sum;
  }
  ArrBuffer* const head = right->kind == ArrKind::kPlain ? right->buffer : nullptr;
  if (head != nullptr && right->items == head->used_begin &&
      static_cast<size_t>(head->used_begin - head->begin) >= left->count) {
    head->used_begin -= left->count;
    copy(left, head->used_begin);
    Arr* sum = array(head->used_begin, count);
    sum->buffer = head;
    return sum;
  }
  const bool grows = count >= kSmallArray;
  const size_t room = grows ? count : 0;
  Value* memory = region.array<Value>(count + room);
  Value* begin = grows && left->count < right->count / 2 ? memory + room : memory;
  copy(left, begin);
  copy(right, begin + left->count);
  Arr* sum = array(begin, count);
  if (grows)
    sum->buffer = region.make<ArrBuffer>(begin, begin + count, memory, memory + count + room);
  return sum;
}

Arr* Vm::slice(Arr* source, size_t from, size_t to, size_t step) {
  to = std::min<size_t>(to, source->count);
  if (from >= to) return empty_array();
  const size_t count = (to - from + step - 1) / step;
  if (step == 1) {
    if (source->kind == ArrKind::kRange)
      return range(source->first + static_cast<double>(from), count);
    if (source->kind == ArrKind::kPlain) return array(source->items + from, count);
    if (source->kind == ArrKind::kBytes)
      return bytes({reinterpret_cast<const char*>(source->bytes) + from, count});
  }
  return picked(source, static_cast<int64_t>(from), static_cast<int64_t>(step), count);
}

}  // namespace kfctl::jsonnet
