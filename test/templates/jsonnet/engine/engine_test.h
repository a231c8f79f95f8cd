// What the tests of the engine share: evaluating a text and looking at what comes out.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "templates/jsonnet/engine/engine.h"

namespace kfctl {

// Files in memory.
class MemoryImporter : public Importer {
 public:
  explicit MemoryImporter(const std::map<std::string, std::string>& files) {
    for (const auto& [path, text] : files) files_[path] = std::make_shared<const std::string>(text);
  }
  Result<std::string> resolve(const std::string& directory, const std::string& path) override {
    for (const std::string& candidate : {directory + path, path})
      if (files_.contains(candidate)) return candidate;
    return project_error("no file '" + path + "'");
  }
  Result<std::shared_ptr<const std::string>> load(const std::string& resolved) override {
    return files_.at(resolved);
  }

 private:
  std::map<std::string, std::shared_ptr<const std::string>> files_;
};

using SourceFiles = std::map<std::string, std::string>;

inline Result<JsonnetText> run_jsonnet(const std::string& source, const SourceFiles& files = {},
                                       int max_stack = 500) {
  MemoryImporter importer(files);
  JsonnetRequest request;
  request.path = "main.jsonnet";
  request.source = source;
  request.importer = &importer;
  request.max_stack = max_stack;
  request.external = {{"name", "web", false}, {"env", "{ns: 'prod'}", true}};
  return JsonnetEngine().print(request, JsonnetOutput::kJson);
}

/// The value on one line, or "ERROR " and the first line of the message without its place.
inline std::string value_of(const std::string& source, const SourceFiles& files = {}) {
  const Result<JsonnetText> result = run_jsonnet("std.toString(" + source + "\n)", files);
  if (!result.ok()) return "ERROR " + result.error().to_text();
  const Result<Json> text = parse_json(result.value().text, "result");
  REQUIRE_MESSAGE(text.ok(), result.value().text);
  return text.value().as_string();
}

/// The whole text of the error.
inline std::string error_of(const std::string& source, const SourceFiles& files = {},
                            int max_stack = 500) {
  const Result<JsonnetText> result = run_jsonnet(source, files, max_stack);
  return result.ok() ? "no error: " + result.value().text : result.error().to_text();
}

}  // namespace kfctl
