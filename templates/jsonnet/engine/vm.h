// The machine: everything one evaluation needs and owns.
//
// A Vm belongs to one thread, which must be running on a large stack (native_stack.h). Values that
// it makes live as long as it does. Errors of the program are thrown as EvalError and caught where
// the evaluation was started; they never leave the engine.
#pragma once

#include <atomic>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/engine/native_stack.h"
#include "templates/jsonnet/engine/object.h"
#include "templates/jsonnet/engine/region.h"
#include "templates/jsonnet/engine/value.h"
#include "templates/jsonnet/evaluator.h"

namespace kfctl::jsonnet {

class Sources;
class Recorder;
class ValueList;
class Vm;
struct Frame;
struct FunctionNode;

/// A file that takes part in an evaluation: its tree, and what this evaluation made of its names.
struct Code {
  const Ast* ast;
  std::string directory;            // of the file, "" or ending in '/'
  std::vector<const Str*> symbols;  // by SymbolId, interned when first needed
  bool in_std = false;
};

/// A node that can be evaluated. Made by lower.cpp from the tree, when first needed.
struct Exec {
  Code* code = nullptr;
  uint32_t pos = 0;

  /// The value, forced.
  virtual Value eval(Frame& frame) const = 0;
  /// The value or a thunk for it; never fails, and evaluates only what is as good as free.
  virtual Value lazy(Frame& frame) const;
  /// The value if it can be had at once without failing. False leaves `out` as it is.
  virtual bool quick(Frame&, Value&) const { return false; }

 protected:
  ~Exec() = default;
};

/// Where evaluation stands: an environment, on the native stack until somebody keeps it.
struct Frame {
  Vm& vm;
  Env* env;
  bool on_stack;

  /// The environment for good: moves it to the region if it is still on the stack.
  Env* capture();
};

enum class TraceKind : uint8_t { kCall, kField, kThunk, kElement, kMember, kImport, kAssert };

/// One step of the way to where evaluation stands; lives on the native stack.
struct Trace {
  const Trace* up;
  TraceKind kind;
  const Exec* site;  // kCall: the call; kField, kThunk, kAssert: what is evaluated; may be nullptr
  const Str* name;   // kField, kMember: the field; kCall: the function, if it has a name
  uint32_t index;    // kElement
};

/// An error of the program, complete with place and trace; thrown inside the engine only.
struct EvalError {
  Error error;
};

using BuiltinFunction = Value (*)(Vm& vm, Value* arguments, const Exec* at);

struct Builtin {
  const char* name;
  BuiltinFunction call;
  const char* parameters;  // "a b c=": a name ending in '=' may be left out
  uint32_t lazy;           // bit i: argument i is handed over unevaluated
  uint32_t count = 0;      // filled in by the table: parameters, and how many must be given
  uint32_t required = 0;
  bool makes_text = false;  // a string that it returns is new: nobody else knows its memory
  bool takes_text = false;  // it keeps no string argument, nor any part of one
  bool makes_items =
      false;  // what it returns is new, and its items are those of the function given
  bool takes_items = false;  // it looks once at each item of an array argument and keeps none
};

struct NativeBinding {
  const NativeFunction* function;
};

struct NamedArgument {
  const Str* name;
  Value value;
};

class Vm {
 public:
  struct Options {
    int max_stack = 500;
    size_t max_memory = 0;         // bytes; 0: what the request may take (Sources::memory)
    bool provenance = false;       // lower to nodes that a Tracer can follow (recording.h)
    Recorder* recorder = nullptr;  // lower to nodes that are measured (recorder.h)
  };

  /// `request` and `sources`, which are those of the request, must outlive the machine.
  Vm(const JsonnetRequest& request, Sources& sources, const Options& options);
  ~Vm();

  // --- memory and strings (str.cpp)
  Region region;
  const Str* intern(std::string_view text);
  const Str* intern(const Str* text);
  /// The interned string of this text, or nullptr if nobody interned it yet.
  const Str* find_interned(const Str* text);
  /// A copy of `text`, which must be valid UTF-8.
  const Str* string(std::string_view text);
  /// A string over memory that outlives the machine.
  const Str* string_view_of(std::string_view text);
  /// A string over memory of the region that the caller has filled.
  const Str* string_in_region(char* memory, size_t bytes);
  /// The same for text that is ASCII.
  const Str* ascii_in_region(char* memory, size_t bytes);
  const Str* concat(const Str* left, const Str* right);
  /// A text that only the caller can know: the memory of its string is taken back if it can be.
  void give_back(const Str* text);
  /// What the last `+`, `%` or function of the library that makes text (Builtin::makes_text) made,
  /// if nobody else can know it yet.
  const Str* fresh = nullptr;
  /// left + right where `left` is fresh, without a copy of it if it was allocated last; or nullptr.
  const Str* grow(const Str* left, std::string_view right, uint32_t right_chars);
  /// Code points [from, from + count), cut to what there is.
  const Str* substring(const Str* text, size_t from, size_t count);
  const Str* empty_string() const { return empty_string_; }
  const Str* one_char(unsigned char c);

