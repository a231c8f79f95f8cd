#include "cli/jsonnet_files.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "cli/project.h"

namespace kfctl {
namespace {

// In an app: packages that were installed, and libraries that ksonnet made.
constexpr std::string_view kForeign[] = {"vendor/", "lib/"};

bool is_jsonnet(std::string_view path) {
  return path.ends_with(".jsonnet") || path.ends_with(".libsonnet");
}

bool is_hidden(std::string_view path) {
  return path.starts_with('.') || path.find("/.") != std::string_view::npos;
}

Result<std::vector<std::string>> files_below(const World& world, const std::string& directory) {
  KF_TRY(std::vector<std::string> paths, list_tree(world.files, directory));
  std::erase_if(paths,
                [](const std::string& path) { return !is_jsonnet(path) || is_hidden(path); });
  return paths;
}

Result<std::vector<std::string>> files_of_app(const Args& args, const World& world) {
  KF_TRY(const App app, open_app(args, world));
  KF_TRY(std::vector<std::string> paths, files_below(world, app.root()));
  std::erase_if(paths, [](const std::string& path) {
    return std::any_of(std::begin(kForeign), std::end(kForeign),
                       [&](std::string_view folder) { return path.starts_with(folder); });
  });
  for (std::string& path : paths) path = app.path(path);
  return paths;
}

Result<std::vector<std::string>> files_of(const World& world, const std::string& word) {
  switch (world.files.kind(word)) {
    case PathKind::kMissing:
      return usage_error("there is no file " + word, "name jsonnet files or folders of them");
    case PathKind::kDirectory:
      break;
    default:
      return std::vector<std::string>{word};
  }
  KF_TRY(std::vector<std::string> paths, files_below(world, word));
  if (paths.empty())
    return usage_error("there is no *.jsonnet or *.libsonnet below " + word,
                       "name the file itself if it has another ending");
  for (std::string& path : paths) path = join_path(word, path);
  return paths;
}

}  // namespace

Result<std::vector<std::string>> jsonnet_files(const Args& args, const World& world) {
  if (args.words().empty()) return files_of_app(args, world);
  std::vector<std::string> all;
  std::set<std::string> seen;
  for (const std::string& word : args.words()) {
    KF_TRY(const std::vector<std::string> paths, files_of(world, word));
    for (const std::string& path : paths)
      if (seen.insert(normal_path(path)).second) all.push_back(path);
  }
  return all;
}

}  // namespace kfctl
