// Every construct of the language and every function of std, as tables: cases/NAME.cases holds an
// expression a line and below it "=> " and std.toString of its value as JSON, or "=> error".
// The values are what the C++ implementation, version 0.22, gives.
#include <fstream>

#include "engine_test.h"
#include "templates/jsonnet/engine/library.h"

using namespace kfctl;

namespace {

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file(std::string(KFCTL_TEST_DIR) + "/templates/jsonnet/engine/cases/" + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  return lines;
}

void check_cases(const std::string& name) {
  const std::vector<std::string> lines = lines_of(name);
  REQUIRE(lines.size() > 100);
  for (size_t i = 0; i + 1 < lines.size(); i += 2) {
    REQUIRE(lines[i + 1].starts_with("=> "));
    const std::string got = value_of(lines[i]);
    const std::string shown = got.starts_with("ERROR ") ? "=> error" : "=> " + json_quote(got);
    const bool error = lines[i + 1] == "=> error";
    const std::string wanted =
        error ? lines[i + 1]
              : "=> " + json_quote(parse_json(lines[i + 1].substr(3), name).value().as_string());
    CHECK_MESSAGE(shown == wanted, lines[i] << "\n" << (error ? "" : got));
  }
}

}  // namespace

TEST_CASE("the language does what the C++ implementation does") { check_cases("language.cases"); }

TEST_CASE("the standard library does what the C++ implementation does") {
  check_cases("std.cases");
}

// '%0.2f' with no width means what '%.2f' does, but goes another way.
TEST_CASE("a decimal in whole numbers is what the general way gives") {
  CHECK(value_of("local numbers = [sign * part * std.pow(10, power) for sign in [1, -1] "
                 "for part in [0, 1, 1.005, 2.5, 0.999999, 123.456, 9.9995, 1 / 3] "
                 "for power in std.range(-9, 14)];"
                 "[[places, x] for x in numbers for places in std.range(0, 12) "
                 "if std.format('%.*f', [places, x]) != std.format('%0.*f', [places, x])]") ==
        "[ ]");
  CHECK(value_of("'%f|%.2f|%8.1f|%-8.1f|%.3f' % [1, -0.001, 2.25, 2.35, 1e15]") ==
        "1.000000|-0.00|     2.3|2.4     |1000000000000000.000");
}

TEST_CASE("every function of std stands in a case, or is tested below") {
  std::string all =
      "std.extVar std.trace std.sha1 std.sha256 std.sha512 std.sha3 "
      "std.__compare_array std.__array_less_or_equal std.__array_greater ";
  for (const std::string& line : lines_of("std.cases")) all += line + "\n";
  for (const jsonnet::Builtin& builtin : jsonnet::builtins())
    CHECK_MESSAGE(all.find("std." + std::string(builtin.name)) != std::string::npos, builtin.name);
}

// What takes any value, functions included, and what is an operator under another name.
constexpr std::string_view kTakesFunctions =
    " isArray isBoolean isEmpty isFunction isNull isNumber isObject isString length mergePatch "
    "prune "
    "toString type get xnor xor trace assertEqual equals primitiveEquals clamp mod slice __compare "
    "__compare_array __array_less __array_less_or_equal __array_greater __array_greater_or_equal "
    "flattenDeepArray ";

TEST_CASE("every function of std names itself when it is given what it does not take") {
  for (const jsonnet::Builtin& builtin : jsonnet::builtins()) {
    const std::string name = "std." + std::string(builtin.name);
    if (kTakesFunctions.find(" " + std::string(builtin.name) + " ") != std::string_view::npos)
      continue;
    std::string arguments;
    for (uint32_t i = 0; i < builtin.count; ++i) arguments += "function() 0, ";
    for (const std::string& call : {name, "(local f = " + name + "; f)"}) {
      const std::string got = value_of(call + "(" + arguments + ")");
      const bool says = got.find(name + ": ") != std::string::npos ||
                        got.find("cannot be written as") != std::string::npos ||
                        got.find("a TOML document is an object") != std::string::npos;
      CHECK_MESSAGE((got.starts_with("ERROR ") && says), call << ": " << got);
    }
    if (builtin.required > 0) CHECK(value_of(name + "()").starts_with("ERROR "));
  }
}

