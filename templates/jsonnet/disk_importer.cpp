#include "templates/jsonnet/disk_importer.h"

#include "base/text.h"

namespace kfctl {

Result<std::string> DiskImporter::resolve(const std::string& directory, const std::string& path) {
  if (path.empty() || path.back() == '/') return project_error("this is the name of no file");
  std::vector<std::string> candidates{join_path(directory, path)};
  for (auto library = library_paths_.rbegin(); library != library_paths_.rend(); ++library) {
    candidates.push_back(join_path(*library, path));
  }
  for (const std::string& candidate : candidates) {
    if (files_.is_file(candidate)) return candidate;
  }
  return project_error("there is no " + join(candidates, ", no "),
                       "-J names a directory to look in");
}

Result<std::shared_ptr<const std::string>> DiskImporter::load(const std::string& resolved) {
  return texts_.get(resolved, [&] { return files_.read(resolved); });
}

}  // namespace kfctl
