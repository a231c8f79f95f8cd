// Where values come from: literal after literal, and that no way is lost in random programs.
#include "engine_test.h"
#include "random_program.h"

using namespace kfctl;

namespace {

Result<std::vector<Provenance>> explain(const std::string& source, const SourceFiles& files,
                                        const std::vector<JsonnetVariable>& arguments,
                                        std::vector<ValuePath> paths, Json* value = nullptr) {
  MemoryImporter importer(files);
  JsonnetRequest request;
  request.path = "main";
  request.source = source;
  request.importer = &importer;
  request.external = {{"name", "web", false}, {"env", "{ns: 'prod'}", true}};
  request.arguments = arguments;
  return JsonnetEngine().explain(request, [&](const Json& whole) {
    if (value != nullptr) *value = whole;
    return paths.empty() ? leaves_of(whole) : paths;
  });
}

std::string brief(const Origin& origin) {
  std::string text =
      origin.kind == OriginKind::kLiteral ? "" : std::string(origin_kind_name(origin.kind)) + " ";
  text += origin.place.line == 0 ? origin.place.file + origin.place.text : origin.place.at();
  if (origin.value) text += " " + origin.value->dump();
  return text;
}

// "main:1:8 3", then " < main:1:2 2" for each that is hidden, " by PLACE" for each hop, and
// " from TEXT = PLACE VALUE" for each input.
std::string origin_of(const std::string& source, const std::string& path,
                      const SourceFiles& files = {},
                      const std::vector<JsonnetVariable>& arguments = {}) {
  const Result<ValuePath> way = parse_value_path(path);
  REQUIRE(way.ok());
  const auto found = explain(source, files, arguments, {way.value()});
  REQUIRE_MESSAGE(found.ok(), found.error().to_text());
  const Provenance& one = found.value().at(0);
  std::string text = brief(one.origin);
  for (const Origin& hidden : one.overridden) text += " < " + brief(hidden);
  for (const Hop& hop : one.hops) text += " by " + hop.place.at();
  for (const Origin& input : one.inputs) text += " from " + input.place.text + " = " + brief(input);
  return text;
}

// Every leaf of the value has an origin, and the value there is that of the leaf.
int lost_leaves(const std::string& source) {
  Json value;
  const auto found = explain(source, {}, {}, {}, &value);
  if (!found.ok()) return 0;
  int lost = 0;
  for (const Provenance& one : found.value()) {
    const Json* leaf = find_at(value, one.path);
    REQUIRE(leaf != nullptr);
    CAPTURE(value_path_text(one.path));
    CAPTURE(origin_kind_name(one.origin.kind));
    CAPTURE(one.origin.place.at());
    if (one.origin.kind == OriginKind::kUnknown) ++lost;
    if (one.origin.value) CHECK(one.origin.value->dump() == leaf->dump());
  }
  return lost;
}

}  // namespace

TEST_CASE("a literal is where it is written") {
  CHECK(origin_of("{ a: 3 }", "a") == "main:1:6 3");
  CHECK(origin_of("{ a: { 'b.c': [1, 'x'] } }", "a[\"b.c\"][1]") == "main:1:19 \"x\"");
  CHECK(origin_of("local x = 1;\n{ a: { b: x } }", "a.b") == "main:1:11 1 by main:2:11");
}

TEST_CASE("what a layer hides is listed from the nearest to the bottom") {
  CHECK(origin_of("{ a: 1 } + { a: 2 } + { a: 3 }", "a") ==
        "main:1:28 3 < main:1:17 2 < main:1:6 1");
  CHECK(origin_of("{ a: { b: 1, c: 2 } } { a+: { b: 3 } }", "a.b") == "main:1:34 3 < main:1:11 1");
  CHECK(origin_of("{ a: { b: 1, c: 2 } } { a+: { b: 3 } }", "a.c") == "main:1:17 2");
  CHECK(origin_of("{ a: { b: 1 } } { a: { b: 2 } } { a+: { b: 3 } }", "a.b") ==
        "main:1:44 3 < main:1:27 2 < main:1:11 1");
  CHECK(origin_of("{ a: { b: 1 } } { a: { c: 2 } }", "a.c") == "main:1:27 2");
}

