// Lexer, parser and resolver: what is accepted, what it means, and what is said of the rest.
#include "engine_test.h"

using namespace kfctl;

TEST_CASE("numbers: every form, and separators between digits") {
  CHECK(value_of("[0, 10, 1.5, 1e3, 1E-2, 2.5e+1, 1_000_000, 1_0.2_5]") ==
        "[0, 10, 1.5, 1000, 0.01, 25, 1000000, 10.25]");
  CHECK(error_of("1_") ==
        "main.jsonnet:1:1: an underscore in a number must stand between two digits\n1_\n^~");
  CHECK(error_of("1.e5").starts_with("main.jsonnet:1:1: this number is cut short"));
  CHECK(error_of("01") ==
        "main.jsonnet:1:2: unexpected '1' after the end of the expression\n01\n ^");
  CHECK(error_of("1e999").starts_with("main.jsonnet:1:1: this number is too large"));
  CHECK(value_of("1e-999") == "0");
}

TEST_CASE("strings: quotes, escapes, verbatim and text blocks") {
  CHECK(value_of(R"(["a'b", 'a"b', "\"\\\/\b\f\n\r\t", "\u00e9\ud83d\ude00"])") ==
        R"(["a'b", "a\"b", "\"\\/\b\f\n\r\t", "é😀"])");
  CHECK(value_of(R"([@"a\n""b""", @'it''s'])") == R"(["a\\n\"b\"", "it's"])");
  CHECK(value_of("|||\n  one\n    two\n\n  three\n|||") == "one\n  two\n\nthree\n");
  CHECK(value_of("|||-\n\tone\n\ttwo\n|||") == "one\ntwo");
  CHECK(value_of("'a\nb'") == "a\nb");
}

TEST_CASE("strings that are wrong point at their beginning or at the escape") {
  CHECK(error_of("{ name: 'web }") ==
        "main.jsonnet:1:9: this string has no closing quote\n{ name: 'web }\n        ^");
  CHECK(error_of(R"('a\qb')") ==
        "main.jsonnet:1:3: unknown escape '\\q'\n'a\\qb'\n  ^~\n"
        "hint: write \\\\ for a backslash, or use a verbatim string: @'...'");
  CHECK(error_of(R"("\ud83d")").starts_with("main.jsonnet:1:2: half of a surrogate pair"));
  CHECK(error_of(R"("\u12g4")").starts_with("main.jsonnet:1:2: \\u must be followed by four"));
  CHECK(error_of("|||\nx\n|||")
            .starts_with("main.jsonnet:1:1: the first line of a ||| block must be indented"));
  CHECK(error_of("|||\n  x\n y\n|||")
            .starts_with(
                "main.jsonnet:3:1: this line of a ||| block is indented less than its first line"));
  CHECK(error_of("|||\n  x\n").starts_with("main.jsonnet:1:1: this ||| block is not closed"));
}

TEST_CASE("operators are cut where two of them meet") {
  CHECK(value_of("local a=-1; [a--1, !!true, a==-1, -+1, ~-1, 1<-1]") ==
        "[0, true, true, -1, 0, false]");
  CHECK(value_of("2+3*4-10/5%3") == "12");
  CHECK(value_of("[1<<3>>1, 6&3|8^1, 1+1==2&&!false||error 'x']") == "[4, 11, true]");
  CHECK(value_of("{a:+1,b:!false}") == R"({"a": 1, "b": true})");
  CHECK(error_of("1 = 2") ==
        "main.jsonnet:1:3: '=' is not a binary operator\n1 = 2\n  ^\n"
        "hint: == compares; = is only for local");
}

TEST_CASE("comments of all three kinds are skipped") {
  CHECK(value_of("/* a */ 1 // b\n + # c\n 2") == "3");
  CHECK(error_of("1 /* open").starts_with("main.jsonnet:1:3: this comment has no closing */"));
}

TEST_CASE("what stands in the wrong place is named") {
  CHECK(error_of("{ a: 1 b: 2 }")
            .starts_with("main.jsonnet:1:8: expected ',' or '}' after a field, not 'b'"));
  CHECK(error_of("[1 2]").starts_with("main.jsonnet:1:4: expected ',' or ']' in the array"));
  CHECK(error_of("{ if: 1 }") ==
        "main.jsonnet:1:3: unexpected 'if' where a field should be\n{ if: 1 }\n  ^~\n"
        "hint: quote a field whose name is a keyword");
  CHECK(error_of("").starts_with("main.jsonnet:1:1: the file ends where an expression should be"));
  CHECK(error_of("f(1").starts_with("main.jsonnet:1:4: expected ',' between arguments"));
  CHECK(error_of("local x = 1").starts_with("main.jsonnet:1:12: expected ';'"));
  CHECK(error_of("import 'a' + 'b'").starts_with("main.jsonnet:1:8: computed imports"));
  CHECK(error_of("{ a+(x): x }").find("not") != std::string::npos);
  CHECK(error_of("{ [a]:: 1 for a in [] }").find("cannot be hidden") != std::string::npos);
  CHECK(error_of("{ a: 1 for a in [] }").find("computed name") != std::string::npos);
  CHECK(error_of("{ [a]: 1, assert true for a in [] }").find("assertions") != std::string::npos);
  CHECK(error_of("f(a=1, 2)").find("positional argument cannot follow") != std::string::npos);
  CHECK(error_of("`").starts_with("main.jsonnet:1:1: '`' has no meaning here"));
}

TEST_CASE("an unknown variable comes with the nearest one in sight") {
  CHECK(error_of("local params = {};\n{ image: parms.image }") ==
        "main.jsonnet:2:10: unknown variable 'parms'\n"
        "{ image: parms.image }\n"
        "         ^~~~~\n"
        "hint: did you mean 'params'?");
  CHECK(error_of("(local hidden = 1; hidden) + hidden")
            .starts_with("main.jsonnet:1:30: unknown variable 'hidden'"));
}

TEST_CASE("what is there twice is refused before anything runs") {
  CHECK(error_of("{ a: 1, b: 2, 'a': 3 }")
            .starts_with("main.jsonnet:1:15: the field 'a' is there twice"));
  CHECK(error_of("local a = 1, a = 2; a")
            .starts_with("main.jsonnet:1:14: the local 'a' is there twice"));
  CHECK(error_of("function(a, a) a").find("the parameter 'a' is there twice") != std::string::npos);
  CHECK(error_of("(function(a) a)(a=1, a=2)").find("the argument 'a' is given twice") !=
        std::string::npos);
  CHECK(value_of("{ a: { a: { a: 1 } } }") == R"({"a": {"a": {"a": 1}}})");
}

TEST_CASE("self, super and $ need an object around them") {
  CHECK(error_of("self.a").starts_with("main.jsonnet:1:1: there is no object here for 'self'"));
  CHECK(error_of("$").starts_with("main.jsonnet:1:1: there is no object here for '$'"));
  CHECK(error_of("super.a").starts_with("main.jsonnet:1:1: there is no object here for 'super'"));
  CHECK(error_of("{ [self.a]: 1 }").starts_with("main.jsonnet:1:4: there is no object here"));
}

TEST_CASE("nesting beyond the stack is an error of the program") {
  for (const char* open : {"[", "(", "{a:", "-", "!", "f(", "if true then ", "local a = 1; ",
                           "function() ", "[1][", "{[", "assert true; "}) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += open;
    CHECK_MESSAGE(error_of(deep).find("nested too deeply") != std::string::npos, open);
  }
  std::string chain = "1";  // not deep for the parser, but for all that walks the tree
  for (int i = 0; i < 5'000'000; ++i) chain += "+1";
  CHECK(error_of(chain).find("nested too deeply") != std::string::npos);
}

TEST_CASE("bytes that are not UTF-8 read as U+FFFD") {
  CHECK(value_of("'a\xff"
                 "b'") ==
        "a\xef\xbf\xbd"
        "b");
}
