// What a profile says of a program whose costs are known.
#include "templates/jsonnet/profile.h"

#include <algorithm>

#include "engine_test.h"

using namespace kfctl;

namespace {

struct Profiled {
  Profile profile;
  std::string text;

  explicit Profiled(const std::string& source, const SourceFiles& files = {}) {
    MemoryImporter importer(files);
    JsonnetRequest request;
    request.path = "main";
    request.source = source;
    request.importer = &importer;
    request.profile = &profile;
    const Result<JsonnetText> result = JsonnetEngine().print(request, JsonnetOutput::kJson);
    text = result.ok() ? result.value().text : result.error().message;
  }

  uint64_t calls(const std::string& label) const {
    for (const Profile::Line& line : profile.lines(ProfileWeight::kTime))
      if (line.frame.label() == label) return line.self.calls;
    return 0;
  }
  // Stacks without their costs.
  std::string stacks() const {
    std::string out;
    const std::string folded = profile.folded(ProfileWeight::kTime);
    for (size_t at = 0; at < folded.size();) {
      const size_t end = folded.find('\n', at);
      const std::string line = folded.substr(at, end - at);
      out += line.substr(0, line.rfind(' ')) + "\n";
      at = end + 1;
    }
    return out;
  }
};

}  // namespace

TEST_CASE("functions, fields, imports and the library are frames with their places") {
  const Profiled run("local f(x) = std.length(x);\n{ a: f('abc') + (import 'lib').n }",
                     {{"lib", "{ n: 1 + 2 }"}});
  CHECK(run.text == "{\n   \"a\": 6\n}");
  CHECK(run.calls("f (main:1)") == 1);
  CHECK(run.calls("std.length") == 1);
  CHECK(run.calls("import lib") == 1);
  CHECK(run.calls("field n (lib:1)") == 1);
  CHECK(run.stacks() ==
        "main\nmain;field a (main:2)\nmain;field a (main:2);f (main:1)\n"
        "main;field a (main:2);f (main:1);std.length\nmain;field a (main:2);field n (lib:1)\n"
        "main;field a (main:2);import lib\n");
}

TEST_CASE("every call counts, direct recursion is one entry of the stack") {
  const Profiled run("local f(n) = if n < 2 then n else f(n - 1) + f(n - 2); [f(10)]");
  CHECK(run.calls("f (main:1)") == 177);
  CHECK(run.stacks() == "main\nmain;f (main:1)\n");
  const Profiled even(
      "local even(n) = if n == 0 then true else odd(n - 1), odd(n) = if n == 0 then false else "
      "even(n - 1); even(4)");
  CHECK(even.stacks().ends_with("even (main:1);odd (main:1);even (main:1)\n"));
  for (const Profile::Line& line : even.profile.lines(ProfileWeight::kTime))
    CHECK(line.total.nanoseconds <= even.profile.sum().nanoseconds);
}

TEST_CASE("functions of the library count however they are called") {
  const Profiled run("local f = std.length; [f([1]), std.map(std.type, [1, 2]), std.range(1, 3)]");
  CHECK(run.calls("std.length") == 1);
  CHECK(run.calls("std.type") == 2);
  CHECK(run.calls("std.range") == 1);
}

TEST_CASE("memory is charged to who takes it") {
  const Profiled run("local big() = std.makeArray(10000, function(i) i); std.length(big())");
  uint64_t made = 0;
  for (const Profile::Line& line : run.profile.lines(ProfileWeight::kMemory))
    if (line.frame.label() == "std.makeArray") made = line.self.bytes;
  CHECK(made >= 80'000);
  CHECK(made < 81'000);
  CHECK(run.profile.lines(ProfileWeight::kMemory)[0].frame.label() == "std.makeArray");
}

TEST_CASE("a program that fails has a profile, and measuring changes no value") {
  const Profiled run("local f(x) = error 'no'; f(1)");
  CHECK(run.text == "main:1:14: no");
  CHECK(run.calls("f (main:1)") == 1);
  const Profiled same(
      "std.foldl(function(a, b) a + b, [1, 2, 3], 0) + std.length([x for x in 'ab'])");
  CHECK(same.text.find("main:1") == 0);  // a comprehension does not go over a string
}

TEST_CASE("profiles add up by label") {
  Profile profile;
  const std::vector<ProfileFrame> frames{{FrameKind::kProgram, "p", ""},
                                         {FrameKind::kFunction, "f", "a:1"}};
  const std::vector<ProfileNode> nodes{{0, 0, {1, 10, 100}, {}}, {1, 0, {2, 20, 200}, {}}};
  profile.add(frames, nodes);
  profile.add({frames[1], frames[0]}, {{1, 0, {1, 1, 1}, {}}, {0, 0, {1, 1, 1}, {}}});
  CHECK(profile.folded(ProfileWeight::kTime) == "p 11\np;f (a:1) 21\n");
  CHECK(profile.folded(ProfileWeight::kMemory) == "p 101\np;f (a:1) 201\n");
  const std::vector<Profile::Line> lines = profile.lines(ProfileWeight::kTime);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].frame.name == "f");
  CHECK(lines[1].total.nanoseconds == 32);
  CHECK(profile.sum().calls == 5);
}
