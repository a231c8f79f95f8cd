// Objects: layers of literals, and shapes that say which layer a field comes from.
//
// `{a: 1} + {b: 2}` is one object of two layers. Each layer is an Instance: a literal (its Layout
// knows the keys) together with the environment it was written in. The Shape of a sequence of
// layouts holds the merged key table: it is found once for each sequence and shared by all objects
// of that sequence, so that an access site can remember (shape, index) and skip the look-up.
// A sum is not laid out before someone looks inside: building an object by a long chain of `+`
// costs one node for each, and one shape at the end.
//
// A field's value is computed when first asked for and kept in `values`. Fields that do not depend
// on self are kept in the Instance as well, so that all objects made from it share the value.
#pragma once

#include <cstdint>
#include <span>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/engine/value.h"

namespace kfctl::jsonnet {

struct ObjectNode;
struct Code;

/// The code of a field in a literal, lowered when first needed.
struct FieldCode {
  NodeId body;
  uint32_t flags;  // FieldFlags
  uint32_t slots;
  uint32_t pos;
  mutable const Exec* exec;
};

struct Field {
  const Str* key;         // interned
  const FieldCode* code;  // nullptr: the instance holds the value
  uint32_t flags;
};

/// A table from interned strings to small numbers, for the keys of a layout or a shape.
struct KeyTable {
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kLinear = 8;  // up to so many keys are searched one by one
  const Str** keys;
  uint32_t count;
  uint32_t mask;    // of `index`, 0 if the keys are few
  uint32_t* index;  // position + 1, 0 for empty

  uint32_t find(const Str* key) const;
  static uint32_t slot_of(const Str* key) {
    const uint64_t bits = reinterpret_cast<uint64_t>(key) >> 3;
    return static_cast<uint32_t>((bits * 0x9E3779B97F4A7C15ull) >> 32);
  }
};

/// The keys of one literal.
struct Layout {
  KeyTable table;
  Field* fields;
  const ObjectNode* node;       // nullptr for objects made by the library
  bool ephemeral;               // its keys were computed: it may never be met again
  mutable struct Shape* shape;  // of an object that has only this layer, made when first needed
};

struct Instance {
  const Layout* layout;
  Env* outer;        // where the literal stands; nullptr if no field has code
  Env* plain;        // for fields that need no self, where the object has an environment
  Value* shared;     // by field: values that do not depend on self; nullptr until there is one
  Env** field_envs;  // of a comprehension: the environment of each field instead of `outer`
};

struct Entry {
  uint32_t layer;
  uint32_t field;
  uint32_t visibility;
};

struct Shape {
  Shape* parent;         // the layers below the topmost
  const Layout* layout;  // the topmost
  uint32_t layers;
  bool asserts;
  bool built;        // the key table and what follows is there
  KeyTable table;    // all keys, in order of first appearance from the bottom layer
  Entry* entries;    // by position in `table`
  uint32_t* sorted;  // positions in order of their keys, made when first needed
  uint32_t visible;  // how many of them are visible
  uint32_t* sorted_visible;
  // Shapes with one more layer: the last one asked for, and all of them.
  const Layout* last_layout;
  Shape* last_child;
  struct ShapeLink* children;
};

struct ShapeLink {
  ShapeLink* next;
  Shape* shape;
};

enum class Asserts : uint8_t { kUnchecked, kRunning, kHold };

struct Object {
  Shape* shape;  // nullptr while this is a sum that nobody looked into
  Asserts asserts;
  union {
    Instance** layers;  // of `shape`
    Object* left;       // of a sum
  };
  union {
    Env** envs;     // by layer: the environment with self, nullptr until needed
    Object* right;  // of a sum
  };
  Value* values;              // by position in the shape's table
  struct SuperValue* supers;  // values that were reached through super
};

struct SuperValue {
  SuperValue* next;
  uint32_t layer;
  uint32_t field;
  Value value;
};

}  // namespace kfctl::jsonnet
