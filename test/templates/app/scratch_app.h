// An app in a temporary directory, and packages in memory, for the tests of templates/app.
#pragma once

#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/files.h"
#include "templates/app/app.h"
#include "templates/app/packages.h"

namespace kfctl {

class MemoryPackages : public PackageSource {
 public:
  std::map<std::string, std::string, std::less<>> files;
  std::vector<Prototype> list;

  std::optional<std::string_view> find(std::string_view path) const override {
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  }
  Result<std::vector<Prototype>> prototypes() const override { return list; }

  void add_prototype(std::string_view text) {
    Result<Prototype> prototype = parse_prototype(text, "test.jsonnet");
    REQUIRE_MESSAGE(prototype.ok(), prototype.error().to_text());
    list.push_back(std::move(prototype).value());
  }
};

// Paths given to its functions are relative to the app's root.
struct ScratchApp {
  DiskFiles files;
  std::string root;
  MemoryPackages packages;

  ScratchApp() {
    char pattern[] = "/tmp/kfctl-app-XXXXXX";
    root = std::string(::mkdtemp(pattern)) + "/demo";
  }
  ~ScratchApp() { (void)remove_tree(files, parent_path(root)); }

  void init() {
    InitOptions options;
    options.root = root;
    options.name = "demo";
    const Status status = init_app(files, options);
    REQUIRE_MESSAGE(status.ok(), status.error().to_text());
  }
  App open() {
    Result<App> app = App::open(files, root);
    REQUIRE_MESSAGE(app.ok(), app.error().to_text());
    return std::move(app).value();
  }
  void write(const std::string& path, std::string content) {
    REQUIRE(files.write(root + "/" + path, std::move(content)).ok());
  }
  std::string read(const std::string& path) {
    Result<std::string> text = files.read(root + "/" + path);
    REQUIRE_MESSAGE(text.ok(), path);
    return std::move(text).value();
  }
  std::string tree() {
    std::string out;
    const Result<std::vector<std::string>> paths = list_tree(files, root);
    for (const std::string& path : paths.value()) out += path + "\n";
    return out;
  }
  /// `text` with the temporary directory taken out, so that it can be compared.
  std::string without_root(std::string text) const {
    for (size_t at = text.find(root); at != std::string::npos; at = text.find(root)) {
      text.replace(at, root.size(), "DEMO");
    }
    return text;
  }
};

}  // namespace kfctl
