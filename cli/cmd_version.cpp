// kfctl version: which kfctl this is. Loads nothing, so it is as quick as the program starts.
#include "base/json.h"
#include "cli/args.h"
#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/table.h"

namespace kfctl {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "gcc " __VERSION__;
#endif

}  // namespace

int cmd_version(const Args& args, Console& console, World&) {
  const std::string format = args.command().path.empty() ? "" : args.value("output");
  if (format == "json" || format == "yaml") {
    const Json version = Json::object({{"version", KFCTL_VERSION}, {"compiler", kCompiler}});
    console.out(format_value(version, format));
  } else {
    console.line("kfctl " KFCTL_VERSION);
  }
  return kExitOk;
}

}  // namespace kfctl
