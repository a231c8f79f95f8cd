// Errors at run time: the place, the way there, the hint, and the limits.
#include "engine_test.h"

using namespace kfctl;

TEST_CASE("an error names its place, its callers and the path in the output") {
  CHECK(error_of("local f(x) = error 'bad ' + x;\n"
                 "{ spec: { containers: [{ image: f('one') }] } }") ==
        "main.jsonnet:1:14: bad one\n"
        "local f(x) = error 'bad ' + x;\n"
        "             ^~~~~\n"
        "called from main.jsonnet:2:33: function <f>\n"
        "in main.jsonnet:2:33: field <image>\n"
        "needed for spec.containers[0].image of the output");
}

TEST_CASE("a function of the library has its name among the callers") {
  CHECK(error_of("std.foldl(function(a, b) a + b.y, [{}], 0)").find("function <std.foldl>") !=
        std::string::npos);
}

TEST_CASE("keys that are no names are quoted in the path") {
  CHECK(error_of("{ 'a-b': [[error 'x']] }").find("needed for ['a-b'][0][0] of the output") !=
        std::string::npos);
}

TEST_CASE("a missing field comes with the nearest name") {
  CHECK(error_of("local o = { replicas: 1 };\no.replica") ==
        "main.jsonnet:2:3: field does not exist: 'replica'\n"
        "o.replica\n"
        "  ^~~~~~~\n"
        "hint: did you mean 'replicas'?");
  CHECK(error_of("std.lenght([])").find("did you mean 'length'?") != std::string::npos);
  CHECK(error_of("std.extVar('nam')").find("did you mean 'name'?") != std::string::npos);
}

TEST_CASE("an error in an import names its file and who imported it") {
  const std::string text =
      error_of("{ a: import 'lib/x.libsonnet' }", {{"lib/x.libsonnet", "local y = 1;\ny.z"}});
  CHECK(text.starts_with("lib/x.libsonnet:2:3: only objects have fields: this is a number"));
  CHECK(text.find("imported from main.jsonnet:1:6") != std::string::npos);
  CHECK(error_of("import 'lib/y'", {{"lib/y", "{"}})
            .starts_with("lib/y:1:2: unexpected end of file"));
  CHECK(error_of("import 'nope'").starts_with("main.jsonnet:1:1: couldn't open import"));
}

TEST_CASE("recursion without end is found out, by need and by depth") {
  CHECK(error_of("local x = x + 1; x").find("infinite recursion") != std::string::npos);
  CHECK(error_of("{ a: self.b, b: self.a }").find("infinite recursion") != std::string::npos);
  CHECK(error_of("local a = [a[1], a[0]]; a").find("infinite recursion") != std::string::npos);
  CHECK(error_of("import 'a'", {{"a", "(import 'a') + 1"}}).find("infinite recursion") !=
        std::string::npos);
  CHECK(error_of("local f(x) = 1 + f(x + 1); f(0)").find("max stack frames exceeded") !=
        std::string::npos);
  CHECK(error_of("local f(x) = { a: f(x) }; f(0)").find("max stack frames exceeded") !=
        std::string::npos);
  CHECK(error_of("local f(x) = [f(x)]; f(0) == f(0)").find("max stack frames exceeded") !=
        std::string::npos);
  CHECK(error_of("local f(x) = 1 + f(x + 1); f(0)", {}, 50'000'000).find("nested too deeply") !=
        std::string::npos);
}

TEST_CASE("the stack limit counts calls, and tail calls that are tailstrict are free") {
  const std::string depth = "local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(";
  CHECK(value_of(depth + "490)") == "490");
  CHECK(error_of(depth + "510)").find("max stack frames exceeded") != std::string::npos);
  CHECK(value_of("local f(n, a) = if n == 0 then a else f(n - 1, a + 1) tailstrict; f(1e5, 0)") ==
        "100000");
}

TEST_CASE("programs that would take all memory end in an error") {
  CHECK(error_of("std.length(std.range(1, 1e12))").find("too many items") != std::string::npos);
  CHECK(error_of("std.makeArray(1e10, function(i) i)").find("too many items") != std::string::npos);
  CHECK(error_of("std.repeat('abcd', 3e9)").find("too long") != std::string::npos);
}

TEST_CASE("operators say what they were given") {
  CHECK(error_of("1 + {}").starts_with("main.jsonnet:1:3: '+' cannot join a number and a object"));
  CHECK(error_of("{} - {}").starts_with("main.jsonnet:1:4: '-' does not work on a object"));
  CHECK(error_of("1 < 'a'").find("a number and a string have no order") != std::string::npos);
  CHECK(error_of("1 / 0").find("division by zero") != std::string::npos);
  CHECK(error_of("1e308 * 10").find("this number is too large") != std::string::npos);
  CHECK(error_of("!1").find("'!' does not work on a number") != std::string::npos);
  CHECK(error_of("1 << -1").find("a shift cannot be negative") != std::string::npos);
  CHECK(error_of("9007199254740992 & 1").find("2^53 - 1") != std::string::npos);
  CHECK(error_of("if 1 then 2").find("must be a boolean, not a number") != std::string::npos);
  CHECK(error_of("true && 1").find("'&&' works on booleans, not on a number") != std::string::npos);
  CHECK(error_of("(function(x) x) == 1 || std.length == std.type")
            .find("functions cannot be compared") != std::string::npos);
}

TEST_CASE("calls say what is missing or too much") {
  CHECK(
      error_of("(function(a, b) a)(1)").find("the parameter 'b' of this function was not given") !=
      std::string::npos);
  CHECK(error_of("(function(a) a)(1, 2)").find("takes 1 argument, but 2 were given") !=
        std::string::npos);
  CHECK(error_of("(function(a) a)(1, c=2)").find("its parameters are a") != std::string::npos);
  CHECK(error_of("(function(a) a)(1, a=2)").find("the argument 'a' is given twice") !=
        std::string::npos);
  CHECK(error_of("std.length()").find("std.length needs its argument 'x'") != std::string::npos);
  CHECK(error_of("1(2)").find("only functions can be called: this is a number") !=
        std::string::npos);
}

TEST_CASE("assertions speak with their own words") {
  CHECK(error_of("assert 1 > 2 : 'no way'; 1").starts_with("main.jsonnet:1:1: no way"));
  CHECK(error_of("assert 1 > 2; 1").starts_with("main.jsonnet:1:1: assertion failed"));
  CHECK(error_of("{ assert self.a > 1 : 'a is ' + self.a, a: 1 }").find("a is 1") !=
        std::string::npos);
  CHECK(error_of("{ assert self.a > 1, a:: 2 } + { a:: 0 }").find("object assertion failed") !=
        std::string::npos);
}

TEST_CASE("a function is no output, and no error may hide behind laziness") {
  CHECK(error_of("{ f(x): x }").find("a function cannot be written as JSON") != std::string::npos);
  CHECK(value_of("{ a: 1, b:: error 'never' }") == R"({"a": 1})");
  CHECK(value_of("[1, error 'never'][0]") == "1");
  CHECK(value_of("(function(x, y) x)(1, error 'never')") == "1");
  CHECK(error_of("(function(x, y) x)(1, error 'forced') tailstrict").find("forced") !=
        std::string::npos);
}
