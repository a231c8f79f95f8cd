#include "random_program.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "seeded_random.h"

namespace kfctl {
namespace {

enum class Kind { kNumber, kString, kBool, kNumbers, kStrings, kObject };

struct Type {
  Kind kind = Kind::kNumber;
  std::map<std::string, Kind> fields;  // of an object
};

struct Variable {
  std::string name;
  Type type;
};

class Generator : private SeededRandom {
 public:
  explicit Generator(uint64_t seed) : SeededRandom(seed) {}

  std::string program() {
    std::string out;
    const int bindings = 1 + pick(4);
    for (int i = 0; i < bindings; ++i) out += binding();
    out += "[" + any(4) + ", " + any(4) + ", " + object_expression(4) + ", " + any(5) + "]";
    return out;
  }

 private:
  std::string fresh() { return "v" + std::to_string(++names_); }
  std::string field_name() { return std::string(1, static_cast<char>('a' + pick(5))); }
  Kind scalar() { return static_cast<Kind>(pick(5)); }

  std::string binding() {
    const std::string name = fresh();
    if (chance(25)) {
      std::string text = "local " + name + "(p, q=" + number(1) + ") = ";
      variables_.push_back({"p", {}});
      variables_.push_back({"q", {}});
      text += number(3) + ";\n";
      variables_.resize(variables_.size() - 2);
      functions_.push_back(name);
      return text;
    }
    Type type;
    std::string text = "local " + name + " = ";
    if (chance(50)) {
      type.kind = Kind::kObject;
      text += object_literal(type, 3, nullptr);
    } else {
      type.kind = scalar();
      text += expression(type.kind, 3);
    }
    variables_.push_back({name, type});
    return text + ";\n";
  }

  std::string any(int depth) { return expression(scalar(), depth); }

  std::string expression(Kind kind, int depth) {
    switch (kind) {
      case Kind::kNumber:
        return number(depth);
      case Kind::kString:
        return string(depth);
      case Kind::kBool:
        return boolean(depth);
      case Kind::kNumbers:
        return numbers(depth);
      case Kind::kStrings:
        return strings(depth);
      case Kind::kObject:
        return object_expression(depth);
    }
    return "null";
  }

  // A variable, or a field of one, of this kind; "" if there is none.
  std::string reference(Kind kind) {
    std::vector<std::string> found;
    for (const Variable& variable : variables_) {
      if (variable.type.kind == kind) found.push_back(variable.name);
      for (const auto& [name, its_kind] : variable.type.fields)
        if (its_kind == kind)
          found.push_back(variable.name + (chance(70) ? "." + name : "['" + name + "']"));
    }
    // Only fields of smaller names, so that no field needs itself.
    if (self_ != nullptr)
      for (const auto& [name, its_kind] : *self_)
        if (its_kind == kind && name < field_ && chance(60))
          found.push_back((self_depth_ > 1 || no_dollar_ > 0 || chance(70) ? "self." : "$.") +
                          name);
    return found.empty() ? "" : found[static_cast<size_t>(pick(static_cast<int>(found.size())))];
  }

  std::string conditional(Kind kind, int depth) {
    return "(if " + boolean(depth - 1) + " then " + expression(kind, depth - 1) + " else " +
           expression(kind, depth - 1) + ")";
  }
  std::string let(Kind kind, int depth) {
    const std::string name = fresh();
    const Kind its_kind = scalar();
    std::string text = "(local " + name + " = " +
                       (chance(8) ? "error 'lazy'" : expression(its_kind, depth - 1)) + "; ";
    variables_.push_back({name, {its_kind, {}}});
    text += expression(kind, depth - 1) + ")";
    variables_.pop_back();
    return text;
  }
  // What every kind can be: a reference, a choice, a local; "" to let the caller do its own.
  std::string common(Kind kind, int depth) {
    if (depth <= 0 || chance(30)) {
      if (std::string found = reference(kind); !found.empty()) return found;
    }
    if (depth > 1 && chance(8)) return conditional(kind, depth);
    if (depth > 1 && chance(8)) return let(kind, depth);
    if (depth > 1 && chance(4))
      return "(assert " + boolean(depth - 1) + " || true; " + expression(kind, depth - 1) + ")";
    if (pick(2000) == 0) return "(error " + string(0) + ")";
    return "";
  }

