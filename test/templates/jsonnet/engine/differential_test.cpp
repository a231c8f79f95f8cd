// Our engine against libjsonnet, and on request against go-jsonnet: random programs, and byte for
// byte. KFCTL_DIFFERENTIAL=FROM:TO runs other programs than those of everyday, and
// KFCTL_GO_JSONNET=PATH names the go-jsonnet command. scripts/differential sets both.
#include <cstdlib>
#include <functional>

// Debian's header does not say that its functions are C's.
extern "C" {
#include <libjsonnet.h>
}

#include "base/process.h"
#include "engine_test.h"
#include "random_calls.h"
#include "random_program.h"

using namespace kfctl;

namespace {

struct Reference {
  bool ok;
  std::string text;
  bool broken = false;  // the reference itself failed: its word does not count
};

Reference reference(const std::string& source) {
  JsonnetVm* vm = jsonnet_make();
  int error = 0;
  char* text = jsonnet_evaluate_snippet(vm, "main.jsonnet", source.c_str(), &error);
  Reference result{error == 0, text};
  jsonnet_realloc(vm, text, 0);
  jsonnet_destroy(vm);
  return result;
}

// go-jsonnet 0.22 ends now and then in an error of its own ("we should have caught this
// statically"), and where it writes YAML and JSON in the library, 0.1 is 0.1, which is
// 0.10000000000000001 to the C++ command and to us.
Reference go_reference(const std::string& source) {
  ProcessRequest request;
  request.argv = {std::getenv("KFCTL_GO_JSONNET"), "-"};
  request.input = source;
  const CancelToken never;
  const Result<ProcessResult> result = run_process(request, never);
  REQUIRE(result.ok());
  const ProcessResult& end = result.value();
  const bool broken = end.err.find("INTERNAL ERROR") != std::string::npos ||
                      source.find("std.manifestYaml") != std::string::npos ||
                      source.find("std.manifestJson") != std::string::npos;
  return {end.exit_code == 0, end.exit_code == 0 ? end.out : end.err, broken};
}

std::pair<uint64_t, uint64_t> seeds() {
  const char* range = std::getenv("KFCTL_DIFFERENTIAL");
  if (range == nullptr) return {1, 60};
  char* end = nullptr;
  const uint64_t from = std::strtoull(range, &end, 10);
  return {from, *end == ':' ? std::strtoull(end + 1, nullptr, 10) : from + 1};
}

// Goes on after a difference, so that a long run shows all of them.
void compare(const std::function<std::string(uint64_t seed)>& program,
             const std::function<Reference(const std::string& source)>& reference_of) {
  const auto [from, to] = seeds();
  uint64_t values = 0, skipped = 0;
  for (uint64_t seed = from; seed < to; ++seed) {
    const std::string source = program(seed);
    const Reference wanted = reference_of(source);
    if (wanted.broken) {
      ++skipped;
      continue;
    }
    const Result<JsonnetText> got = run_jsonnet(source);
    CAPTURE(seed);
    CAPTURE(source);
    if (!wanted.ok) {
      CHECK_MESSAGE(!got.ok(), wanted.text);
      continue;
    }
    ++values;
    const std::string text = got.ok() ? got.value().text + "\n" : got.error().to_text();
    CHECK(text == wanted.text);
  }
  CHECK(values * 2 > to - from - skipped);  // else the generator tests little but errors
}

std::string calls_of_old(uint64_t seed) { return random_calls(seed, false); }
std::string calls_of_all(uint64_t seed) { return random_calls(seed, true); }

}  // namespace

TEST_CASE("random programs print what libjsonnet prints, or fail where it fails") {
  compare(random_program, reference);
}

TEST_CASE("random calls of the library print what libjsonnet prints, or fail where it fails") {
  compare(calls_of_old, reference);
}

TEST_CASE("random programs print what go-jsonnet prints, or fail where it fails") {
  if (std::getenv("KFCTL_GO_JSONNET") != nullptr) compare(random_program, go_reference);
}

TEST_CASE("random calls of the library print what go-jsonnet prints, or fail where it fails") {
  if (std::getenv("KFCTL_GO_JSONNET") != nullptr) compare(calls_of_all, go_reference);
}
