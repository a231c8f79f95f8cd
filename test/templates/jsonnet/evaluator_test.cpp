#include "templates/jsonnet/evaluator.h"

#include <map>
#include <thread>

#include <doctest/doctest.h>

#include "templates/jsonnet/libjsonnet.h"
#include "templates/jsonnet/natives.h"

using namespace kfctl;

namespace {

// Files in memory.
class MapImporter : public Importer {
 public:
  explicit MapImporter(std::map<std::string, std::string> files) {
    for (auto& [path, text] : files) {
      files_[path] = std::make_shared<const std::string>(std::move(text));
    }
  }

  Result<std::string> resolve(const std::string& directory, const std::string& path) override {
    for (const std::string& candidate : {directory + path, path}) {
      if (files_.contains(candidate)) return candidate;
    }
    return Error(ErrorKind::kProject, "no such file", "install the package");
  }
  Result<std::shared_ptr<const std::string>> load(const std::string& resolved) override {
    return files_.at(resolved);
  }

 private:
  std::map<std::string, std::shared_ptr<const std::string>> files_;
};

const Evaluator& reference_evaluator() {
  const Result<const Evaluator*> reference = libjsonnet_evaluator();
  REQUIRE_MESSAGE(reference.ok(), reference.error().to_text());
  return *reference.value();
}

// Values are the same whoever evaluates; the texts of errors here are those of the reference.
Result<Json> evaluate(std::string source, std::map<std::string, std::string> files,
                      const Evaluator& evaluator) {
  MapImporter importer(std::move(files));
  JsonnetRequest request;
  request.path = "app.jsonnet";
  request.source = std::move(source);
  request.importer = &importer;
  request.natives = standard_natives();
  request.external = {{"name", "web", false}, {"env", "{namespace: 'prod'}", true}};
  return evaluator.evaluate(request);
}

std::string value_of(std::string source, std::map<std::string, std::string> files = {}) {
  const Result<Json> result = evaluate(source, files, jsonnet_evaluator());
  REQUIRE_MESSAGE(result.ok(), result.error().to_text());
  const Result<Json> reference =
      evaluate(std::move(source), std::move(files), reference_evaluator());
  REQUIRE_MESSAGE(reference.ok(), reference.error().to_text());
  CHECK(result.value().dump() == reference.value().dump());
  return result.value().dump();
}

std::string error_of(std::string source, std::map<std::string, std::string> files = {}) {
  const Result<Json> result = evaluate(std::move(source), std::move(files), reference_evaluator());
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::kProject);
  return result.error().to_text();
}

}  // namespace

TEST_CASE("a program becomes a value") {
  CHECK(value_of("{ b:: 1, a: 1 + 2, c: [x for x in [1, 2]] }") == R"({"a":3,"c":[1,2]})");
  CHECK(value_of("'text'") == "\"text\"");
  CHECK(value_of("0.1") == "0.1");
}

TEST_CASE("external variables are text or code, arguments go to a function") {
  CHECK(value_of("std.extVar('name') + '/' + std.extVar('env').namespace") == "\"web/prod\"");
  JsonnetRequest request;
  request.path = "f.jsonnet";
  request.source = "function(a, b) [a, b]";
  request.arguments = {{"a", "1", false}, {"b", "1+1", true}};
  CHECK(jsonnet_evaluator().evaluate(request).value().dump() == R"(["1",2])");
}

TEST_CASE("imports start from the directory of the file that imports") {
  CHECK(value_of("import 'lib/a.libsonnet'",
                 {{"lib/a.libsonnet", "{ x: import 'b.libsonnet', t: importstr 'b.libsonnet' }"},
                  {"lib/b.libsonnet", "7"}}) == R"({"t":"7","x":7})");
}

TEST_CASE("an import that is never used is never looked for") {
  CHECK(value_of("{ a:: import 'none', b: 1 }") == R"({"b":1})");
}

TEST_CASE("a variable that does not exist is shown with a near word") {
  CHECK(error_of("local params = { image: 'x' };\n{\n  image: parms.image,\n}\n") ==
        "app.jsonnet:3:10: unknown variable 'parms'\n"
        "  image: parms.image,\n"
        "         ^~~~~\n"
        "hint: did you mean 'params'?");
}

