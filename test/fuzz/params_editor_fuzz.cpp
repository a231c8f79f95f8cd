// Whatever a parameter file holds, an edit of it is refused with a place, or gives a text whose
// brackets and strings still match, in which the same edit changes nothing, and from which the
// field can be removed again.
#include <cstdint>
#include <cstdlib>

#include "templates/app/jsonnet_outline.h"
#include "templates/app/params_editor.h"

using namespace kfctl;

namespace {

void check(bool good) {
  if (!good) std::abort();
}

void edit(ParamsFile file, std::string_view text, const std::vector<std::string>& path) {
  const Result<std::string> once = set_field({file, text, "fuzz", path}, "{ a: '}' }");
  if (!once.ok()) {
    check(once.error().message.starts_with("fuzz:"));
    return;
  }
  check(lex_jsonnet(once.value(), "edited").ok());
  const Result<std::string> twice = set_field({file, once.value(), "edited", path}, "{ a: '}' }");
  check(twice.ok() && twice.value() == once.value());
  const Result<std::string> removed = remove_field({file, once.value(), "edited", path});
  check(removed.ok() && removed.value() != once.value());
  check(lex_jsonnet(removed.value(), "removed").ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  edit(ParamsFile::kModule, text, {"components", "web", "a"});
  edit(ParamsFile::kEnvironment, text, {"components", "db.cfg", "labels", "b"});
  edit(ParamsFile::kGlobals, text, {"a"});
  return 0;
}
