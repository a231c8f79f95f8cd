#include <algorithm>

#include "cluster/schema/validate.h"
#include "test/cluster/wrong_objects.h"

using namespace kfctl;

namespace {

std::string all(const Validation& validation) {
  std::string text;
  for (const Problem& problem : validation.problems) {
    text += (problem.severity == Severity::kError ? "error " : "warning ") + problem.path + ": " +
            problem.message + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("every wrong object of the table is an error with its path and its reason") {
  for (const WrongObject& wrong : wrong_objects().wrong) {
    const Validation found = validate({wrong.object});
    INFO(wrong.what << "\n" << all(found));
    CHECK(std::any_of(found.problems.begin(), found.problems.end(), [&](const Problem& problem) {
      return problem.severity == Severity::kError && problem.path == wrong.path &&
             problem.message.starts_with(wrong.says);
    }));
  }
}

TEST_CASE("what the table starts from is right in every version of Kubernetes") {
  const std::vector<Json> good = wrong_objects().good;
  for (int minor = 29; minor <= 34; ++minor) {
    ValidateOptions options;
    options.kubernetes_minor = minor;
    for (const Json& object : good) {
      const Validation found = validate({object}, options);
      INFO(minor << " " << all(found));
      CHECK(found.count(Severity::kError) == 0);
      CHECK(found.unchecked.empty());
    }
  }
}
