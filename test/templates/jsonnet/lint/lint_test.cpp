// The linter: what each rule finds, and what it must keep quiet about.
#include "templates/jsonnet/lint/lint.h"

#include <map>

#include <doctest/doctest.h>

using namespace kfctl;
using namespace kfctl::lint;

namespace {

// One library, and nothing else to import.
class OneLibrary : public Importer {
 public:
  Result<std::string> resolve(const std::string&, const std::string& path) override {
    if (path == "lib") return path;
    return project_error("no such file");
  }
  Result<std::shared_ptr<const std::string>> load(const std::string&) override { return text_; }

 private:
  std::shared_ptr<const std::string> text_ = std::make_shared<const std::string>(
      "{ port:: 80, make(name, size=1):: { name: name, inner: { a: size } },"
      "  sub: { deep: 1 } + { more: 2 }, merged+: { b: 1 }, [std.extVar('x')]: 1 }");
};

std::vector<Finding> findings(const std::string& text, const std::set<std::string>& disabled = {}) {
  OneLibrary library;
  return Linter(library).lint("a.jsonnet", std::make_shared<const std::string>(text), disabled);
}

// "line:column rule: message", one after the other.
std::string found(const std::string& text, const std::set<std::string>& disabled = {}) {
  std::string out;
  for (const Finding& one : findings(text, disabled)) {
    out += (out.empty() ? "" : "\n") + std::to_string(one.place.line) + ":" +
           std::to_string(one.place.column) + " " + one.rule + ": " + one.message;
    if (one.hint.starts_with("did you mean")) out += " (" + one.hint + ")";
  }
  return out;
}

}  // namespace

TEST_CASE("a local that nothing uses") {
  CHECK(found("local a = 1; 2") == "1:7 unused-local: nothing uses 'a'");
  CHECK(found("{ local a = 1, b: 2 }") == "1:9 unused-local: nothing uses 'a'");
  CHECK(found("local f(x) = f(x - 1); 2") == "1:7 unused-local: nothing uses 'f'");
  CHECK(found("local a = import 'lib'; 2") == "1:7 unused-import: nothing uses 'a'");
  CHECK(found("local a = importstr 'lib'; 2") == "1:7 unused-import: nothing uses 'a'");
  CHECK(found("local a = 1, b = a; b") == "");
  CHECK(found("local _a = 1; [1 for x in [1, 2]]") == "");
  CHECK(found("{ local a = 1, assert a > 0, b: 2 }") == "");
  CHECK(found("local a = 1; { [std.toString(a)]: 1 }") == "");
}

TEST_CASE("a parameter is unused only where the function itself decides what it takes") {
  CHECK(found("local f(a, b) = a; f(1, 2)") ==
        "1:12 unused-parameter: the function does not use its parameter 'b'");
  CHECK(found("local f = function(a, b=[(1), { c(x): x }], c=2) a + c; f(1)") ==
        "1:23 unused-parameter: the function does not use its parameter 'b'");
  CHECK(found("local f(a, b) = a; std.foldl(f, [1], 1)") == "");
  CHECK(found("local f(a, _b) = a; f(1, 2)") == "");
  CHECK(found("{ f(a, b):: a }") == "");
  CHECK(found("std.mapWithIndex(function(i, x) x, [1])") == "");
}

TEST_CASE("a name that hides another, of every kind of binding") {
  CHECK(found("local a = 1;\na + (local a = 2; a)") ==
        "2:12 shadowing: 'a' hides the name of line 1");
  CHECK(found("local a = [1]; a + [a for a in a]") ==
        "1:27 shadowing: 'a' hides the name of line 1");
  CHECK(found("local a = 1; { [x + a]: 1 for x in [a for a in ['b']] }") ==
        "1:43 shadowing: 'a' hides the name of line 1");
  CHECK(found("local a = 1; { b(x, a):: a + x, c: a }") ==
        "1:21 shadowing: 'a' hides the name of line 1");
  CHECK(found("local a = 1; { [std.toString(a)](a):: a }") ==
        "1:34 shadowing: 'a' hides the name of line 1");
  CHECK(found("local f(a) = a, g(a) = a; f(1) + g(2)") == "");
}