TEST_CASE("digests that the C++ implementation lacks") {
  CHECK(value_of("std.sha1('abc')") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(value_of("std.sha256('abc')") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(value_of("std.sha512('abc')") ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  CHECK(value_of("std.sha3('abc')") ==
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
        "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0");
}

TEST_CASE("external variables, and traces in order") {
  CHECK(value_of("[std.extVar('name'), std.extVar('env').ns]") == R"(["web", "prod"])");
  std::vector<std::string> traces;
  JsonnetRequest request;
  request.path = "main.jsonnet";
  request.source = "std.trace('one', 1) +\nstd.trace('two', 2)";
  request.on_trace = [&traces](std::string_view line) { traces.emplace_back(line); };
  const Result<Json> result = JsonnetEngine().evaluate(request);
  REQUIRE(result.ok());
  CHECK(result.value() == Json(3));
  CHECK(traces ==
        std::vector<std::string>{"TRACE: main.jsonnet:1 one", "TRACE: main.jsonnet:2 two"});
}

TEST_CASE("std is a value like others: named arguments, std + {...}, std.thisFile") {
  CHECK(value_of("local s = std; s.length('ab')") == "2");
  CHECK(value_of("std.substr(str='hello', from=1, len=2)") == "el");
  CHECK(value_of("(std + { twice(x): 2 * x }).twice(4)") == "8");
  CHECK(value_of("std.map(std.length, ['a', 'bb'])") == "[1, 2]");
  CHECK(value_of("local std = { length(x): 42 }; std.length('a')") == "42");
  CHECK(value_of("import 'd/f'", {{"d/f", "std.thisFile"}}) == "d/f");
  CHECK(value_of("'pi' in std && !('nope' in std)") == "true");
}

TEST_CASE("imports: relative to their file, once each, as text and as bytes") {
  const SourceFiles files = {{"lib/a", "{ b: import 'b', c: importstr 'c', d: importbin 'c' }"},
                             {"lib/b", "1"},
                             {"lib/c", "x\xc3\xa9\n"}};
  CHECK(value_of("import 'lib/a'", files) ==
        "{\"b\": 1, \"c\": \"x\xc3\xa9\\n\", \"d\": [120, 195, 169, 10]}");
  CHECK(value_of("(import 'lib/b') + (import 'lib/b')", files) == "2");
}

TEST_CASE("top-level arguments fill the parameters of a function by name") {
  JsonnetRequest request;
  request.path = "main.jsonnet";
  request.source = "function(a, b=2, c=3) [a, b, c]";
  request.arguments = {{"a", "x", false}, {"c", "1 + 1", true}};
  const Result<Json> result = JsonnetEngine().evaluate(request);
  REQUIRE(result.ok());
  CHECK(result.value().dump() == R"(["x",2,2])");
  request.arguments.clear();
  const Result<Json> missing = JsonnetEngine().evaluate(request);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message.find("the parameter 'a'") != std::string::npos);
}

TEST_CASE("native functions get data and give data") {
  const NativeFunction functions[] = {
      {"pair",
       {"a", "b"},
       [](std::span<const Json> values) -> Result<Json> {
         return Json(Json::Array{values[1], values[0]});
       }},
      {"fail", {}, [](std::span<const Json>) -> Result<Json> { return usage_error("told so"); }}};
  JsonnetRequest request;
  request.path = "main.jsonnet";
  request.source = "std.native('pair')({ a: 1, b:: 2 }, b=[1.5, 'x'])";
  request.natives = functions;
  const Result<Json> result = JsonnetEngine().evaluate(request);
  REQUIRE(result.ok());
  CHECK(result.value().dump() == R"([[1.5,"x"],{"a":1}])");
  request.source = "std.native('fail')()";
  const Result<Json> failed = JsonnetEngine().evaluate(request);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().message == "main.jsonnet:1:19: told so");
}

TEST_CASE("output: several files, a stream, a plain string") {
  JsonnetRequest request;
  request.path = "main.jsonnet";
  request.source = "{ 'b.json': { x: 1 }, 'a.txt': 'text' }";
  const JsonnetEngine engine;
  const Result<JsonnetText> files = engine.print(request, JsonnetOutput::kMulti);
  REQUIRE(files.ok());
  REQUIRE(files.value().files.size() == 2);
  CHECK(files.value().files[0].second == "\"text\"");
  CHECK(files.value().files[1].second == "{\n   \"x\": 1\n}");
  CHECK_FALSE(engine.print(request, JsonnetOutput::kMulti, true).ok());
  CHECK_FALSE(engine.print(request, JsonnetOutput::kStream).ok());
  request.source = "['a\\n', 'b']";
  const Result<JsonnetText> stream = engine.print(request, JsonnetOutput::kStream, true);
  REQUIRE(stream.ok());
  CHECK(stream.value().documents == std::vector<std::string>{"a\n", "b"});
  request.source = "'plain'";
  CHECK(engine.print(request, JsonnetOutput::kString).value().text == "plain");
}
