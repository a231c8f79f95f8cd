// Any list of objects, right or wrong in whatever way, is validated, and the same way twice.
#include <cstdint>
#include <cstdlib>

#include "cluster/schema/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const kfctl::Result<kfctl::Json> list = kfctl::parse_json(text, "fuzz");
  if (!list.ok()) return 0;
  const std::vector<kfctl::Json> objects =
      list.value().is_array() ? list.value().items() : std::vector<kfctl::Json>{list.value()};
  const kfctl::Validation first = kfctl::validate(objects);
  const kfctl::Validation second = kfctl::validate(objects);
  if (first.problems.size() != second.problems.size()) std::abort();
  for (const kfctl::Problem& problem : first.problems) {
    if (problem.message.empty()) std::abort();
  }
  return 0;
}