  std::string number(int depth) {
    if (std::string text = common(Kind::kNumber, depth); !text.empty()) return text;
    if (depth <= 0) {
      constexpr const char* kLiterals[] = {"0",   "1",    "2",   "3",  "7",   "10",
                                           "0.5", "1.25", "100", "-1", "1e3", "0.1"};
      return kLiterals[pick(12)];
    }
    const auto n = [&] { return number(depth - 1); };
    if (!functions_.empty() && chance(15)) {
      const std::string f =
          functions_[static_cast<size_t>(pick(static_cast<int>(functions_.size())))];
      switch (pick(4)) {
        case 0:
          return f + "(" + n() + ")";
        case 1:
          return f + "(" + n() + ", " + n() + ")";
        case 2:
          return f + "(q=" + n() + ", p=" + n() + ")";
        default:
          return f + "(" + n() + ") tailstrict";
      }
    }
    switch (pick(18)) {
      case 0:
        return "(" + n() + " + " + n() + ")";
      case 1:
        return "(" + n() + " - " + n() + ")";
      case 2:
        return "(" + n() + " * " + n() + ")";
      case 3:
        return "(" + n() + " / " + (chance(2) ? n() : "4") + ")";
      case 4:
        return "(" + n() + " % " + (chance(2) ? n() : "7") + ")";
      case 5:
        return "(-" + n() + ")";
      case 6:
        return "std.length(" + expression(static_cast<Kind>(1 + 2 * pick(3)), depth - 1) + " + '')";
      case 7:
        return "std.length(" + numbers(depth - 1) + ")";
      case 8:
        return "std.foldl(function(x, y) x + y, " + numbers(depth - 1) + ", " + n() + ")";
      case 9:
        return "std.floor(" + n() + ")";
      case 10:
        return "std.max(" + n() + ", std.abs(" + n() + "))";
      case 11:
        return "(" + numbers(depth - 1) + " + [4])[0]";
      case 12:
        return "(std.floor(" + n() + ") & 255 | 5 ^ 3)";
      case 13:
        return "(std.floor(" + n() + ") % 30 << 3 >> 1)";
      case 14:
        return "std.count(" + strings(depth - 1) + ", " + string(depth - 2) + ")";
      case 15:
        return "std.foldr(function(x, y) x - y, " + numbers(depth - 1) + ", 1)";
      case 16:
        return "std.codepoint((" + string(depth - 1) + " + 'z')[0])";
      default:
        return "(function(x) x + " + n() + ")(" + n() + ")";
    }
  }

  std::string string(int depth) {
    if (std::string text = common(Kind::kString, depth); !text.empty()) return text;
    if (depth <= 0) {
      constexpr const char* kLiterals[] = {"'a'",       "'b'", "''",     "'hello'", "'x y'",
                                           "\"q'\\n\"", "'é'", "'日本'", "'A-b'",   "'12'"};
      return kLiterals[pick(10)];
    }
    const auto s = [&] { return string(depth - 1); };
    switch (pick(18)) {
      case 0:
        return "(" + s() + " + " + s() + ")";
      case 1:
        return "('' + " + any(depth - 1) + ")";
      case 2:
        return "(" + any(depth - 1) + " + " + s() + ")";
      case 3:
        return "std.toString(" + any(depth - 1) + ")";
      case 4:
        return "std.join(" + s() + ", " + strings(depth - 1) + ")";
      case 5:
        return "std.substr(" + s() + ", " + std::to_string(pick(3)) + ", " +
               std::to_string(pick(4)) + ")";
      case 6:
        return "std.asciiUpper(" + s() + ")";
      case 7:
        return "std.strReplace(" + s() + ", 'a', " + s() + ")";
      case 8:
        return "('%s|%5d|%-6.2f' % [" + any(depth - 1) + ", " + number(depth - 1) + ", " +
               number(depth - 1) + "])";
      case 9:
        return "('%(k)s' % { k: " + s() + " })";
      case 10:
        return "std.manifestJsonEx(" + object_expression(depth - 1) + ", ' ')";
      case 11:
        return "std.manifestYamlDoc(" + object_expression(depth - 1) + ")";
      case 12:
        return s() + "[" + std::to_string(pick(2)) + ":]";
      case 13:
        return s() + "[::" + std::to_string(1 + pick(3)) + "]";
      case 14:
        return "std.escapeStringJson(" + s() + ")";
      case 15:
        return "std.base64(std.asciiUpper('k' + " + std::to_string(pick(9)) + "))";
      case 16:
        return "std.join('', [c + '.' for c in std.stringChars(" + s() + ")])";
      default:
        return "std.type(" + any(depth - 1) + ")";
    }
  }

