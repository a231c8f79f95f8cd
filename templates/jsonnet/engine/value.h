// Values: eight bytes each, a double or a tagged pointer.
//
// A double whose top bits would read as a negative quiet NaN cannot occur (jsonnet has no NaN), so
// those patterns carry a tag in the top 16 bits and a pointer in the other 48. What is pointed at
// lives in the region of the evaluation (or in a syntax tree that outlives it) and is immutable,
// but for caches: a thunk is replaced by its value in place.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace kfctl::jsonnet {

struct Str;
struct Arr;
struct Object;
struct Func;
struct Thunk;
struct Exec;

enum class Type : uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject, kFunction };

class Value {
 public:
  Value() = default;
  static Value number(double value) { return Value(std::bit_cast<uint64_t>(value)); }
  static Value null() { return Value(kNullTag); }
  static Value boolean(bool value) { return Value(kBoolTag | (value ? 1 : 0)); }
  static Value of(const Str* p) { return pointer(kStrTag, p); }
  static Value of(const Arr* p) { return pointer(kArrTag, p); }
  static Value of(const Object* p) { return pointer(kObjTag, p); }
  static Value of(const Func* p) { return pointer(kFuncTag, p); }
  static Value of(const Thunk* p) { return pointer(kThunkTag, p); }

  /// Not a value of the language: "nothing here yet".
  static Value hole() { return Value(kHoleTag); }
  /// A hole whose value is being computed: meeting it again is infinite recursion.
  static Value running() { return Value(kHoleTag | 1); }
  /// What a call in tail position returns to make its caller's loop go on.
  static Value tail_call() { return Value(kHoleTag | 2); }
  /// What a thunk holds before it is forced.
  static Value pending(const Exec* code) { return pointer(kHoleTag, code); }

  bool is_number() const { return bits_ < kNullTag; }
  bool is_null() const { return bits_ == kNullTag; }
  bool is_bool() const { return tag() == kBoolTag; }
  bool is_true() const { return bits_ == (kBoolTag | 1); }
  bool is_false() const { return bits_ == kBoolTag; }
  bool is_string() const { return tag() == kStrTag; }
  bool is_array() const { return tag() == kArrTag; }
  bool is_object() const { return tag() == kObjTag; }
  bool is_function() const { return tag() == kFuncTag; }
  bool is_thunk() const { return tag() == kThunkTag; }
  bool is_hole() const { return bits_ >= kHoleTag; }
  bool is_running() const { return bits_ == (kHoleTag | 1); }
  bool is_tail_call() const { return bits_ == (kHoleTag | 2); }
  /// A value of the language: neither thunk nor hole.
  bool is_forced() const { return bits_ < kThunkTag; }

  double num() const { return std::bit_cast<double>(bits_); }
  const Str* str() const { return as<Str>(); }
  Arr* arr() const { return as<Arr>(); }
  Object* obj() const { return as<Object>(); }
  const Func* func() const { return as<Func>(); }
  Thunk* thunk() const { return as<Thunk>(); }
  const Exec* code() const { return as<Exec>(); }

  /// REQUIRES: is_forced().
  Type type() const {
    if (is_number()) return Type::kNumber;
    switch (tag()) {
      case kNullTag:
        return Type::kNull;
      case kBoolTag:
        return Type::kBoolean;
      case kStrTag:
        return Type::kString;
      case kArrTag:
        return Type::kArray;
      case kObjTag:
        return Type::kObject;
      default:
        return Type::kFunction;
    }
  }

  uint64_t bits() const { return bits_; }

 private:
  static constexpr uint64_t kNullTag = 0xFFF8ull << 48;
  static constexpr uint64_t kBoolTag = 0xFFF9ull << 48;
  static constexpr uint64_t kStrTag = 0xFFFAull << 48;
  static constexpr uint64_t kArrTag = 0xFFFBull << 48;
  static constexpr uint64_t kObjTag = 0xFFFCull << 48;
  static constexpr uint64_t kFuncTag = 0xFFFDull << 48;
  static constexpr uint64_t kThunkTag = 0xFFFEull << 48;
  static constexpr uint64_t kHoleTag = 0xFFFFull << 48;
  static constexpr uint64_t kPayload = (1ull << 48) - 1;

  explicit Value(uint64_t bits) : bits_(bits) {}
  static Value pointer(uint64_t tag, const void* p) {
    return Value(tag | reinterpret_cast<uint64_t>(p));
  }
  uint64_t tag() const { return bits_ & ~kPayload; }
  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(bits_ & kPayload);
  }

  uint64_t bits_;
};

/// "null", "boolean", "number", "string", "array", "object" or "function".
std::string_view type_name(Type type);

/// The slots of one unit (see ast.h) and the way to the unit around it.
struct Env {
  Env* parent;
  uint32_t count;
  Value slots[1];  // `count` of them

  static size_t size_of(uint32_t count) {
    return sizeof(Env) - sizeof(Value) + count * sizeof(Value);
  }
};

/// An expression to be evaluated at most once.
struct Thunk {
  Value value;  // pending(code) at first, then running(), then the value
  Env* env;
};

// Text that knows its length in code points. `bytes == chars` means that it is ASCII, where the
// n-th code point is the n-th byte.
struct Str {
  const char* data;
  uint32_t bytes;
  uint32_t chars;
  mutable const Str* symbol;  // the interned string of the same text, if that is known
  struct StrBuffer* buffer;   // where this text can be extended in place, or nullptr

  std::string_view view() const { return {data, bytes}; }
  bool ascii() const { return bytes == chars; }
};

// A buffer that grows at both ends. A string or an array that ends where the used part ends can
// be appended to without copying; nobody else sees the new part.
struct StrBuffer {
  char* used_begin;
  char* used_end;
  char* begin;
  char* end;
};
struct ArrBuffer {
  Value* used_begin;
  Value* used_end;
  Value* begin;
  Value* end;
};

enum class ArrKind : uint8_t {
  kPlain,  // items are values or thunks
  kRange,  // the numbers first, first + 1, ...; there are no items
  kBytes,  // numbers from 0 to 255, one byte each; there are no items
  kMade,   // items are computed as `made` says when first asked for; holes until then
};

struct Made {
  enum How : uint8_t { kOfIndex, kOfItem, kOfBoth, kPicked };
  const Func* function;  // nullptr for kPicked
  Arr* source;           // nullptr for kOfIndex
  How how;
  int64_t first;  // kPicked: item i is item first + i * step of the source
  int64_t step;
  bool read_once = false;  // nobody but the function it is given to knows the array: each item is
                           // asked for once, and if it is Vm::fresh it is given back
};

struct Arr {
  Value* items;
  uint32_t count;
  ArrKind kind;
  union {
    ArrBuffer* buffer;           // kPlain, or nullptr
    double first;                // kRange
    const unsigned char* bytes;  // kBytes
    Made* made;                  // kMade
  };
};

struct FunctionNode;
struct Builtin;
struct NativeBinding;

struct Func {
  const FunctionNode* node;  // nullptr for a builtin
  Env* env;
  const Builtin* builtin;
  const NativeBinding* native;  // for a function of the host
};

}  // namespace kfctl::jsonnet
