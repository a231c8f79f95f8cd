// Our engine against libjsonnet: random programs, and byte for byte.
#include <cstdlib>

// Debian's header does not say that its functions are C's.
extern "C" {
#include <libjsonnet.h>
}

#include "engine_test.h"
#include "random_program.h"

using namespace kfctl;

namespace {

struct Reference {
  bool ok;
  std::string text;
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

// KFCTL_DIFFERENTIAL=FROM:TO runs other programs than those of everyday.
std::pair<uint64_t, uint64_t> seeds() {
  const char* range = std::getenv("KFCTL_DIFFERENTIAL");
  if (range == nullptr) return {1, 60};
  char* end = nullptr;
  const uint64_t from = std::strtoull(range, &end, 10);
  return {from, *end == ':' ? std::strtoull(end + 1, nullptr, 10) : from + 1};
}

}  // namespace

TEST_CASE("random programs print what libjsonnet prints, or fail where it fails") {
  const auto [from, to] = seeds();
  uint64_t values = 0;
  for (uint64_t seed = from; seed < to; ++seed) {
    const std::string source = random_program(seed);
    const Reference wanted = reference(source);
    const Result<JsonnetText> got = run_jsonnet(source);
    CAPTURE(seed);
    CAPTURE(source);
    if (wanted.ok) {
      ++values;
      REQUIRE_MESSAGE(got.ok(), got.error().to_text());
      CHECK(got.value().text + "\n" == wanted.text);
    } else {
      CHECK_MESSAGE(!got.ok(), wanted.text);
    }
  }
  CHECK(values * 2 > to - from);  // else the generator tests little but errors
}