TEST_CASE("a field that does not exist is shown with a near word of any file that took part") {
  const std::string text = error_of("local p = import 'p.libsonnet';\n{ a: { b: p.imgae } }",
                                    {{"p.libsonnet", "{ image: 'x', replicas: 1 }"}});
  CHECK(
      text.starts_with("app.jsonnet:2:11: field does not exist: 'imgae'\n"
                       "{ a: { b: p.imgae } }\n"
                       "          ^~~~~~~"));
  CHECK(text.ends_with("hint: did you mean 'image'?"));
}

TEST_CASE("a failure inside a library is reported at the user's line") {
  const std::string text = error_of(
      "local lib = import '<kfctl>/x.libsonnet';\n{\n  a: lib.port('x'),\n}\n",
      {{"<kfctl>/x.libsonnet", "{\n  port(v): error 'port must be a number, not ' + v,\n}"}});
  CHECK(text ==
        "app.jsonnet:3:6: port must be a number, not x\n"
        "  a: lib.port('x'),\n"
        "     ^~~~~~~~~~~~~\n"
        "raised at <kfctl>/x.libsonnet:2:12");
}

TEST_CASE("the calls that led to a failure are listed from the inside out") {
  const std::string text =
      error_of("local inner(x) = x.none;\nlocal outer(x) =\n  inner(x);\n{\n  a: outer({}),\n}\n");
  CHECK(text ==
        "app.jsonnet:1:18: field does not exist: 'none'\n"
        "local inner(x) = x.none;\n"
        "                 ^~~~~~\n"
        "called from app.jsonnet:3:3: function <outer>\n"
        "called from app.jsonnet:5:6");
}

TEST_CASE("syntax errors name the file that has them") {
  CHECK(error_of("import 'bad.libsonnet'", {{"bad.libsonnet", "{\n  a: 1\n  b: 2\n}"}})
            .starts_with("bad.libsonnet:3:3: "));
  CHECK(error_of("{ a: 'x }").starts_with("app.jsonnet:1:6: "));
}

TEST_CASE("what the importer says is passed on") {
  CHECK(error_of("{\n  a: import 'none.libsonnet' }") ==
        "app.jsonnet:2:6: couldn't open import \"none.libsonnet\": no such file\n"
        "  a: import 'none.libsonnet' }\n"
        "     ^~~~~~~~~~~~~~~~~~~~~~~\n"
        "hint: install the package");
}

TEST_CASE("runaway recursion ends in an error") {
  const std::string text = error_of("local f(x) = f(x + 1) + 1; f(1)");
  CHECK(text.starts_with("app.jsonnet:1:14: max stack frames exceeded."));
  CHECK(text.size() < 1000);
}

TEST_CASE("several evaluations run at once") {
  std::vector<std::thread> threads;
  std::vector<std::string> results(4);
  for (size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&results, i] {
      JsonnetRequest request;
      request.path = "t.jsonnet";
      request.source = "std.foldl(function(a, b) a + b, std.range(1, 100), 0)";
      const Result<Json> result = jsonnet_evaluator().evaluate(request);
      results[i] = result.ok() ? result.value().dump() : result.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(results == std::vector<std::string>(4, "5050"));
}

TEST_CASE("the evaluator is chosen by name") {
  JsonnetRequest request;
  request.path = "t.jsonnet";
  request.source = "error 'x'";
  const auto says = [&] { return jsonnet_evaluator().evaluate(request).error().excerpt; };
  const std::string own = says();
  REQUIRE(choose_jsonnet_evaluator("libjsonnet").ok());
  const std::string reference = says();
  REQUIRE(choose_jsonnet_evaluator("kfctl").ok());
  CHECK(own == "error 'x'\n^~~~~");
  CHECK(reference == "error 'x'\n^~~~~~~~~");
  CHECK(choose_jsonnet_evaluator("rhino").error().kind == ErrorKind::kUsage);
}
