#include "cli/names.h"

namespace kfctl {
std::vector<Candidate> names_of(Completes what, const std::vector<std::string>&,
                                const World& world) {
  static_cast<void>(what);
  static_cast<void>(world);
  return {};
}

}  // namespace kfctl
