// How operators are evaluated.
#include <cmath>

#include "templates/jsonnet/engine/exec.h"

namespace kfctl::jsonnet {

namespace {

std::string_view operator_text(Op op) {
  switch (op) {
    case Op::kNeg:
    case Op::kSub:
      return "-";
    case Op::kPlus:
    case Op::kAdd:
      return "+";
    case Op::kNot:
      return "!";
    case Op::kBitNot:
      return "~";
    case Op::kMul:
      return "*";
    case Op::kDiv:
      return "/";
    case Op::kMod:
      return "%";
    case Op::kShiftLeft:
      return "<<";
    case Op::kShiftRight:
      return ">>";
    case Op::kBitAnd:
      return "&";
    case Op::kBitOr:
      return "|";
    case Op::kBitXor:
      return "^";
    case Op::kLess:
      return "<";
    case Op::kLessEq:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterEq:
      return ">=";
    default:
      return "?";
  }
}

int64_t whole(Vm& vm, double number, const Exec* at) {
  constexpr double kLimit = 9007199254740991.0;  // 2^53 - 1: beyond it not every integer exists
  if (!(number >= -kLimit && number <= kLimit))
    vm.fail(at, "bitwise operators take whole numbers between -(2^53 - 1) and 2^53 - 1");
  return static_cast<int64_t>(number);
}

Value shift_left(Vm& vm, double a, double b, const Exec* at) {
  if (b < 0) vm.fail(at, "a shift cannot be negative");
  const int64_t left = whole(vm, a, at);
  const int64_t right = whole(vm, b, at) % 64;
  if (right >= 1 && std::abs(left) >= (int64_t{1} << (63 - right)))
    vm.fail(at, "this shift leaves the range of whole numbers");
  return Value::number(
      static_cast<double>(static_cast<int64_t>(static_cast<uint64_t>(left) << right)));
}

Value shift_right(Vm& vm, double a, double b, const Exec* at) {
  if (b < 0) vm.fail(at, "a shift cannot be negative");
  return Value::number(static_cast<double>(whole(vm, a, at) >> (whole(vm, b, at) % 64)));
}

// Two numbers; false if the result is an error or costs more than a glance.
template <Op kOp>
inline bool numbers(double a, double b, Value& out) {
  double result = 0;
  switch (kOp) {
    case Op::kAdd:
      result = a + b;
      break;
    case Op::kSub:
      result = a - b;
      break;
    case Op::kMul:
      result = a * b;
      break;
    case Op::kLess:
      return out = Value::boolean(a < b), true;
    case Op::kLessEq:
      return out = Value::boolean(a <= b), true;
    case Op::kGreater:
      return out = Value::boolean(a > b), true;
    case Op::kGreaterEq:
      return out = Value::boolean(a >= b), true;
    default:
      return false;
  }
  if (!std::isfinite(result)) return false;
  out = Value::number(result);
  return true;
}

[[noreturn]] void bad_operands(Vm& vm, Op op, Value a, Value b, const Exec* at) {
  const std::string text(operator_text(op));
  if (a.type() != b.type())
    vm.fail(at, "'" + text + "' cannot join a " + std::string(type_name(a.type())) + " and a " +
                    std::string(type_name(b.type())));
  vm.fail(at, "'" + text + "' does not work on a " + std::string(type_name(a.type())));
}

Value slow_binary(Vm& vm, Op op, Value a, Value b, const Exec* at) {
  switch (op) {
    case Op::kAdd:
      return add(vm, a, b, at);
    case Op::kLess:
      return Value::boolean(compare(vm, a, b, at) < 0);
    case Op::kLessEq:
      return Value::boolean(compare(vm, a, b, at) <= 0);
    case Op::kGreater:
      return Value::boolean(compare(vm, a, b, at) > 0);
    case Op::kGreaterEq:
      return Value::boolean(compare(vm, a, b, at) >= 0);
    default:
      break;
  }
  if (!a.is_number() || !b.is_number()) bad_operands(vm, op, a, b, at);
  const double x = a.num(), y = b.num();
  switch (op) {
    case Op::kSub:
      return checked(vm, x - y, at);
    case Op::kMul:
      return checked(vm, x * y, at);
    case Op::kDiv:
      if (y == 0) vm.fail(at, "division by zero");
      return checked(vm, x / y, at);
    case Op::kShiftLeft:
      return shift_left(vm, x, y, at);
    case Op::kShiftRight:
      return shift_right(vm, x, y, at);
    case Op::kBitAnd:
      return Value::number(static_cast<double>(whole(vm, x, at) & whole(vm, y, at)));
    case Op::kBitOr:
      return Value::number(static_cast<double>(whole(vm, x, at) | whole(vm, y, at)));
    default:
      return Value::number(static_cast<double>(whole(vm, x, at) ^ whole(vm, y, at)));
  }
}

}  // namespace

Value modulo(Vm& vm, Value a, Value b, const Exec* at);

template <Op kOp>
Value BinaryNode<kOp>::eval(Frame& frame) const {
  const Value a = left->eval(frame);
  if constexpr (kOp == Op::kAdd) {
    if (left_makes_text && a.is_string() && a.str() == frame.vm.fresh) {
      const Value more = right->eval(frame);
      return add_to_fresh(frame.vm, a.str(), more, this);
    }
  }
  const Value b = right->eval(frame);
  Value out = Value::hole();
  if (a.is_number() && b.is_number() && numbers<kOp>(a.num(), b.num(), out)) return out;
  if constexpr (kOp == Op::kMod) return modulo(frame.vm, a, b, this);
  return slow_binary(frame.vm, kOp, a, b, this);
}

template <Op kOp>
bool BinaryNode<kOp>::quick(Frame& frame, Value& out) const {
  Value a, b;
  return left->quick(frame, a) && a.is_number() && right->quick(frame, b) && b.is_number() &&
         numbers<kOp>(a.num(), b.num(), out);
}

template <Op kOp>
Value BinaryNode<kOp>::lazy(Frame& frame) const {
  Value out = Value::hole();
  return quick(frame, out) ? out : Exec::lazy(frame);
}

template struct BinaryNode<Op::kAdd>;
template struct BinaryNode<Op::kSub>;
template struct BinaryNode<Op::kMul>;
template struct BinaryNode<Op::kDiv>;
template struct BinaryNode<Op::kMod>;
template struct BinaryNode<Op::kShiftLeft>;
template struct BinaryNode<Op::kShiftRight>;
template struct BinaryNode<Op::kBitAnd>;
template struct BinaryNode<Op::kBitOr>;
template struct BinaryNode<Op::kBitXor>;
template struct BinaryNode<Op::kLess>;
template struct BinaryNode<Op::kLessEq>;
template struct BinaryNode<Op::kGreater>;
template struct BinaryNode<Op::kGreaterEq>;

template <Op kOp>
Value UnaryNode<kOp>::eval(Frame& frame) const {
  const Value value = operand->eval(frame);
  if constexpr (kOp == Op::kNot) {
    if (value.is_bool()) return Value::boolean(value.is_false());
  } else {
    if (value.is_number()) {
      const double number = value.num();
      if constexpr (kOp == Op::kNeg) return Value::number(-number);
      if constexpr (kOp == Op::kPlus) return value;
      return Value::number(static_cast<double>(~whole(frame.vm, number, this)));
    }
  }
  frame.vm.fail(this, "'" + std::string(operator_text(kOp)) + "' does not work on a " +
                          std::string(type_name(value.type())));
}

template struct UnaryNode<Op::kNeg>;
template struct UnaryNode<Op::kPlus>;
template struct UnaryNode<Op::kNot>;
template struct UnaryNode<Op::kBitNot>;

Value EqualNode::eval(Frame& frame) const {
  const Value a = left->eval(frame);
  const Value b = right->eval(frame);
  return Value::boolean(equal(frame.vm, a, b, this) != negated);
}

Value InNode::eval(Frame& frame) const {
  Vm& vm = frame.vm;
  const Value key = left->eval(frame);
  const Value object = right->eval(frame);
  if (!key.is_string())
    vm.fail(this,
            "the left side of 'in' must be a string, not a " + std::string(type_name(key.type())));
  if (!object.is_object())
    vm.fail(this, "the right side of 'in' must be an object, not a " +
                      std::string(type_name(object.type())));
  return Value::boolean(vm.has(object.obj(), key.str(), true));
}

Value LogicNode::eval(Frame& frame) const {
  const Value a = left->eval(frame);
  if (!a.is_bool())
    frame.vm.fail(this, std::string(stops_at ? "'||'" : "'&&'") + " works on booleans, not on a " +
                            std::string(type_name(a.type())));
  if (a.is_true() == stops_at) return a;
  const Value b = right->eval(frame);
  if (!b.is_bool())
    frame.vm.fail(this, std::string(stops_at ? "'||'" : "'&&'") + " works on booleans, not on a " +
                            std::string(type_name(b.type())));
  return b;
}

}  // namespace kfctl::jsonnet
