#include "base/files_below.h"

namespace kfctl {

namespace {

// Removing and renaming change the folder that holds an entry and follow no link at the end, as
// writing does.
std::string folder_of(const std::string& path) {
  const std::string_view name = base_name(path);
  return name == "." || name == ".." || name.empty() ? path : parent_path(path);
}

}  // namespace

// `changed` is what a change of `path` changes.
Status FilesBelow::check(const std::string& path, const std::string& changed) const {
  KF_TRY(const std::string root, files_.real_path(root_));
  KF_TRY(const std::string place, files_.real_path(changed));
  if (is_below(place, root)) return Ok{};
  return project_error(path + " leads out of " + root + ", to " + place + ": it is left as it is",
                       "look for a symbolic link on the way, or '..' in the project's files");
}

Status FilesBelow::write_all(const std::vector<FileWrite>& writes) {
  for (const FileWrite& write : writes) KF_DO(check(write.path));
  return files_.write_all(writes);
}

Status FilesBelow::remove(const std::string& path) {
  KF_DO(check(path, folder_of(path)));
  return files_.remove(path);
}

Status FilesBelow::rename(const std::string& from, const std::string& to) {
  KF_DO(check(from, folder_of(from)));
  KF_DO(check(to, folder_of(to)));
  return files_.rename(from, to);
}

Status FilesBelow::make_directory(const std::string& path) {
  KF_DO(check(path));
  return files_.make_directory(path);
}

}  // namespace kfctl
