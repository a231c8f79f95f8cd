#include "base/result.h"

namespace kfctl {
namespace {

struct KindRow {
  ErrorKind kind;
  int exit_code;
  std::string_view name;
};

// The one table of error kinds; DESIGN.md lists the exit codes.
constexpr KindRow kKinds[] = {
    {ErrorKind::kUsage, 2, "usage"},
    {ErrorKind::kProject, 3, "project"},
    {ErrorKind::kRegistry, 4, "registry"},
    {ErrorKind::kCluster, 4, "cluster"},
    {ErrorKind::kNetwork, 4, "network"},
    {ErrorKind::kDisk, 4, "disk"},
    {ErrorKind::kDevice, 4, "device"},
    {ErrorKind::kInternal, 5, "internal"},
    {ErrorKind::kInterrupted, 130, "interrupted"},
};

const KindRow& row(ErrorKind kind) {
  for (const KindRow& candidate : kKinds) {
    if (candidate.kind == kind) return candidate;
  }
  return kKinds[7];
}

}  // namespace

int exit_code(ErrorKind kind) { return row(kind).exit_code; }

std::string_view error_kind_name(ErrorKind kind) { return row(kind).name; }

std::string Error::to_text() const {
  std::string text = message;
  if (!excerpt.empty()) text += "\n" + excerpt;
  if (!hint.empty()) text += "\nhint: " + hint;
  return text;
}

}  // namespace kfctl
