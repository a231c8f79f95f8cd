// Objects at work: laying out sums, finding fields, computing them once.
#include <algorithm>

#include "base/text.h"
#include "templates/jsonnet/engine/exec.h"
#include "templates/jsonnet/engine/vm.h"

namespace kfctl::jsonnet {
namespace {

KeyTable make_table(Region& region, std::span<const Str* const> keys) {
  KeyTable table{};
  table.count = static_cast<uint32_t>(keys.size());
  table.keys = region.array<const Str*>(keys.size());
  std::copy(keys.begin(), keys.end(), table.keys);
  if (keys.size() <= KeyTable::kLinear) return table;
  uint32_t size = 16;
  while (size < keys.size() * 2) size *= 2;
  table.mask = size - 1;
  table.index = region.array<uint32_t>(size);
  std::fill(table.index, table.index + size, 0u);
  for (uint32_t i = 0; i < table.count; ++i) {
    uint32_t slot = KeyTable::slot_of(keys[i]) & table.mask;
    while (table.index[slot] != 0) slot = (slot + 1) & table.mask;
    table.index[slot] = i + 1;
  }
  return table;
}

// Places in the order of their layers, the bottom one first. Sums may be as deep as a program is
// long, so this does not recurse, and as wide as a program doubles them.
void collect(Region& region, Object* sum, std::vector<Object*>& out) {
  std::vector<Object*> todo{sum};
  while (!todo.empty()) {
    Object* object = todo.back();
    todo.pop_back();
    if (object->shape != nullptr) {
      if (out.size() == out.capacity()) region.reserve(4 * out.size() * sizeof(Object*));
      out.push_back(object);
    } else {
      todo.push_back(object->right);
      todo.push_back(object->left);
    }
  }
}

}  // namespace

uint32_t KeyTable::find(const Str* key) const {
  if (mask == 0) {
    for (uint32_t i = 0; i < count; ++i)
      if (keys[i] == key) return i;
    return kNone;
  }
  for (uint32_t slot = slot_of(key) & mask;; slot = (slot + 1) & mask) {
    if (index[slot] == 0) return kNone;
    if (keys[index[slot] - 1] == key) return index[slot] - 1;
  }
}

Layout* Vm::new_layout(std::span<const Field> fields, const ObjectNode* node, bool ephemeral) {
  std::vector<const Str*> keys;
  keys.reserve(fields.size());
  for (const Field& field : fields) keys.push_back(field.key);
  Layout* layout = region.make<Layout>();
  layout->table = make_table(region, keys);
  layout->fields = region.array<Field>(fields.size());
  std::copy(fields.begin(), fields.end(), layout->fields);
  layout->node = node;
  layout->ephemeral = ephemeral;
  return layout;
}

Shape* Vm::shape_of_layout(const Layout* layout) {
  if (layout->shape != nullptr) return layout->shape;
  Shape* shape = region.make<Shape>();
  shape->layout = layout;
  shape->layers = 1;
  shape->asserts = layout->node != nullptr && layout->node->has_asserts();
  build_shape(shape);
  return layout->shape = shape;
}

Shape* Vm::child_shape(Shape* parent, const Layout* layout) {
  if (parent->last_layout == layout) return parent->last_child;
  Shape* found = nullptr;
  for (ShapeLink* link = parent->children; link != nullptr && found == nullptr; link = link->next)
    if (link->shape->layout == layout) found = link->shape;
  if (found == nullptr) {
    found = region.make<Shape>();
    found->parent = parent;
    found->layout = layout;
    found->layers = parent->layers + 1;
    found->asserts = parent->asserts || shape_of_layout(layout)->asserts;
    if (!layout->ephemeral) parent->children = region.make<ShapeLink>(parent->children, found);
  }
  parent->last_layout = layout;
  parent->last_child = found;
  return found;
}

void Vm::build_shape(Shape* shape) {
  std::vector<const Layout*> layers(shape->layers);
  for (const Shape* at = shape; at != nullptr; at = at->parent) layers[at->layers - 1] = at->layout;
  shape->built = true;
  if (layers.size() == 1) {  // the layout's own table will do
    const Layout& layout = *layers[0];
    shape->table = layout.table;
    shape->entries = region.array<Entry>(layout.table.count);
    for (uint32_t i = 0; i < layout.table.count; ++i)
      shape->entries[i] = {0, i, layout.fields[i].flags & kVisMask};
    return;
  }
  std::vector<const Str*> keys;
  std::vector<Entry> entries;
  std::unordered_map<const Str*, uint32_t> positions;
  for (uint32_t layer = 0; layer < layers.size(); ++layer) {
    const Layout& layout = *layers[layer];
    for (uint32_t i = 0; i < layout.table.count; ++i) {
      const Str* key = layout.table.keys[i];
      const uint32_t visibility = layout.fields[i].flags & kVisMask;
      const auto [at, is_new] = positions.try_emplace(key, static_cast<uint32_t>(keys.size()));
      if (is_new) {
        keys.push_back(key);
        entries.push_back({layer, i, visibility});
        continue;
      }
      Entry& entry = entries[at->second];
      entry.layer = layer;
      entry.field = i;
      if (visibility != kVisInherit) entry.visibility = visibility;
    }
  }
  shape->table = make_table(region, keys);
  shape->entries = region.array<Entry>(entries.size());
  std::copy(entries.begin(), entries.end(), shape->entries);
}

void Vm::sort_shape(Shape* shape) {
  const KeyTable& table = shape->table;
  shape->sorted = region.array<uint32_t>(table.count);
  for (uint32_t i = 0; i < table.count; ++i) shape->sorted[i] = i;
  std::sort(shape->sorted, shape->sorted + table.count,
            [&](uint32_t a, uint32_t b) { return table.keys[a]->view() < table.keys[b]->view(); });
  shape->sorted_visible = region.array<uint32_t>(table.count);
  for (uint32_t i = 0; i < table.count; ++i) {
    const uint32_t position = shape->sorted[i];
    if (shape->entries[position].visibility != kVisHidden)
      shape->sorted_visible[shape->visible++] = position;
  }
}

std::span<const uint32_t> Vm::fields(Object* object, bool hidden) {
  Shape* shape = shape_of(object);
  if (shape->sorted == nullptr) sort_shape(shape);
  if (hidden) return {shape->sorted, shape->table.count};
  return {shape->sorted_visible, shape->visible};
}

Object* Vm::plus(Object* left, Object* right) {
  Object* sum = region.make<Object>();
  sum->left = left;
  sum->right = right;
  return sum;
}

Shape* Vm::flatten(Object* object) {
  std::vector<Object*> parts;
  collect(region, object, parts);
  Shape* shape = parts[0]->shape;
  uint32_t layers = shape->layers;
  for (size_t i = 1; i < parts.size(); ++i) {
    std::vector<const Layout*> added(parts[i]->shape->layers);
    for (const Shape* at = parts[i]->shape; at != nullptr; at = at->parent)
      added[at->layers - 1] = at->layout;
    for (const Layout* layout : added) shape = child_shape(shape, layout);
    layers += parts[i]->shape->layers;
  }
  if (!shape->built) build_shape(shape);
  Instance** instances = region.array<Instance*>(layers);
  Instance** at = instances;
  for (const Object* part : parts)
    at = std::copy(part->layers, part->layers + part->shape->layers, at);
  object->layers = instances;
  object->envs = region.array<Env*>(layers);
  std::fill(object->envs, object->envs + layers, nullptr);
  object->values = region.array<Value>(shape->table.count);
  std::fill(object->values, object->values + shape->table.count, Value::hole());
  object->asserts = shape->asserts ? Asserts::kUnchecked : Asserts::kHold;
  return object->shape = shape;
}

Object* Vm::new_object(Instance* instance, Shape* shape) {
  struct Single {
    Object object;
    Instance* layer;
    Env* env;
  };
  const uint32_t count = shape->table.count;
  char* memory = static_cast<char*>(region.allocate(sizeof(Single) + count * sizeof(Value)));
  Single* single = reinterpret_cast<Single*>(memory);
  Value* values = reinterpret_cast<Value*>(memory + sizeof(Single));
  std::fill(values, values + count, Value::hole());
  single->layer = instance;
  single->env = nullptr;
  single->object.shape = shape;
  single->object.asserts = shape->asserts ? Asserts::kUnchecked : Asserts::kHold;
  single->object.layers = &single->layer;
  single->object.envs = &single->env;
  single->object.values = values;
  single->object.supers = nullptr;
  instance->shared = values;
  return &single->object;
}

const Layout* Vm::make_layout(std::span<const Str* const> keys, uint32_t flags) {
  std::vector<Field> fields;
  fields.reserve(keys.size());
  for (const Str* key : keys) fields.push_back({key, nullptr, flags});
  return new_layout(fields, nullptr, true);
}

Object* Vm::make_object(const Layout* layout, const Value* values) {
  Instance* instance = region.make<Instance>();
  instance->layout = layout;
  Object* object = new_object(instance, shape_of_layout(layout));
  std::copy(values, values + layout->table.count, object->values);
  return object;
}

Object* Vm::make_object(std::span<const Str* const> keys, const Value* values) {
  return make_object(make_layout(keys, kVisInherit), values);
}

// --- values of fields

Env* Vm::new_self_env(Object* object, uint32_t layer, Env* outer) {
  const ObjectNode& node = *object->layers[layer]->layout->node;
  Env* env = new_env(outer, node.slots);
  env->slots[kSelfSlot] = Value::of(object);
  env->slots[kLayerSlot] = Value::number(layer);
  Frame frame{*this, env, false};
  node.bind_locals(frame);
  return env;
}

Env* Vm::self_env(Object* object, uint32_t layer) {
  const Instance& instance = *object->layers[layer];
  if (instance.layout->node->slots == 0) return instance.outer;
  Env*& env = object->envs[layer];
  if (env == nullptr) env = new_self_env(object, layer, instance.outer);
  return env;
}

// For fields that look through the object's environment and need nothing in it.
Env* Vm::plain_env(Instance& instance) {
  if (instance.layout->node->slots == 0) return instance.outer;
  if (instance.plain == nullptr) instance.plain = new_env(instance.outer, kObjectSlots);
  return instance.plain;
}

Env* Vm::field_env(Object* object, uint32_t layer, uint32_t index) {
  Instance& instance = *object->layers[layer];
  if (instance.field_envs != nullptr) {
    Env* env = instance.field_envs[index];
    return instance.layout->node->slots == 0 ? env : new_self_env(object, layer, env);
  }
  if ((instance.layout->fields[index].flags & kNeedsSelf) == 0) return plain_env(instance);
  return self_env(object, layer);
}

Value Vm::compute_field(Object* object, uint32_t layer, uint32_t index) {
  const Layout* layout = object->layers[layer]->layout;
  const Field& field = layout->fields[index];
  const FieldCode& code = *field.code;
  if (code.exec == nullptr) code.exec = lower_body(layout->node->code, code.body, false);
  Scope scope(*this, TraceKind::kField, code.exec, field.key);
  Env* env = field_env(object, layer, index);
  if (code.slots != 0) env = new_env(env, code.slots);
  Frame frame{*this, env, false};
  const Value value = code.exec->eval(frame);
  if ((field.flags & kPlusField) == 0) return value;
  Value base;
  if (!super_field(object, layer, field.key, base, code.exec)) return value;
  return add(*this, base, value, code.exec);
}

[[noreturn]] void Vm::needs_itself(const Str* key, const Exec* at) {
  fail(at, "infinite recursion: the field '" + std::string(key->view()) + "' needs itself");
}

// The value of a field of one layer with self = object. Kept in the instance if it would be the
// same for every object.
Value Vm::layer_field(Object* object, uint32_t layer, uint32_t index) {
  Instance& instance = *object->layers[layer];
  const Field& field = instance.layout->fields[index];
  if ((field.flags & kNeedsSelf) != 0) return compute_field(object, layer, index);
  Value& shared = instance.shared[index];
  if (shared.is_forced()) return shared;
  if (shared.is_running()) needs_itself(field.key, field.code->exec);
  if (shared.is_thunk()) return instance.shared[index] = force(shared);
  shared = Value::running();
  return instance.shared[index] = compute_field(object, layer, index);
}

Value Vm::field(Object* object, uint32_t position, const Exec* at) {
  Value& place = object->values[position];
  if (place.is_forced() && object->asserts != Asserts::kUnchecked) return place;
  if (object->asserts == Asserts::kUnchecked) {
    check_asserts(object, at);
    return field(object, position, at);
  }
  if (place.is_thunk()) return object->values[position] = force(place);
  const Entry entry = object->shape->entries[position];
  if (place.is_running()) needs_itself(object->shape->table.keys[position], at);
  const bool own = object->layers[entry.layer]->shared == object->values;
  if (!own) {
    place = Value::running();
    return object->values[position] = layer_field(object, entry.layer, entry.field);
  }
  place = Value::running();
  return object->values[position] = compute_field(object, entry.layer, entry.field);
}

bool Vm::get(Object* object, const Str* key, Value& out, const Exec* at) {
  Shape* shape = shape_of(object);
  const Str* symbol = find_interned(key);
  if (symbol == nullptr) return false;
  const uint32_t position = shape->table.find(symbol);
  if (position == KeyTable::kNone) return false;
  out = field(object, position, at);
  return true;
}

Value Vm::index(Object* object, const Str* key, const Exec* at) {
  Value value;
  if (get(object, key, value, at)) return value;
  check_asserts(object, at);
  std::vector<std::string> names;
  for (const uint32_t position : fields(object, true))
    names.emplace_back(object->shape->table.keys[position]->view());
  fail(at, "field does not exist: '" + std::string(key->view()) + "'",
       did_you_mean(key->view(), names));
}

bool Vm::has(Object* object, const Str* key, bool hidden) {
  Shape* shape = shape_of(object);
  const Str* symbol = find_interned(key);
  if (symbol == nullptr) return false;
  const uint32_t position = shape->table.find(symbol);
  if (position == KeyTable::kNone) return false;
  return hidden || shape->entries[position].visibility != kVisHidden;
}

bool Vm::has_super(Object* object, uint32_t layer, const Str* key) {
  const Str* symbol = find_interned(key);
  if (symbol == nullptr) return false;
  while (layer-- > 0)
    if (object->layers[layer]->layout->table.find(symbol) != KeyTable::kNone) return true;
  return false;
}

bool Vm::super_field(Object* object, uint32_t layer, const Str* key, Value& out, const Exec* at) {
  const Str* symbol = find_interned(key);
  if (symbol == nullptr) return false;
  while (layer-- > 0) {
    const uint32_t index = object->layers[layer]->layout->table.find(symbol);
    if (index == KeyTable::kNone) continue;
    for (SuperValue* known = object->supers; known != nullptr; known = known->next) {
      if (known->layer != layer || known->field != index) continue;
      if (known->value.is_running()) needs_itself(key, at);
      out = known->value;
      return true;
    }
    SuperValue* begun = region.make<SuperValue>(object->supers, layer, index, Value::running());
    object->supers = begun;
    out = begun->value = layer_field(object, layer, index);
    return true;
  }
  return false;
}

void Vm::check_asserts(Object* object, const Exec* at) {
  shape_of(object);
  if (object->asserts != Asserts::kUnchecked) return;
  object->asserts = Asserts::kRunning;
  for (uint32_t layer = 0; layer < object->shape->layers; ++layer) {
    const Layout* layout = object->layers[layer]->layout;
    if (layout->node == nullptr || !layout->node->has_asserts()) continue;
    Frame frame{*this, self_env(object, layer), false};
    layout->node->run_asserts(frame, at);
  }
  object->asserts = Asserts::kHold;
}

}  // namespace kfctl::jsonnet