TEST_CASE("fields that cannot be there, followed through locals, imports, sums and calls") {
  CHECK(found("{ port: 1 }.prot") ==
        "1:13 unknown-field: this object has no field 'prot' (did you mean 'port'?)");
  CHECK(found("local a = { b: { c: 1 } }; a.b['d']") ==
        "1:32 unknown-field: this object has no field 'd'");
  CHECK(found("(import 'lib').sub.dep").starts_with("1:20 unknown-field"));
  CHECK(found("(import 'lib').make('x').inner.b").starts_with("1:32 unknown-field"));
  CHECK(found("(({ a: 1 } + { b: 2 }) { c: 3 }).d").starts_with("1:34 unknown-field"));
  CHECK(found("std.lenght('')") ==
        "1:5 unknown-field: std has no member 'lenght' (did you mean 'length'?)");
  CHECK(found("local s = std; s.size").starts_with("1:18 unknown-field"));
  CHECK(found("[std.pi, std.thisFile, std.extVar, std.native, std.sha3]") == "");
}

TEST_CASE("fields that may be there") {
  CHECK(found("(import 'lib').nope") == "");      // it has a computed field
  CHECK(found("(import 'lib').merged.c") == "");  // added to whatever is below
  CHECK(found("(import 'other').nope") == "");    // cannot be found
  CHECK(found("{ a: self.b, c: $.d, e: super.f }") == "");
  CHECK(found("function(x) x.y") == "");
  CHECK(found("({ a: 1 } + std.extVar('x')).b") == "");
  CHECK(found("local a = { b: 1 }; if 'c' in a then a.c") == "");
  CHECK(found("local a = { b: 1 }, has = std.objectHas(a, 'c'); has && a.c") == "");
  CHECK(found("local a = { b: 1 }; [a.c for x in [1] if a.x == x]").find("a.c") ==
        std::string::npos);
  CHECK(found("local a = { b: self.c, d:: error 'e' }; a.d.f") == "");
  CHECK(found("local std = { x: 1 }; std.x") == "");
  CHECK(found("local a = { b: { c: 1 } } + { b+: { d: 1 } }; a.b.e") == "");
}

TEST_CASE("calls that the function does not take") {
  CHECK(found("local f(a, b=1) = a + b; f()") ==
        "1:26 wrong-arguments: this call lacks the argument 'a'");
  CHECK(found("local f(a) = a; f(1, 2)") ==
        "1:17 wrong-arguments: this function takes 1 argument, not 2");
  CHECK(found("(import 'lib').make(nam='x')") ==
        "1:16 wrong-arguments: this function has no parameter 'nam' (did you mean 'name'?)");
  CHECK(found("local f(a) = a; f(1, a=2)") ==
        "1:17 wrong-arguments: the argument 'a' is given twice");
  CHECK(found("std.substr('x', 1)") == "1:5 wrong-arguments: this call lacks the argument 'len'");
  CHECK(found("std.join(arr=[], sep='')") == "");
  CHECK(found("local f(a, b=1) = a + b; [f(1), f(1, 2), f(b=1, a=2)]") == "");
  CHECK(found("{ f(a):: a, g: self.f() }") == "");
}

TEST_CASE("operations that are errors whatever happens") {
  CHECK(found("1 - 'a'") == "1:3 type-error: this operator needs a number, not a string");
  CHECK(found("{} + 1") == "1:4 type-error: an object and a number cannot be added");
  CHECK(found("1 < 'a'") == "1:3 type-error: a number and a string have no order");
  CHECK(found("!1") == "1:1 type-error: '!' needs a boolean, not a number");
  CHECK(found("if 1 then 2") == "1:1 type-error: a condition needs a boolean, not a number");
  CHECK(found("local a = null; a.b") == "1:19 type-error: null has no field 'b'");
  CHECK(found("5(1)") == "1:2 type-error: only a function can be called, not a number");
  CHECK(found("local a = null; if a != null then a.b") == "");
  CHECK(found("'a' + 1 + {} + [] + null") == "");
  CHECK(found("'%d' % 1 + 'x'") == "");
}

