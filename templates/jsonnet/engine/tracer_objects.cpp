// Members of objects: which layer gives them, and which layers below would.
#include "templates/jsonnet/engine/tracer.h"

namespace kfctl::jsonnet {

// What an expression that makes an object has at the rest of the way.
void Tracer::object(Walk& walk) {
  const Op op = walk.at.code->ast->node(walk.at.node).op;
  if (walk.rest.empty())
    return finish(walk, op == Op::kObject ? OriginKind::kLiteral : OriginKind::kComputed);
  const Value value = eval(walk.at);
  if (!value.is_object() || walk.rest.back().is_index()) return finish(walk, OriginKind::kComputed);
  Maker maker;
  maker.expression = walk.at;
  member(walk, value.obj(), vm_.shape_of(value.obj())->layers, maker);
}

void Tracer::self_member(Walk& walk, uint32_t depth, bool super) {
  const Env* env = out_by(walk.at.env, depth);
  if (walk.rest.empty() || walk.rest.back().is_index()) return finish(walk, OriginKind::kComputed);
  Object* object = env->slots[kSelfSlot].obj();
  const uint32_t layers =
      super ? static_cast<uint32_t>(env->slots[kLayerSlot].num()) : vm_.shape_of(object)->layers;
  member(walk, object, layers, {});
}

// The next step of the way in the lowest `layers` of an object.
void Tracer::member(Walk& walk, Object* object, uint32_t layers, const Maker& maker) {
  uint32_t layer = 0, index = 0;
  if (!find_layer(object, walk.rest.back().key, layer, index, layers))
    return finish(walk, OriginKind::kUnknown);
  const Field& field = object->layers[layer]->layout->fields[index];
  if (field.code == nullptr) return made_member(walk, maker, layer);
  if ((field.flags & kPlusField) != 0 && plus_member(walk, object, layer, index)) return;
  walk.hidden.push_back({{}, object, layer, maker, walk.rest});
  walk.rest.pop_back();
  enter(walk, body(object, layer, index));
}

// A member that no source defines: the way goes on in what made the object.
void Tracer::made_member(Walk& walk, const Maker& maker, uint32_t layer) {
  if (maker.outer != nullptr) {
    if (layer >= maker.below) return enter(walk, maker.expression);
    walk.rest.emplace_back(maker.key);
    return member(walk, maker.outer, maker.layer, {});
  }
  if (maker.expression.code == nullptr) return finish(walk, OriginKind::kUnknown);
  walk.at = maker.expression;
  const Node& n = walk.at.code->ast->node(walk.at.node);
  if (n.op != Op::kAdd) return finish(walk, OriginKind::kComputed);
  const Value left = eval({walk.at.code, n.a, walk.at.env});
  const bool in_left = left.is_object() && layer < vm_.shape_of(left.obj())->layers;
  enter(walk, {walk.at.code, in_left ? n.a : n.b, walk.at.env});
}

// `key+: value`. False if there is nothing that it adds to.
bool Tracer::plus_member(Walk& walk, Object* object, uint32_t layer, uint32_t index) {
  const std::string key = walk.rest.back().key;
  Value base = Value::hole();
  if (!vm_.super_field(object, layer, vm_.intern(key), base, nullptr)) return false;
  // The layers below the first that does not add are hidden.
  uint32_t bottom = layer, field = 0;
  while (find_layer(object, key, bottom, field, bottom)) {
    if ((object->layers[bottom]->layout->fields[field].flags & kPlusField) != 0) continue;
    walk.hidden.push_back({{}, object, bottom, {}, walk.rest});
    break;
  }
  const Ref own = body(object, layer, index);
  const Value sum = vm_.layer_field(object, layer, index);
  walk.rest.pop_back();
  walk.at = own;
  if (walk.rest.empty()) {
    finish(walk, sum.is_object() ? OriginKind::kLiteral : OriginKind::kComputed);
  } else if (sum.is_object() && base.is_object()) {
    const uint32_t below = vm_.shape_of(base.obj())->layers;
    member(walk, sum.obj(), vm_.shape_of(sum.obj())->layers, {own, object, layer, below, key});
  } else if (sum.is_array() && base.is_array() && walk.rest.back().is_index()) {
    if (walk.rest.back().index < base.arr()->count) {
      walk.rest.emplace_back(key);
      member(walk, object, layer, {});
    } else {
      walk.rest.back().index -= base.arr()->count;
      enter(walk, own);
    }
  } else {
    finish(walk, OriginKind::kComputed);
  }
  Value whole;  // and not what is added alone
  if (walk.done && walk.out.origin.kind == OriginKind::kComputed && value_at(sum, walk.rest, whole))
    walk.out.origin.value = scalar(whole);
  return true;
}

// The topmost of the lowest `layers` that has the key.
bool Tracer::find_layer(Object* object, const std::string& key, uint32_t& layer, uint32_t& index,
                        uint32_t layers) {
  const Str* symbol = vm_.intern(key);
  while (layers-- > 0) {
    index = object->layers[layers]->layout->table.find(symbol);
    if (index == KeyTable::kNone) continue;
    layer = layers;
    return true;
  }
  return false;
}

Tracer::Ref Tracer::body(Object* object, uint32_t layer, uint32_t index) {
  const Layout* layout = object->layers[layer]->layout;
  const FieldCode& code = *layout->fields[index].code;
  Env* env = vm_.field_env(object, layer, index);
  if (code.slots != 0) env = vm_.new_env(env, code.slots);
  return {layout->node->code, code.body, env};
}

}  // namespace kfctl::jsonnet