TEST_CASE("self, super and $ lead to the layer that counts") {
  CHECK(origin_of("{ a: 1, b: self.a } { a: 2 }", "b") == "main:1:26 2 < main:1:6 1 by main:1:12");
  CHECK(origin_of("{ a: 1 } { a: 2, b: super.a }", "b") == "main:1:6 1 by main:1:21");
  CHECK(origin_of("{ x:: 5, a: { b: $.x } }", "a.b") == "main:1:7 5 by main:1:18");
  CHECK(origin_of("{ a: { k: 1 } } { a: super.a { j: 2 } }", "a.k") == "main:1:11 1");
}

TEST_CASE("arguments lead to the call, defaults to the parameter") {
  CHECK(origin_of("local f(x, y=7) = { v: x, w: y };\n{ a: f(4) }", "a.v") ==
        "main:2:8 4 by main:2:6 by main:1:24");
  CHECK(origin_of("local f(x, y=7) = { v: x, w: y };\n{ a: f(4) }", "a.w") ==
        "main:1:14 7 by main:2:6 by main:1:30");
  CHECK(origin_of("local f(x, y=7) = { v: x, w: y };\n{ a: f(y=1, x=2) + { z: 0 } }", "a.w") ==
        "main:2:10 1 by main:1:30");
  CHECK(origin_of("local f(n) = if n == 0 then { v: n } else f(n - 1) tailstrict; f(3)", "v") ==
        "computed main:1:45 0 by main:1:64 by main:1:43 by main:1:43 by main:1:43 by main:1:34"
        " from n = computed main:1:45 1");
  CHECK(origin_of("local o = { f(x): { v: x } }; o.f(2)", "v") ==
        "main:1:35 2 by main:1:31 by main:1:24");
}

TEST_CASE("arrays: literals, sums, comprehensions, slices") {
  CHECK(origin_of("[1, 2] + [3]", "[2]") == "main:1:11 3");
  CHECK(origin_of("local x = [1, 2]; x + [3]", "[1]") == "main:1:15 2 by main:1:19");
  CHECK(origin_of("local xs = [{ n: 1 }, { n: 2 }]; [{ v: x.n } for x in xs]", "[1].v") ==
        "main:1:28 2 by main:1:40 by main:1:55");
  CHECK(origin_of("[i * j for i in [1, 2] for j in [3, 4] if i != j]", "[2]") ==
        "computed main:1:2 6 from i = main:1:21 2 from j = main:1:34 3");
  CHECK(origin_of("{ a: [{ n: x } for x in [7, 8]] }.a[1] + { m: 1 }", "n") ==
        "main:1:29 8 by main:1:12");
  CHECK(origin_of("[0, 1, 2, 3][1:4:2]", "[1]") == "main:1:11 3 by main:1:1");
  CHECK(origin_of("{ a: [1] } { a+: [2] }", "a[1]") == "main:1:19 2");
  CHECK(origin_of("{ a: [1] } { a+: [2] }", "a[0]") == "main:1:7 1");
}

TEST_CASE("object comprehensions and computed names") {
  CHECK(origin_of("{ [k]: { name: k, n: 3 } for k in ['a', 'b'] }", "b.name") ==
        "main:1:41 \"b\" by main:1:16");
  CHECK(origin_of("local k = 'x'; { [k + 'y']: 1 }", "xy") == "main:1:29 1");
}