  std::string boolean(int depth) {
    if (std::string text = common(Kind::kBool, depth); !text.empty()) return text;
    if (depth <= 0) return chance(50) ? "true" : "false";
    switch (pick(10)) {
      case 0:
        return "(" + number(depth - 1) + " < " + number(depth - 1) + ")";
      case 1:
        return "(" + number(depth - 1) + " >= " + number(depth - 1) + ")";
      case 2:
        return "(" + any(depth - 1) + " == " + any(depth - 1) + ")";
      case 3:
        return "(" + object_expression(depth - 1) + " != " + object_expression(depth - 1) + ")";
      case 4:
        return "(" + boolean(depth - 1) + " && " + boolean(depth - 1) + ")";
      case 5:
        return "(" + boolean(depth - 1) + " || " + boolean(depth - 1) + ")";
      case 6:
        return "!" + boolean(depth - 1);
      case 7:
        return "(" + string(depth - 1) + " < " + string(depth - 1) + ")";
      case 8:
        return "('" + field_name() + "' in " + object_expression(depth - 1) + ")";
      default:
        return "std.member(" + numbers(depth - 1) + ", " + number(depth - 1) + ")";
    }
  }

  std::string loop(Kind element, Kind over, int depth) {
    const std::string name = fresh();
    const std::string source = expression(over, depth - 1);
    variables_.push_back({name, {over == Kind::kNumbers ? Kind::kNumber : Kind::kString, {}}});
    std::string text = "[" + expression(element, depth - 1) + " for " + name + " in " + source;
    if (chance(30)) text += " if " + boolean(depth - 1);
    variables_.pop_back();
    return text + "]";
  }

  std::string numbers(int depth) {
    if (std::string text = common(Kind::kNumbers, depth); !text.empty()) return text;
    if (depth <= 0) return chance(20) ? "[]" : "[3, 1, 2]";
    const auto a = [&] { return numbers(depth - 1); };
    switch (pick(12)) {
      case 0:
        return "[" + number(depth - 1) + ", " + number(depth - 1) + "]";
      case 1:
        return "(" + a() + " + " + a() + ")";
      case 2:
        return "std.range(" + std::to_string(pick(3)) + ", " + std::to_string(pick(8)) + ")";
      case 3:
        return "std.map(function(x) x * " + number(depth - 1) + ", " + a() + ")";
      case 4:
        return "std.filter(function(x) x > " + number(depth - 1) + ", " + a() + ")";
      case 5:
        return "std.sort(" + a() + ")";
      case 6:
        return "std.reverse(" + a() + ")";
      case 7:
        return a() + "[" + std::to_string(pick(3)) + ":" + std::to_string(pick(5)) + "]";
      case 8:
        return "std.set(" + a() + ")";
      case 9:
        return "std.makeArray(" + std::to_string(pick(5)) + ", function(i) i + " +
               number(depth - 1) + ")";
      case 10:
        return "std.setUnion(std.set(" + a() + "), std.set(" + a() + "))";
      default:
        return loop(Kind::kNumber, chance(50) ? Kind::kNumbers : Kind::kStrings, depth);
    }
  }

  std::string strings(int depth) {
    if (std::string text = common(Kind::kStrings, depth); !text.empty()) return text;
    if (depth <= 0) return chance(20) ? "[]" : "['b', 'a', 'c']";
    switch (pick(8)) {
      case 0:
        return "[" + string(depth - 1) + ", " + string(depth - 1) + "]";
      case 1:
        return "std.objectFields(" + object_expression(depth - 1) + ")";
      case 2:
        return "std.split(" + string(depth - 1) + ", ' ')";
      case 3:
        return "std.objectFieldsAll(" + object_expression(depth - 1) + ")";
      case 4:
        return "std.uniq(std.sort(" + strings(depth - 1) + "))";
      case 5:
        return "std.mapWithIndex(function(i, x) i + x, " + strings(depth - 1) + ")";
      case 6:
        return "(" + strings(depth - 1) + " + " + strings(depth - 1) + ")";
      default:
        return loop(Kind::kString, chance(50) ? Kind::kNumbers : Kind::kStrings, depth);
    }
  }

