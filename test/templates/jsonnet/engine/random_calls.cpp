#include "random_calls.h"

#include <cstdio>
#include <string_view>

#include "seeded_random.h"

namespace kfctl {
namespace {

// Parameters by kind: n number, i small whole number, s string, c one character, S strings, N
// numbers, A array of anything, o object, b boolean, v anything, u object of scalars, D digits of a
// base, f function(x), g function(x, y), h function(i, x), k function(key, value), p predicate.
struct Row {
  std::string_view name;
  std::string_view parameters;
};
constexpr Row kOld[] = {  // since 0.18
    {"abs", "n"},
    {"sign", "n"},
    {"floor", "n"},
    {"ceil", "n"},
    {"sqrt", "n"},
    {"exp", "i"},
    {"mantissa", "n"},
    {"exponent", "n"},
    {"max", "nn"},
    {"min", "nn"},
    {"pow", "ii"},
    {"clamp", "nnn"},
    {"mod", "ni"},
    {"mod", "sA"},
    {"modulo", "ni"},
    {"substr", "sii"},
    {"startsWith", "ss"},
    {"endsWith", "ss"},
    {"lstripChars", "ss"},
    {"rstripChars", "ss"},
    {"stripChars", "ss"},
    {"stringChars", "s"},
    {"parseInt", "D"},
    {"parseHex", "D"},
    {"parseOctal", "D"},
    {"split", "sc"},
    {"splitLimit", "sci"},
    {"strReplace", "scs"},
    {"asciiUpper", "s"},
    {"asciiLower", "s"},
    {"findSubstr", "cs"},
    {"codepoint", "c"},
    {"char", "i"},
    {"lines", "S"},
    {"deepJoin", "S"},
    {"resolvePath", "ss"},
    {"escapeStringJson", "v"},
    {"escapeStringPython", "s"},
    {"escapeStringBash", "v"},
    {"escapeStringDollars", "v"},
    {"length", "v"},
    {"type", "v"},
    {"toString", "v"},
    {"isArray", "v"},
    {"isObject", "v"},
    {"isString", "v"},
    {"isNumber", "v"},
    {"isBoolean", "v"},
    {"isFunction", "v"},
    {"equals", "vv"},
    {"primitiveEquals", "nn"},
    {"assertEqual", "vv"},
    {"__compare", "SS"},
    {"join", "sS"},
    {"join", "NA"},
    {"makeArray", "if"},
    {"range", "ii"},
    {"repeat", "si"},
    {"repeat", "Ni"},
    {"map", "fA"},
    {"mapWithIndex", "hA"},
    {"filter", "pN"},
    {"filterMap", "pfN"},
    {"foldl", "gNn"},
    {"foldr", "gNn"},
    {"reverse", "A"},
    {"member", "Av"},
    {"member", "sc"},
    {"count", "Av"},
    {"find", "vA"},
    {"sort", "N"},
    {"sort", "S"},
    {"uniq", "N"},
    {"set", "N"},
    {"set", "S"},
    {"setMember", "nN"},
    {"setUnion", "NN"},
    {"setInter", "SS"},
    {"setDiff", "NN"},
    {"objectFields", "o"},
    {"objectFieldsAll", "o"},
    {"objectHas", "oc"},
    {"objectHasAll", "oc"},
    {"objectValues", "o"},
    {"objectValuesAll", "o"},
    {"objectHasEx", "ocb"},
    {"objectFieldsEx", "ob"},
    {"get", "ocv"},
    {"mapWithKey", "ko"},
    {"mergePatch", "vv"},
    {"prune", "v"},
    {"slice", "Niii"},
    {"encodeUTF8", "s"},
    {"base64", "D"},
    {"base64Decode", "D"},
    {"md5", "s"},
    {"manifestJson", "v"},
    {"manifestJsonEx", "vs"},
    {"manifestJsonMinified", "v"},
    {"manifestPython", "v"},
    {"manifestPythonVars", "o"},
    {"manifestTomlEx", "us"},
    {"manifestYamlDoc", "vbb"},
    {"manifestYamlStream", "Abb"},
    {"parseJson", "s"}};
constexpr Row kNew[] = {  // since then
    {"round", "n"},
    {"hypot", "nn"},
    {"isEven", "n"},
    {"isOdd", "n"},
    {"isInteger", "n"},
    {"isDecimal", "n"},
    {"isNull", "v"},
    {"trim", "s"},
    {"splitLimitR", "sci"},
    {"equalsIgnoreCase", "ss"},
    {"sum", "N"},
    {"avg", "N"},
    {"minArray", "N"},
    {"maxArray", "S"},
    {"contains", "Av"},
    {"remove", "Av"},
    {"removeAt", "Ni"},
    {"flattenDeepArray", "A"},
    {"objectKeysValues", "o"},
    {"objectKeysValuesAll", "o"},
    {"objectRemoveKey", "oc"},
    {"flattenArrays", "A"},
    {"flatMap", "fA"},
    {"isEmpty", "s"},
    {"all", "A"},
    {"any", "A"},
    {"xor", "bb"},
    {"xnor", "bb"},
    {"escapeStringXML", "s"}};

class Calls : private SeededRandom {
 public:
  Calls(uint64_t seed, bool all) : SeededRandom(seed), all_(all) {}