TEST_CASE("functions of the library that hand on") {
  CHECK(origin_of("std.map(function(x) { v: x }, [1, 2])", "[1].v") ==
        "main:1:35 2 by main:1:1 by main:1:26");
  CHECK(origin_of("std.mapWithIndex(function(i, x) [i, x], ['a', 'b'])", "[1][1]") ==
        "main:1:47 \"b\" by main:1:1 by main:1:37");
  CHECK(origin_of("std.filter(function(x) x > 1, [1, 2, 3])", "[1]") == "main:1:38 3 by main:1:1");
  CHECK(origin_of("std.flattenArrays([[1], [], [2, 3]])", "[2]") == "main:1:33 3 by main:1:1");
  CHECK(origin_of("std.join([0], [[1], [2]])", "[1]") == "main:1:11 0 by main:1:1");
  CHECK(origin_of("std.sort([3, 1, 2])", "[0]") == "main:1:14 1 by main:1:1");
  CHECK(origin_of("std.mergePatch({ a: { b: 1 } }, { a: { b: 2 } })", "a.b") ==
        "main:1:43 2 < main:1:26 1 by main:1:1");
  CHECK(origin_of("std.mergePatch({ a: { b: 1, c: 3 } }, { a: { b: 2 } })", "a.c") ==
        "main:1:32 3 by main:1:1");
  CHECK(origin_of("std.mapWithKey(function(k, v) [k, v], { a: 1 })", "a[1]") ==
        "main:1:44 1 by main:1:1 by main:1:35");
  CHECK(origin_of("std.objectValues({ a: 1, b: 2 })", "[1]") == "main:1:29 2 by main:1:1");
  CHECK(origin_of("std.foldl(function(a, x) a + x, [{ p: 1 }, { p: 2 }], {})", "p") ==
        "main:1:49 2 < main:1:39 1 by main:1:1");
  CHECK(origin_of("std.prune({ a: { b: 1, c: null } })", "a.b") == "main:1:21 1 by main:1:1");
  CHECK(origin_of("std.get({ a: 1 }, 'b', 2)", "") == "main:1:24 2 by main:1:1");
  CHECK(origin_of("std.mergePatch({ a: 1 }, { b: 2 }) + { c: 3 }", "b") ==
        "main:1:31 2 by main:1:1");
  CHECK(origin_of("{ x: std.mergePatch({ a: 1 }, {}) } { x+: { c: 3 } }", "x.a") ==
        "main:1:26 1 by main:1:6");
}

TEST_CASE("computations name what they read") {
  CHECK(
      origin_of("local p = { image: 'nginx', tag: 1 };\n{ i: p.image + ':' + p.tag }", "i") ==
      "computed main:2:6 \"nginx:1\" from p.image = main:1:20 \"nginx\" from p.tag = main:1:34 1");
  CHECK(origin_of("local n = 'x'; { i: '%s-%d' % [n, 2] }", "i") ==
        "computed main:1:21 \"x-2\" from n = main:1:11 \"x\"");
  CHECK(origin_of("local n = 'x'; { i: std.asciiUpper(n) }", "i") ==
        "computed main:1:21 \"X\" from n = main:1:11 \"x\"");
}

TEST_CASE("imports, external variables, top-level arguments") {
  const SourceFiles files{{"lib/a.libsonnet", "{ r: 3, t: importstr 't.txt' }"},
                          {"lib/t.txt", "text"}};
  CHECK(origin_of("{ a: (import 'lib/a.libsonnet').r }", "a", files) ==
        "lib/a.libsonnet:1:6 3 by main:1:7");
  CHECK(origin_of("(import 'lib/a.libsonnet') { b: 1 }", "t", files) ==
        "text lib/t.txt \"text\" by lib/a.libsonnet:1:12");
  CHECK(origin_of("{ a: std.extVar('name') }", "a") ==
        "external external variable name \"web\" by main:1:6");
  CHECK(origin_of("{ a: std.extVar('env').ns }", "a") == "<extvar:env>:1:6 \"prod\" by main:1:6");
  CHECK(origin_of("function(n, m=2) { a: n, b: m }", "a", {}, {{"n", "five", false}}) ==
        "external top-level argument n by main:1:23");
  CHECK(origin_of("function(n, m=2) { a: n, b: m }", "b", {}, {{"n", "five", false}}) ==
        "main:1:15 2 by main:1:29");
  CHECK(origin_of("function(n) { a: n.x }", "a", {}, {{"n", "{ x: 1 }", true}}) ==
        "<top-level-arg:n>:1:6 1 by main:1:18");
}

TEST_CASE("locals in fields, conditions, assertions") {
  CHECK(origin_of("{ a: local x = 1; if x == 1 then (assert true; x) else 2 }", "a") ==
        "main:1:16 1 by main:1:48");
  CHECK(origin_of("{ local y = 2, a: { b: y } }", "a.b") == "main:1:13 2 by main:1:24");
  CHECK(origin_of("{ a: if true then [local z = 5; z] }", "a[0]") == "main:1:30 5 by main:1:33");
}

TEST_CASE("random programs: no leaf's way is lost, and at its end stands the leaf's value") {
  int lost = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const std::string source = random_program(seed);
    CAPTURE(seed);
    CAPTURE(source);
    const int here = lost_leaves(source);
    CHECK(here == 0);
    lost += here;
  }
  CHECK(lost == 0);
}