  /// Throws MemoryLimit if a text that is being written has become too long to be kept.
  void check_text(const std::string& text) { region.reserve(2 * text.size()); }

  // --- arrays (array.cpp)
  Arr* array(Value* items, size_t count);
  Arr* array(const std::vector<Value>& items);
  Arr* array(const ValueList& items);
  Arr* empty_array() { return array(nullptr, 0); }
  Arr* range(double first, size_t count);
  /// The bytes of memory that outlives the machine or lies in the region.
  Arr* bytes(std::string_view bytes);
  Arr* made(Made::How how, const Func* function, Arr* source, size_t count);
  /// Items `first`, `first + step`, ... of the source, which must be there.
  Arr* picked(Arr* source, int64_t first, int64_t step, size_t count);
  Arr* chars_of(const Str* text);
  Arr* concat(Arr* left, Arr* right);
  Arr* slice(Arr* array, size_t from, size_t to, size_t step);
  /// The item, forced.
  Value item(Arr* array, size_t index);
  /// The item as it is: a value or a thunk.
  Value lazy_item(Arr* array, size_t index);

  // --- evaluation (vm.cpp)
  Value force(Value value) { return value.is_forced() ? value : force_thunk(value.thunk()); }
  Value thunk(const Exec* code, Env* env);
  Env* new_env(Env* parent, uint32_t count);
  /// The function's value for these positional arguments, forced.
  Value call(const Func* function, std::initializer_list<Value> arguments, const Exec* at);
  Value call(const Func* function, std::span<const Value> arguments,
             std::span<const NamedArgument> named, const Exec* at);
  /// Runs the body of a function whose environment is filled.
  Value run(const FunctionNode* node, Env* env, bool on_stack, const Exec* site);
  /// An argument that will be `function(argument)` when asked for.
  Value lazy_call(const Func* function, std::initializer_list<Value> arguments);

  // --- objects (object.cpp)
  Object* plus(Object* left, Object* right);
  /// Lays out a sum. Everything below does it by itself.
  Shape* shape_of(Object* object) { return object->shape ? object->shape : flatten(object); }
  /// The value of a field by position in the shape. Checks assertions first.
  Value field(Object* object, uint32_t position, const Exec* at);
  /// The value of a field by name; `false` if there is none. Forced.
  bool get(Object* object, const Str* key, Value& out, const Exec* at);
  /// Like get, but a missing field is the program's error, with a hint.
  Value index(Object* object, const Str* key, const Exec* at);
  bool has(Object* object, const Str* key, bool hidden);
  /// The field as seen by the layer above `layer`: what super.key means there.
  bool super_field(Object* object, uint32_t layer, const Str* key, Value& out, const Exec* at);
  bool has_super(Object* object, uint32_t layer, const Str* key);
  void check_asserts(Object* object, const Exec* at);
  /// Positions in the order of their keys.
  std::span<const uint32_t> fields(Object* object, bool hidden);
  /// An object of values (or thunks) of the library's making. Keys must be interned and unlike.
  Object* make_object(std::span<const Str* const> keys, const Value* values);
  const Layout* make_layout(std::span<const Str* const> keys, uint32_t flags);
  Object* make_object(const Layout* layout, const Value* values);
  Object* new_object(Instance* instance, Shape* shape);
  Layout* new_layout(std::span<const Field> fields, const ObjectNode* node, bool ephemeral);
  Shape* shape_of_layout(const Layout* layout);
  Value layer_field(Object* object, uint32_t layer, uint32_t field);

  // --- errors (trace.cpp)
  [[noreturn]] void fail(const Exec* at, std::string message, std::string hint = "");
  /// The trace up to here, one line for each step, innermost first.
  std::string trace_text() const;

  // --- files and the world (loader.cpp)
  Code* load_source(std::string path, std::shared_ptr<const std::string> source);
  Value import(const Code* from, std::string_view path, Op how, const Exec* at);
  Value evaluate_file(Code* code);
  Value external(const Str* name, const Exec* at);
  /// std.native: the host's function of that name, or null.
  Value native(const Str* name);
  Value std_object(const Code* code);
  /// The request's value: a function is called with the top-level arguments.
  Value evaluate_request();
  Code* load_request();
  std::vector<NamedArgument> top_level_arguments();
  /// The file of that path if this evaluation has read it, else nullptr.
  Code* code_at(std::string_view path) const;

  const Exec* lower(Code* code, NodeId node, bool tail);
  /// The same for the body of a function, a field or a file, which a recorder measures.
  const Exec* lower_body(Code* code, NodeId node, bool tail);
  const Str* symbol(Code* code, SymbolId id);