TEST_CASE("what does not depend on anything") {
  CHECK(found("if true then 1 else 2") == "1:4 constant-condition: this condition is always true");
  CHECK(found("function(x) x && !true") == "1:18 constant-condition: this side is always false");
  CHECK(found("assert true; 1") == "1:8 constant-condition: what is asserted is always true");
  CHECK(found("assert false : 'never'; 1") == "");
  CHECK(found("function(x) if x then [1, {}] else [1, {}]") ==
        "1:13 same-branches: both branches of this if are the same");
  CHECK(found("function(x) x.a[1] == x.a[1]") ==
        "1:20 same-operands: both sides of this operator are the same expression");
  CHECK(found("function(x) [x[1:] == x[:1], x + x, x * x]") == "");
  CHECK(found("1 == 'a'") == "1:3 constant-comparison: a number never equals a string");
  CHECK(found("local a = 'x'; a == null") == "");  // a switch that is turned by hand
  CHECK(found("local a = a; a").starts_with("1:7 endless"));
}

TEST_CASE("comments and flags silence rules") {
  CHECK(found("local a = 1; 2  // lint-ignore: unused-local") == "");
  CHECK(found("# lint-ignore: shadowing, unused-local\nlocal a = 1; 2") == "");
  CHECK(found("// lint-ignore\nlocal a = 1; 2") == "");
  CHECK(found("// lint-ignore: shadowing\nlocal a = 1; 2") != "");
  CHECK(found("// lint-ignore: unused-local\n\nlocal a = 1; 2") != "");
  CHECK(found("// lint-ignore-file: unused-local\n\n\nlocal a = 1; 2") == "");
  CHECK(found("local a = 1; 2", {"unused-local"}) == "");
  CHECK(found("// lint-ignore: unusd-local\n1") ==
        "1:17 unknown-rule: there is no rule 'unusd-local' (did you mean 'unused-local'?)");
}

TEST_CASE("what cannot be read is one finding with its place, and cannot be silenced") {
  const std::vector<Finding> all = findings("// lint-ignore-file\n{ a: parms }", {"syntax"});
  REQUIRE(all.size() == 1);
  CHECK(all[0].rule == "syntax");
  CHECK(all[0].place.line == 2);
  CHECK(all[0].place.column == 6);
  CHECK(all[0].message == "unknown variable 'parms'");
  CHECK(all[0].excerpt == "{ a: parms }\n     ^~~~~");
}

TEST_CASE("findings come by place, each with its line and a caret") {
  const std::vector<Finding> sorted = findings("local a = 1;\nlocal b = 2;\n{ c: {}.d }");
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0].place.line == 1);
  CHECK(sorted[2].excerpt == "{ c: {}.d }\n        ^");
}

TEST_CASE("deep and endless code ends") {
  CHECK(found("local a = b, b = a; a.c") == "");
  CHECK(found("local f(x) = f(x); f(1).a") == "");
  CHECK(found("local a = { b: a }; a.b.b.b.c").find("unknown-field") != std::string::npos);
  std::string doubled = "local a0 = {};";
  for (int i = 1; i < 60; ++i)
    doubled += "local a" + std::to_string(i) + " = a" + std::to_string(i - 1) + " + a" +
               std::to_string(i - 1) + ";";
  CHECK(found(doubled + "a59.b") == "");
  std::string row = "1";
  for (int i = 0; i < 20'000; ++i) row += "+1";
  CHECK(found(row) == "");
  const std::string nested = std::string(10'000, '[') + std::string(10'000, ']');
  CHECK(found(nested) == "");
}
