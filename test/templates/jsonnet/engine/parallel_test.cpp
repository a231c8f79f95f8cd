// Several threads for one evaluation: what comes out is what one thread makes, errors and traces
// too.
#include <atomic>

#include "engine_test.h"

using namespace kfctl;

namespace {

struct Heard {
  std::string text;                 // of the value, or of the error
  std::vector<std::string> traces;  // in order
  int asked = 0;                    // how often the number of threads was asked for
};

Heard evaluate(const std::string& source, int threads, const SourceFiles& files = {},
               int max_stack = 500) {
  MemoryImporter importer(files);
  Heard heard;
  std::atomic<int> asked = 0;
  JsonnetRequest request;
  request.path = "main.jsonnet";
  request.source = source;
  request.importer = &importer;
  request.max_stack = max_stack;
  request.on_trace = [&](std::string_view line) { heard.traces.emplace_back(line); };
  if (threads > 0)
    request.threads = [&] {
      ++asked;
      return threads;
    };
  const Result<Json> result = JsonnetEngine().evaluate(request);
  heard.text = result.ok() ? result.value().dump() : "ERROR " + result.error().to_text();
  heard.asked = asked;
  return heard;
}

// With any number of threads the same as with one. Gives what that one makes.
std::string same(const std::string& source, const SourceFiles& files = {}, int max_stack = 500) {
  const Heard alone = evaluate(source, 0, files, max_stack);
  for (const int threads : {1, 2, 3, 8}) {
    const Heard together = evaluate(source, threads, files, max_stack);
    CHECK(together.text == alone.text);
    CHECK(together.traces == alone.traces);
  }
  return alone.text;
}

// {f00: <body>, f01: ...}: `i` is the number in it.
std::string fields(int count, const std::string& body) {
  return "{['f%02d' % i]: " + body + " for i in std.range(0, " + std::to_string(count - 1) + ")}";
}

}  // namespace

TEST_CASE("the fields of an object come in their order, however many threads compute them") {
  const std::string text = same(fields(60, "std.length([x for x in std.range(0, i * 50)])"));
  CHECK(text.starts_with(R"({"f00":1,"f01":51,"f02":101,)"));
  CHECK(text.ends_with(R"("f59":2951})"));
  CHECK(same("local shared = {x: std.foldl(function(a, b) a + b, std.range(1, 3000), 0)}; " +
             fields(40, "{shared: shared, i: i, hidden:: error 'never'}"))
            .find(R"("f39":{"i":39,"shared":{"x":4501500}})") != std::string::npos);
}

TEST_CASE("the error is that of the first field in order that fails") {
  CHECK(same(fields(40, "if i >= 7 then error 'field ' + i else i")).find("field 7\n") !=
        std::string::npos);
  // The last field fails at once, the first after a while.
  CHECK(same("{a: std.foldl(function(x, y) x + y, std.range(1, 20000), 0) + error 'slow'} + " +
             fields(40, "error 'quick'"))
            .find("slow\n") != std::string::npos);
  CHECK(same("{assert false : 'no', " + fields(30, "i").substr(1)).find("ERROR") == 0);
  CHECK(same("{assert self.f03 == 1 : 'f03 is wrong'} + " + fields(30, "i")).find("f03 is wrong") !=
        std::string::npos);
}

TEST_CASE("what one field computed counts for the stack of the next as it does with one thread") {
  // Each field goes 10 deeper than the one before; only what that left makes it shallow.
  const std::string chain =
      "local chain = [if i == 0 then 0 else chain[i - 1] + 1 for i in std.range(0, 900)]; ";
  CHECK(same(chain + fields(45, "chain[i * 10]"), {}, 60).find(R"("f44":440})") !=
        std::string::npos);
  CHECK(same(chain + fields(45, "chain[900 - i]"), {}, 60).find("max stack frames exceeded") !=
        std::string::npos);
}

TEST_CASE("a field that fails ends the others, even one without end") {
  const std::string endless = "local f(n) = f(n + 1) tailstrict; ";
  CHECK(evaluate(endless + "{a: error 'first'} + " + fields(30, "f(0)"), 4).text.find("first") !=
        std::string::npos);
  CHECK(evaluate("{a: error 'first'} + " +
                     fields(30, "std.foldl(function(a, b) a + b, std.range(1, 1000000000), 0)"),
                 4)
            .text.find("first") != std::string::npos);
}