  std::string program() {
    std::string out = "[\n";
    for (int i = 0; i < 2; ++i) out += "  " + item() + ",\n";
    return out + "]\n";
  }

 private:
  template <size_t kCount>
  std::string_view one_of(const std::string_view (&list)[kCount]) {
    return list[pick(static_cast<int>(kCount))];
  }

  std::string item() {
    switch (pick(10)) {
      case 0:
        return formatted();
      case 1:
        return sliced();
      case 2:
        return chain();
      case 3:
        return value('n', 0);
      default:
        return call();
    }
  }

  std::string call() {
    const bool is_new = all_ && chance(20);
    const Row& row = is_new ? kNew[pick(std::size(kNew))] : kOld[pick(std::size(kOld))];
    std::string text = "std." + std::string(row.name) + "(";
    for (size_t i = 0; i < row.parameters.size(); ++i) {
      constexpr std::string_view kKinds = "nisSNAobv";
      const char kind = pick(400) == 0 ? kKinds[pick(kKinds.size())] : row.parameters[i];
      text += (i > 0 ? ", " : "") + value(kind, 2);
    }
    return text + (chance(5) ? ") tailstrict" : ")");
  }

  // % with any flags, and what they ask for.
  std::string formatted() {
    std::string pattern = std::string(one_of({"", "a ", "%%", "\xc3\xa9"})) + "%";
    for (const char flag : std::string_view("-0 +#"))
      if (chance(15)) pattern += flag;
    if (chance(40)) pattern += std::to_string(pick(12));
    if (chance(40)) pattern += "." + std::to_string(pick(9));
    const char type = "diouxXeEfFgGcs"[pick(14)];
    std::string argument = type == 'c'   ? value('c', 0)
                           : type == 's' ? value('v', 2)
                                         : value('n', 0);
    // Of which 0.18 took the logarithm.
    if (!all_ && argument.find_first_of("123456789") == std::string::npos) argument = "1";
    return "(\"" + pattern + type + "|\" % [" + argument + "])";
  }

  std::string sliced() {
    const auto limit = [&] {
      return chance(30) ? "" : std::to_string(pick(9) - (all_ && chance(50) ? 3 : 0));
    };
    const std::string step = chance(50) ? "" : ":" + std::to_string(1 + pick(3));
    const std::string from = limit(), to = limit();
    return "(" + value("sNA"[pick(3)], 1) + ")[" + from + ":" + to + step + "]";
  }

  // Objects on objects: super, visibility, assertions, comprehensions.
  std::string chain() {
    std::string text = "({ a: 1, b:: 2, c::: 3 }";
    for (int layers = 1 + pick(5); layers > 0; --layers) {
      const std::string key(one_of({"a", "b", "c", "d"}));
      const std::string colon(one_of({":", "::", ":::"}));
      switch (pick(6)) {
        case 0:
          text += " + { " + key + "+" + colon + " " + value('i', 0) + " }";
          break;
        case 1:
          text += " + { " + key + colon + " if '" + key + "' in super then super." + key +
                  " + 10 else " + value('i', 0) + " }";
          break;
        case 2:
          text += " + { assert self.a != null, e" + colon + " [self.a, super.b] }";
          break;
        case 3:
          text += " { [k]: super[k] for k in ['a', '" + key + "'] if k in super }";
          break;
        case 4:
          text +=
              " + { local l = self.a, [if " + value('b', 0) + " then 'f']" + colon + " [l, $.c] }";
          break;
        default:
          text += " + " + value('o', 1);
      }
    }
    return text + ")";
  }

