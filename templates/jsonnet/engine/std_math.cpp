// std: arithmetic.
#include <cmath>

#include "templates/jsonnet/engine/library.h"

namespace kfctl::jsonnet {

/// a % b: the remainder of numbers, or a string with its formats filled in.
Value modulo(Vm& vm, Value a, Value b, const Exec* at) {
  if (a.is_number() && b.is_number()) {
    if (b.num() == 0) vm.fail(at, "division by zero");
    // Whole numbers, which nearly all are, without the general algorithm; -0 is not for them.
    constexpr double kWhole = 4503599627370496.0;  // 2^52
    if (a.num() >= 0 && a.num() < kWhole && b.num() >= 1 && b.num() < kWhole) {
      const uint64_t x = static_cast<uint64_t>(a.num()), y = static_cast<uint64_t>(b.num());
      if (static_cast<double>(x) == a.num() && static_cast<double>(y) == b.num())
        return Value::number(std::signbit(a.num()) ? a.num() : static_cast<double>(x % y));
    }
    return checked(vm, std::fmod(a.num(), b.num()), at);
  }
  if (a.is_string()) return format(vm, a.str(), b, at);
  vm.fail(at, "'%' cannot join a " + std::string(type_name(a.type())) + " and a " +
                  std::string(type_name(b.type())));
}

namespace {

double number(Vm& vm, Value v, const Exec* at) { return want_number(vm, v, "math", "x", at); }

template <double (*kFunction)(double)>
Value unary(Vm& vm, Value* a, const Exec* at) {
  return checked(vm, kFunction(number(vm, a[0], at)), at);
}
template <double (*kFunction)(double, double)>
Value binary(Vm& vm, Value* a, const Exec* at) {
  const double x = number(vm, a[0], at);
  return checked(vm, kFunction(x, number(vm, a[1], at)), at);
}

double absolute(double x) { return x > 0 ? x : -x; }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
double round_half_up(double x) { return std::floor(x + 0.5); }
double log2_of(double x) { return std::log(x) / std::log(2.0); }
double log10_of(double x) { return std::log(x) / std::log(10.0); }
double deg2rad(double x) { return x * 3.14159265358979311600 / 180; }
double rad2deg(double x) { return x * 180 / 3.14159265358979311600; }
double larger(double a, double b) { return a > b ? a : b; }
double smaller(double a, double b) { return a < b ? a : b; }
double mantissa(double x) {
  int exponent;
  return std::frexp(x, &exponent);
}
double exponent(double x) {
  int exponent;
  std::frexp(x, &exponent);
  return exponent;
}
double floor_of(double x) { return std::floor(x); }
double ceil_of(double x) { return std::ceil(x); }
double sqrt_of(double x) { return std::sqrt(x); }
double sin_of(double x) { return std::sin(x); }
double cos_of(double x) { return std::cos(x); }
double tan_of(double x) { return std::tan(x); }
double asin_of(double x) { return std::asin(x); }
double acos_of(double x) { return std::acos(x); }
double atan_of(double x) { return std::atan(x); }
double exp_of(double x) { return std::exp(x); }
double log_of(double x) { return std::log(x); }
double pow_of(double x, double n) { return std::pow(x, n); }
double atan2_of(double y, double x) { return std::atan2(y, x); }
double hypot_of(double a, double b) { return std::hypot(a, b); }

Value clamp(Vm& vm, Value* a, const Exec* at) {
  if (compare(vm, a[0], vm.force(a[1]), at) < 0) return vm.force(a[1]);
  return compare(vm, a[0], vm.force(a[2]), at) > 0 ? vm.force(a[2]) : a[0];
}

Value is_even(Vm& vm, Value* a, const Exec* at) {
  return Value::boolean(std::fmod(round_half_up(number(vm, a[0], at)), 2) == 0);
}
Value is_odd(Vm& vm, Value* a, const Exec* at) {
  return Value::boolean(std::fmod(round_half_up(number(vm, a[0], at)), 2) != 0);
}
Value is_integer(Vm& vm, Value* a, const Exec* at) {
  return Value::boolean(round_half_up(number(vm, a[0], at)) == a[0].num());
}
Value is_decimal(Vm& vm, Value* a, const Exec* at) {
  return Value::boolean(round_half_up(number(vm, a[0], at)) != a[0].num());
}

Value mod(Vm& vm, Value* a, const Exec* at) { return modulo(vm, a[0], a[1], at); }

Value modulo_numbers(Vm& vm, Value* a, const Exec* at) {
  want_number(vm, a[0], "modulo", "x", at);
  want_number(vm, a[1], "modulo", "y", at);
  return modulo(vm, a[0], a[1], at);
}

constexpr Builtin kTable[] = {
    {"abs", unary<absolute>, "n", 0},
    {"sign", unary<sign>, "n", 0},
    {"round", unary<round_half_up>, "x", 0},
    {"floor", unary<floor_of>, "x", 0},
    {"ceil", unary<ceil_of>, "x", 0},
    {"sqrt", unary<sqrt_of>, "x", 0},
    {"sin", unary<sin_of>, "x", 0},
    {"cos", unary<cos_of>, "x", 0},
    {"tan", unary<tan_of>, "x", 0},
    {"asin", unary<asin_of>, "x", 0},
    {"acos", unary<acos_of>, "x", 0},
    {"atan", unary<atan_of>, "x", 0},
    {"exp", unary<exp_of>, "n", 0},
    {"log", unary<log_of>, "n", 0},
    {"log2", unary<log2_of>, "x", 0},
    {"log10", unary<log10_of>, "x", 0},
    {"deg2rad", unary<deg2rad>, "x", 0},
    {"rad2deg", unary<rad2deg>, "x", 0},
    {"mantissa", unary<mantissa>, "x", 0},
    {"exponent", unary<exponent>, "x", 0},
    {"max", binary<larger>, "a b", 0},
    {"min", binary<smaller>, "a b", 0},
    {"pow", binary<pow_of>, "x n", 0},
    {"atan2", binary<atan2_of>, "y x", 0},
    {"hypot", binary<hypot_of>, "a b", 0},
    {"clamp", clamp, "x minVal maxVal", kLazy1 | kLazy2},
    {"isEven", is_even, "x", 0},
    {"isOdd", is_odd, "x", 0},
    {"isInteger", is_integer, "x", 0},
    {"isDecimal", is_decimal, "x", 0},
    {"mod", mod, "a b", 0},
    {"modulo", modulo_numbers, "x y", 0},
};

}  // namespace

std::span<const Builtin> std_math() { return kTable; }

}  // namespace kfctl::jsonnet
