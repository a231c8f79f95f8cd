// Finds where a value of the output comes from, after the evaluation, by going back the way it
// took.
//
// The way is gone through expression by expression, each in the environment it was evaluated in: a
// variable leads to what it is bound to, a field to the layer that defines it, a call to the body
// of the function with its arguments, `if` to the branch that was taken. What such a step needs to
// know (a condition, an index, the layers of a sum) is evaluated once more, which gives the same
// because the language is pure. So evaluation itself has to record one thing only: where the
// arguments of a call stood (recording.h).
//
// What is left of the path travels along: at `{ a: x }` with the path `a.b` it becomes `b` at `x`,
// at `[f(i) for i in xs]` with `[2].b` it becomes `b` at `f(i)` in the third turn.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "templates/jsonnet/engine/recording.h"
#include "templates/jsonnet/engine/tree_index.h"
#include "templates/jsonnet/provenance.h"

namespace kfctl::jsonnet {

class Tracer {
 public:
  /// REQUIRES: the machine, which must outlive the tracer, has evaluated its request, and its
  /// options say `provenance`. Belongs to the thread of the machine.
  explicit Tracer(Vm& vm);

  /// Where the value at `path` of the output comes from. Never fails: where the way is lost, the
  /// origin is kUnknown at the last place that is known.
  Provenance trace(const ValuePath& path);

 private:
  // An expression in its environment.
  struct Ref {
    Code* code = nullptr;
    NodeId node = 0;
    Env* env = nullptr;
  };

  // What made an object, for its layers that the library made: those have no source of their own.
  struct Maker {
    Ref expression;           // the sum, where that is known
    Object* outer = nullptr;  // or the object whose field `key` adds (+:) `expression` to ...
    uint32_t layer = 0;       // ... what is below this layer ...
    uint32_t below = 0;       // ... which gives so many layers
    std::string key;
  };

  // What is left of the path, the next step at the back.
  using Way = std::vector<PathStep>;

  // A definition that another one hides: an expression, or a field of the lower layers.
  struct Hidden {
    Ref expression;
    Object* object = nullptr;
    uint32_t layers = 0;
    Maker maker;
    Way rest;
  };

  struct Walk {
    Ref at;
    Way rest;
    bool done = false;
    Provenance out;
    std::vector<Hidden> hidden;
  };

  // An argument of a call that is replayed here; without an expression one the library chose.
  struct Argument {
    Ref expression;
    Way inside;
    std::string external;   // a top-level argument that is text
    bool left_out = false;  // the parameter's default holds
  };

  // --- walking (tracer.cpp)
  Ref start();
  void run(Walk& walk);
  void step(Walk& walk);
  void enter(Walk& walk, Ref to);
  void finish(Walk& walk, OriginKind kind);
  void reveal(Walk& walk);
  bool begin_hidden(const Hidden& hidden, Walk& walk);
  void variable(Walk& walk, const Node& node);
  void parameter(Walk& walk, const Binding& binding, Env* env);
  void index(Walk& walk, const Node& node);
  void slice(Walk& walk, const Node& node);
  void sum(Walk& walk, const Node& node);
  void call(Walk& walk, const Node& node);
  void import(Walk& walk, const Node& node);
  void element(Walk& walk, const Node& node);

  // --- objects (tracer_objects.cpp)
  void object(Walk& walk);
  void self_member(Walk& walk, uint32_t depth, bool super);
  void member(Walk& walk, Object* object, uint32_t layers, const Maker& maker);
  void made_member(Walk& walk, const Maker& maker, uint32_t layer);
  bool plus_member(Walk& walk, Object* object, uint32_t layer, uint32_t index);
  bool find_layer(Object* object, const std::string& key, uint32_t& layer, uint32_t& index,
                  uint32_t layers);
  Ref body(Object* object, uint32_t layer, uint32_t index);

  // --- functions of the library (tracer_library.cpp)
  void library(Walk& walk, const Func* function);
  void external(Walk& walk, const std::string& name);
  void apply(Walk& walk, const Func* function, std::vector<Argument> arguments,
             const std::vector<Value>& values);
  Ref argument(const Walk& walk, const Func* function, uint32_t index) const;
  bool items(Walk& walk, std::string_view name, const Func* function);
  bool members(Walk& walk, std::string_view name, const Func* function);
  bool rearranged(Walk& walk, std::string_view name, const Func* function);
  void filtered(Walk& walk, const Func* function, uint32_t array);
  void flattened(Walk& walk, Ref arrays, Ref separator);
  void patched(Walk& walk, Ref target, Ref patch);
  bool picked(Walk& walk, Ref from);

  // --- what is known of an expression (tracer_places.cpp)
  void inputs(Walk& walk);
  void references(Ref at, int depth, std::vector<Ref>& out);
  Value eval(Ref at);
  const Exec* lowered(Ref at);
  const TreeIndex& tree(const Code* code);
  Env* root_env(Code* code);
  bool value_at(Value value, const Way& rest, Value& out);
  std::optional<Json> scalar(Value value);
  SourcePlace place(Ref at);
  static Env* out_by(Env* env, uint32_t depth);
  static bool is_reference(const Node& node);

  Vm& vm_;
  Code* code_;  // of the request's program
  std::map<std::pair<const Code*, NodeId>, const Exec*> lowered_;
  std::unordered_map<const Code*, TreeIndex> trees_;
  std::unordered_map<const Code*, Env*> roots_;
  std::vector<std::vector<Argument>> replayed_;  // by the number in the record of an environment
  int nested_ = 0;                               // walks in walks
  Ref start_;
};

}  // namespace kfctl::jsonnet
