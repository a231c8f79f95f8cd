#include "templates/jsonnet/lint/sources.h"

#include "templates/jsonnet/engine/parse_file.h"
#include "templates/jsonnet/lint/deep_walk.h"

namespace kfctl::lint {
namespace {

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

std::unique_ptr<File> read(const std::string& path, std::shared_ptr<const std::string> text) {
  auto file = std::make_unique<File>();
  file->directory = directory_of(path);
  Result<AstDraft> tree = jsonnet::parse_file(path, std::move(text));
  if (!tree.ok()) {
    file->error = tree.error();
    return file;
  }
  file->tree = std::move(tree).value();
  Status checked = jsonnet::check_names(file->tree);
  if (checked.ok())
    checked = walk_deep(file->tree, [&file] { file->names = names_of(file->tree); });
  if (!checked.ok()) file->error = checked.error();
  return file;
}

}  // namespace

const File& Sources::add(const std::string& path, std::shared_ptr<const std::string> text) {
  std::unique_ptr<File>& file = by_path_[path];
  if (file == nullptr) file = read(path, std::move(text));
  return *file;
}

const File* Sources::imported(const File& from, const std::string& path) {
  const Result<std::string> resolved = importer_.resolve(from.directory, path);
  if (!resolved.ok()) return nullptr;
  const auto known = by_path_.find(resolved.value());
  if (known != by_path_.end()) return known->second->error ? nullptr : known->second.get();
  const Result<std::shared_ptr<const std::string>> text = importer_.load(resolved.value());
  if (!text.ok()) return nullptr;
  const File& file = add(resolved.value(), text.value());
  return file.error ? nullptr : &file;
}

}  // namespace kfctl::lint