  // A literal over the whole range, to 17 digits.
  std::string number() {
    char text[64];
    switch (pick(5)) {
      case 0:
        std::snprintf(text, sizeof text, "%d", pick(2000) - 1000);
        break;
      case 1:
        std::snprintf(text, sizeof text, "%.17ge%d", static_cast<double>(next() >> 11) / 9e15,
                      pick(600) - 300);
        break;
      case 2:
        std::snprintf(text, sizeof text, "%.3g", static_cast<double>(pick(1'000'000)) / 1000);
        break;
      case 3:
        std::snprintf(text, sizeof text, "%llu",
                      static_cast<unsigned long long>(next() >> pick(60)));
        break;
      default:
        return std::string(
            one_of({"0", "-0", "1", "0.5", "1e15", "1e16", "1e17", "123456789012345680", "1e-5",
                    "0.1", "9007199254740993", "1e100", "5e-324", "1.7976931348623157e308"}));
    }
    return text;
  }

  std::string string() {
    return "\"" +
           std::string(one_of({"",
                               "a",
                               "b",
                               "abc",
                               "A b",
                               "a,b,c",
                               " x ",
                               "\xc3\xa9",
                               "\xe6\x97\xa5\xe6\x9c\xac",
                               "\xf0\x9f\x98\x80z",
                               "\\n",
                               "q\\\"'",
                               "<&>",
                               "$x",
                               "12",
                               "true",
                               "null",
                               "~",
                               "- a",
                               "a: b",
                               "1e3",
                               "0x1F",
                               "\\u0001",
                               "\\u007f",
                               "\\t",
                               "line\\nline\\n",
                               "%s",
                               "yes",
                               "2020-01-01",
                               "#"})) +
           "\"";
  }

  std::string list(char kind, int depth) {
    std::string text = "[";
    for (int count = pick(5); count > 0; --count) text += value(kind, depth - 1) + ", ";
    return text + "]";
  }

  std::string object(char kind, int depth) {
    std::string text = "{ ";
    for (const std::string_view key : {"a", "b", "\"c d\"", "\"1\"", "\"\xc3\xa9\"", "x-"})
      if (chance(30)) {
        const std::string name = key == "x-" ? "'x-'" : std::string(key);
        text +=
            name + std::string(one_of({": ", ": ", ":: ", "::: "})) + value(kind, depth - 1) + ", ";
      }
    return text + "}";
  }

  std::string anything(int depth) {
    switch (depth <= 0 ? pick(4) : pick(7)) {
      case 0:
        return number();
      case 1:
        return string();
      case 2:
        return chance(50) ? "true" : "false";
      case 3:
        return "null";
      case 4:
      case 5:
        return object('v', depth);
      default:
        return list('v', depth);
    }
  }

  std::string value(char kind, int depth) {
    switch (kind) {
      case 'n':
        return number();
      case 'i':
        return std::to_string(pick(12) - (chance(10) ? 4 : 0));
      case 's':
        return string();
      case 'c':
        return std::string(one_of({"'a'", "'b'", "','", "'\xc3\xa9'", "' '", "'c'"}));
      case 'D':
        return std::string(one_of({"'0'", "'17'", "'-5'", "'777'", "'1234567890123456'", "'abcd'",
                                   "'YWJj'", "'YQ=='", "'1F'"}));
      case 'S':
        return list('s', 1);
      case 'N':
        return list('n', 1);
      case 'A':
        return list('v', depth);
      case 'o':
        return object('v', depth);
      case 'u':
        return object('s', 1);
      case 'b':
        return chance(50) ? "true" : "false";
      case 'f':
        return "function(x) [x]";
      case 'g':
        return chance(50) ? "function(x, y) x + y" : "function(x, y) [x, y]";
      case 'h':
      case 'k':
        return "function(x, y) [x, y]";
      case 'p':
        return "function(x) x > 10";
      default:
        return anything(depth);
    }
  }

  const bool all_;
};

}  // namespace

std::string random_calls(uint64_t seed, bool all) { return Calls(seed, all).program(); }

}  // namespace kfctl