TEST_CASE("std.trace is heard once, in the order of one thread") {
  const Heard heard = evaluate(fields(40, "std.trace('field ' + i, i)"), 4);
  REQUIRE(heard.traces.size() == 40);
  CHECK(heard.traces[0] == "TRACE: main.jsonnet:1 field 0");
  CHECK(heard.traces[39] == "TRACE: main.jsonnet:1 field 39");
  same("local shared = std.trace('shared', {x: 1}); " + fields(40, "shared.x + i"));
  same(fields(40, "if i == 30 then std.trace('late', i) else i"));
  same("std.trace('before', {}) + " + fields(40, "i"));
}

TEST_CASE("values that are no objects, and objects with few fields, start no thread") {
  CHECK(same("[1, 2]") == "[1,2]");
  CHECK(same("'text'") == R"("text")");
  CHECK(same("function(x) x").find("ERROR") == 0);
  CHECK(evaluate("{}", 4).asked == 0);
  CHECK(evaluate("{a: 1, b: {c: [1, 2]}}", 4).asked == 0);
  CHECK(evaluate(fields(40, "i"), 4).asked == 1);
  // Few fields, but much to do.
  CHECK(evaluate(fields(4, "std.length(std.makeArray(100000, function(j) [j]))"), 4).asked == 1);
}

TEST_CASE("each file of several is told what one thread would tell") {
  const auto print = [](const std::string& source, int threads) {
    JsonnetRequest request;
    request.path = "main.jsonnet";
    request.source = source;
    request.threads = [threads] { return threads; };
    const Result<JsonnetText> text = JsonnetEngine().print(request, JsonnetOutput::kMulti, true);
    if (!text.ok()) return text.error().to_text();
    std::string all;
    for (const auto& [name, content] : text.value().files) all += name + "=" + content + "\n";
    return all;
  };
  const std::string good = fields(40, "'text ' + i");
  CHECK(print(good, 1).starts_with("f00=text 0\nf01=text 1\n"));
  CHECK(print(good, 4) == print(good, 1));
  const std::string bad = fields(40, "if i > 20 then i else 'text'");
  CHECK(print(bad, 1).find("must be a string, not a number") != std::string::npos);
  CHECK(print(bad, 4) == print(bad, 1));
  CHECK(print("[1]", 4) == print("[1]", 1));
}

TEST_CASE("files are read ahead: what nobody imports may be broken or missing") {
  SourceFiles files;
  std::string source = "local never = [";
  for (int i = 0; i < 20; ++i) {
    const std::string name = "f" + std::to_string(i) + ".libsonnet";
    files[name] =
        "{x: " + std::to_string(i) + ", next: import 'f" + std::to_string(i + 1) + ".libsonnet'}";
    source += "import '" + name + "', ";
  }
  files["broken.libsonnet"] = "{x: ";
  files["deep/broken.libsonnet"] = "local unknown = nobody; unknown";
  source +=
      "import 'broken.libsonnet', import 'deep/broken.libsonnet', import 'missing.libsonnet']; ";
  CHECK(same(source + "never[3].x + never[3].next.x", files) == "7");
  CHECK(same(source + "[f.x for f in never]", files).find("broken.libsonnet:1:5: ") !=
        std::string::npos);
  CHECK(same(source + "never[21]", files).find("unknown variable 'nobody'") != std::string::npos);
  CHECK(same(source + "never[22]", files).find("couldn't open import \"missing.libsonnet\"") !=
        std::string::npos);
}

TEST_CASE("two large files are parsed side by side") {
  std::string large = "{";
  for (int i = 0; i < 20000; ++i) large += "field" + std::to_string(i) + ":: 'text',\n";
  const SourceFiles files = {{"a.libsonnet", large + "a: 1}"},
                             {"b.libsonnet", large + "b: 2}"},
                             {"c.libsonnet", large + "c: }"}};
  const std::string imports =
      "local a = import 'a.libsonnet', b = import 'b.libsonnet', "
      "c = import 'c.libsonnet'; ";
  CHECK(same(imports + "[a.a, b.b]", files) == "[1,2]");
  CHECK(same(imports + "[a.a, b.b, c]", files).find("c.libsonnet:20001:4: ") != std::string::npos);
  CHECK(evaluate(imports + "[a.a, b.b]", 2, files).asked == 1);
  CHECK(evaluate("(import 'a.libsonnet').a", 2, files).asked == 0);
}

TEST_CASE("a crew shares files and native functions") {
  SourceFiles files;
  files["lib.libsonnet"] = "{double(x):: x * 2, text:: importstr 'text.txt'}";
  files["text.txt"] = "text";
  CHECK(
      same(fields(50, "(import 'lib.libsonnet').double(i) + (import 'lib.libsonnet').text"), files)
          .starts_with(R"({"f00":"0text","f01":"2text")"));
}
