// Modules: shared libraries of ours that only some commands need, loaded on first use.
//
// libcurl costs 10 ms of every start when it is linked, CUDA far more, so the code that needs them
// lies in libkfctl_NAME.so beside the program: <directory of the program>/../lib*/kfctl, and is
// looked for nowhere else. A module is never unloaded.
//
// What a module exports is one function, kfctl_module, which gives a ModuleHeader. `abi` is the
// version of what `table` points to and is raised whenever that changes; `build` is the version of
// kfctl that the module was built with. Both must be what the program expects: a module from
// another build is refused instead of trusted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kfctl {

inline constexpr uint32_t kModuleMagic = 0x6b66636d;  // "kfcm"

struct ModuleHeader {
  uint32_t magic;     // kModuleMagic
  uint32_t abi;       // version of *table
  const char* build;  // KFCTL_VERSION of the build
  const void* table;  // what the module offers; its type is a matter between module and loader
};

/// Loads libkfctl_`name`.so and gives its table, which is valid until the process ends. Loading
/// again is cheap. May be called from any thread.
/// Errors: kDisk if the module is not installed or a library it needs is missing (the message has
/// the loader's own reason); kInternal if it is not a module of ours or of another version.
Result<const void*> load_module(std::string_view name, uint32_t abi);

/// load_module from another directory, which must be an absolute path: the working directory is
/// nowhere to take code from. Errors: those of load_module; kUsage if the path is relative.
Result<const void*> load_module_from(const std::string& directory, std::string_view name,
                                     uint32_t abi);

/// Where load_module looks. Errors: kDisk if /proc/self/exe cannot be read.
Result<std::string> module_directory();

}  // namespace kfctl

/// Defines the function that a module exports: KFCTL_EXPORT_MODULE(kHttpAbi, &table)
#define KFCTL_EXPORT_MODULE(abi_version, table_pointer)                                         \
  extern "C" __attribute__((visibility("default"))) const kfctl::ModuleHeader* kfctl_module() { \
    static const kfctl::ModuleHeader header = {kfctl::kModuleMagic, abi_version, KFCTL_VERSION, \
                                               table_pointer};                                  \
    return &header;                                                                             \
  }