  const Trace* top = nullptr;
  int depth = 0;
  /// Ends the evaluation with some error, soon. May be called from any thread.
  void cancel() { depth_limit_.store(-1, std::memory_order_relaxed); }
  int depth_limit() const { return depth_limit_.load(std::memory_order_relaxed); }
  const JsonnetRequest& request;
  const Options options;
  std::function<void(std::string_view line)> on_trace;  // the request's, to begin with
  void say_trace(const Exec* at, std::string_view text);

  const struct FormatPattern* formats[64] = {};  // read by format.cpp, which knows how to find one

  // The call that a tail position left for the loop in run().
  struct {
    const Func* function;
    Env* env;
    const Exec* site;
    bool reusable;  // nothing refers to the environment yet
  } pending{};
  /// An environment for a call in tail position: the last one that run() left, if its size fits.
  Env* tail_env(Env* parent, uint32_t count);

 private:
  Value force_thunk(Thunk* thunk);
  Shape* flatten(Object* object);
  Shape* child_shape(Shape* parent, const Layout* layout);
  void build_shape(Shape* shape);
  void sort_shape(Shape* shape);
  Value compute_field(Object* object, uint32_t layer, uint32_t field);
  Env* self_env(Object* object, uint32_t layer);
  Env* plain_env(Instance& instance);
  Env* field_env(Object* object, uint32_t layer, uint32_t field);
  Env* new_self_env(Object* object, uint32_t layer, Env* outer);
  [[noreturn]] void needs_itself(const Str* key, const Exec* at);
  Value make_item(Arr* array, size_t index);
  void grow_interned();
  std::shared_ptr<const std::string> load_text(const Code* from, std::string_view path,
                                               std::string& resolved, const Exec* at);

  Sources& sources_;
  std::atomic<int> depth_limit_;  // of calls in flight
  std::string scratch_;
  Env* spare_env_ = nullptr;
  const Str* empty_string_ = nullptr;
  const Str* chars_[128] = {};
  std::vector<const Str*> interned_;  // open addressing
  size_t interned_count_ = 0;
  struct Files;
  std::unique_ptr<Files> files_;
  std::unordered_map<const Code*, Value> std_objects_;

  friend class Scratch;
  friend struct Scope;
  friend struct FunctionNode;
  friend class Tracer;
};

/// Text under construction. The machine keeps the buffer for the next one, so that large texts do
/// not pay for fresh memory each time; one inside of another gets a buffer of its own.
class Scratch {
 public:
  explicit Scratch(Vm& vm) : vm_(vm) {
    text.swap(vm.scratch_);
    text.clear();
  }
  ~Scratch() {
    if (text.capacity() > vm_.scratch_.capacity()) text.swap(vm_.scratch_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string text;

 private:
  Vm& vm_;
};

/// Values on their way into an array, of which nobody knows how many they will be. Their memory
/// counts against what the evaluation may take. Throws MemoryLimit.
class ValueList {
 public:
  explicit ValueList(Vm& vm) : vm_(vm) {}

  void push_back(Value value) {
    if (values_.size() == values_.capacity()) grow();
    values_.push_back(value);
  }
  const std::vector<Value>& values() const { return values_; }

 private:
  void grow();

  Vm& vm_;
  std::vector<Value> values_;
};

/// A step of the trace, for as long as it lives. Counts against the stack limit.
struct Scope {
  Scope(Vm& machine, TraceKind kind, const Exec* site, const Str* name, uint32_t index = 0)
      : trace{machine.top, kind, site, name, index}, vm(machine) {
    if (++vm.depth > vm.depth_limit() || stack_is_low()) overflow();
    vm.top = &trace;
  }
  ~Scope() {
    vm.top = trace.up;
    --vm.depth;
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  Trace trace;
  Vm& vm;

 private:
  [[noreturn]] void overflow();
};

/// A step on the way through the output: a field or an item. Counts like a call, so that a value
/// without end is found out.
struct PathScope : Scope {
  PathScope(Vm& machine, TraceKind kind, const Str* name, uint32_t index)
      : Scope(machine, kind, nullptr, name, index) {}
};

// --- what the language and the library share (operations.cpp)
bool equal(Vm& vm, Value a, Value b, const Exec* at);
/// -1, 0 or 1; the program's error if the types differ or have no order.
int compare(Vm& vm, Value a, Value b, const Exec* at);
Value add(Vm& vm, Value a, Value b, const Exec* at);
/// left + right, where nobody but the caller knows `left`.
Value add_to_fresh(Vm& vm, const Str* left, Value right, const Exec* at);
/// A number, or the program's error if it is not finite.
Value checked(Vm& vm, double number, const Exec* at);
/// What '' + value gives.
const Str* to_string(Vm& vm, Value value, const Exec* at);
/// As the C++ command prints it.
void append_number(std::string& out, double number);

}  // namespace kfctl::jsonnet
