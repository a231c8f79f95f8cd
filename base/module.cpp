#include "base/module.h"

#include <cerrno>
#include <climits>
#include <cstring>

#include <dlfcn.h>
#include <unistd.h>

#include "base/files.h"

namespace kfctl {
namespace {

using EntryPoint = const ModuleHeader* (*)();

constexpr std::string_view kReinstall =
    "kfctl and its modules belong together; install kfctl again";

Error not_loadable(const std::string& path) {
  const char* reason = dlerror();
  return Error(
      ErrorKind::kDisk,
      "cannot load " + path + ": " + (reason == nullptr ? "unknown reason" : reason),
      access(path.c_str(), F_OK) == 0
          ? "a library it needs may be missing; on Debian, install kfctl's package with apt"
          : std::string(kReinstall));
}

Error wrong_module(const std::string& path, const std::string& what) {
  return Error(ErrorKind::kInternal, path + ": " + what, std::string(kReinstall));
}

}  // namespace

Result<std::string> module_directory() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0 || length == static_cast<ssize_t>(sizeof path)) {
    return Error(ErrorKind::kDisk,
                 std::string("cannot read /proc/self/exe: ") + std::strerror(errno),
                 "kfctl finds its modules relative to itself and needs /proc");
  }
  const std::string program(path, static_cast<size_t>(length));
  const std::string prefix = parent_path(parent_path(program));
  return join_path(prefix, KFCTL_MODULE_DIR);
}

Result<const void*> load_module(std::string_view name, uint32_t abi) {
  KF_TRY(const std::string directory, module_directory());
  return load_module_from(directory, name, abi);
}

Result<const void*> load_module_from(const std::string& directory, std::string_view name,
                                     uint32_t abi) {
  if (!directory.starts_with('/')) {
    return usage_error("modules are not loaded from '" + directory + "': not an absolute path",
                       "give the whole path, beginning with /");
  }
  const std::string path = join_path(directory, "libkfctl_" + std::string(name) + ".so");
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return not_loadable(path);

  // POSIX says that a function pointer may be had from dlsym's void* by this cast.
  const auto entry = reinterpret_cast<EntryPoint>(dlsym(library, "kfctl_module"));
  if (entry == nullptr) return wrong_module(path, "not a module of kfctl");
  const ModuleHeader* const header = entry();
  if (header == nullptr || header->magic != kModuleMagic) {
    return wrong_module(path, "not a module of kfctl");
  }
  if (header->abi != abi || std::string_view(header->build) != KFCTL_VERSION) {
    return wrong_module(path, "belongs to kfctl " + std::string(header->build) + " (interface " +
                                  std::to_string(header->abi) + "), but this is kfctl " +
                                  KFCTL_VERSION + " (interface " + std::to_string(abi) + ")");
  }
  return header->table;
}

}  // namespace kfctl