  std::string object_expression(int depth) {
    Type ignored;
    if (depth <= 0) {
      if (std::string found = reference(Kind::kObject); !found.empty() && chance(60)) return found;
      return "{ a: " + number(0) + ", b: 'x' }";
    }
    const auto o = [&] { return object_expression(depth - 1); };
    switch (pick(8)) {
      // On the right a literal: up to 0.20 the fields of other objects undid the :: of the left.
      case 0:
        return "(" + o() + " + " + object_literal(ignored, depth - 1, nullptr) + ")";
      case 1: {
        Type type;
        const std::string left = object_literal(type, depth - 1, nullptr);
        return "(" + left + " + " + object_literal(ignored, depth - 1, &type) + ")";
      }
      case 2:
        return "std.mergePatch(" + o() + ", " + o() + ")";
      case 3:
        return "std.prune(" + o() + ")";
      case 4: {
        // $ of an object in here is unknown to the reference implementation.
        ++no_dollar_;
        const std::string text =
            "{ [k]: k + " + string(depth - 1) + " for k in std.set(" + strings(depth - 1) + ") }";
        --no_dollar_;
        return text;
      }
      case 5:
        return "std.mapWithKey(function(k, v) k + v, " + o() + ")";
      default:
        return object_literal(ignored, depth, nullptr);
    }
  }

  // `below` is the object that this one is added to, if that is known.
  std::string object_literal(Type& type, int depth, const Type* below) {
    type.kind = Kind::kObject;
    const std::map<std::string, Kind>* const outer = self_;
    std::map<std::string, Kind> fields =
        below != nullptr ? below->fields : std::map<std::string, Kind>{};
    const int count = 1 + pick(4);
    std::vector<std::pair<std::string, Kind>> own;
    for (int i = 0; i < count; ++i) {
      const std::string name = field_name();
      bool twice = false;
      for (const auto& [other, kind] : own) twice = twice || other == name;
      if (twice) continue;
      const bool keep = fields.contains(name);
      own.emplace_back(name, keep ? fields[name] : scalar());
      fields[name] = own.back().second;
    }
    std::string text = "{ ";
    const size_t variables = variables_.size();
    const std::string outer_field = std::exchange(field_, "");
    self_ = &fields;
    ++self_depth_;
    if (chance(25)) {
      const std::string name = fresh();
      text += "local " + name + " = " + number(depth - 1) + ", ";
      variables_.push_back({name, {}});
    }
    if (chance(10))
      text += "assert " + boolean(depth - 1) + " || " + (chance(97) ? "true" : "false") + ", ";
    for (const auto& [name, kind] : own) text += field(name, kind, depth, below) + ", ";
    self_ = outer;
    --self_depth_;
    field_ = outer_field;
    variables_.resize(variables);
    type.fields = fields;
    return text + "}";
  }

  std::string field(const std::string& name, Kind kind, int depth, const Type* below) {
    constexpr const char* kColons[] = {":", ":", ":", ":", "::", ":::"};
    const std::string colon = kColons[pick(6)];
    field_ = name;
    const bool exists = below != nullptr && below->fields.contains(name);
    if (exists && kind != Kind::kBool && chance(30))
      return name + "+" + colon + " " + expression(kind, depth - 1);
    if (exists && kind == Kind::kNumber && chance(40))
      return name + colon + " super." + name + " + " + number(depth - 1);
    if (below != nullptr && chance(10))
      return name + colon + " if '" + field_name() + "' in super then " +
             expression(kind, depth - 1) + " else " + expression(kind, depth - 1);
    const std::string key = chance(10) ? "['" + name + "']" : name;
    return key + colon + " " + expression(kind, depth - 1);
  }

  int names_ = 0;
  std::vector<Variable> variables_;
  std::vector<std::string> functions_;
  const std::map<std::string, Kind>* self_ = nullptr;  // the fields of the innermost object
  int self_depth_ = 0;
  int no_dollar_ = 0;
  std::string field_;  // the name of the field being written
};

}  // namespace

std::string random_program(uint64_t seed) { return Generator(seed).program(); }

}  // namespace kfctl
