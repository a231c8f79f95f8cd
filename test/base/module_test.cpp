#include "base/module.h"

#include <doctest/doctest.h>

#include "base/http.h"

using namespace kfctl;

TEST_CASE("a module is found beside the program") {
  CHECK(load_module("http", kHttpModuleAbi).ok());
  CHECK(module_directory().value().ends_with("/" KFCTL_MODULE_DIR));
}

TEST_CASE("a module that is not installed is named, with what to do") {
  const Result<const void*> module = load_module("nowhere", 1);
  REQUIRE_FALSE(module.ok());
  CHECK(module.error().kind == ErrorKind::kDisk);
  CHECK(module.error().message.find("libkfctl_nowhere.so") != std::string::npos);
  CHECK(module.error().hint == "kfctl and its modules belong together; install kfctl again");
}

TEST_CASE("a module with another interface is refused") {
  const Result<const void*> module = load_module("http", kHttpModuleAbi + 1);
  REQUIRE_FALSE(module.ok());
  CHECK(module.error().kind == ErrorKind::kInternal);
  CHECK(module.error().message.find("interface " + std::to_string(kHttpModuleAbi) + ")") !=
        std::string::npos);
}
