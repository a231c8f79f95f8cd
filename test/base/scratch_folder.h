// A folder that is there for the time of one test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace kfctl {

struct ScratchFolder {
  std::string path;

  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "kfctl-test.XXXXXX").string();
    path = std::filesystem::canonical(::mkdtemp(name.data())).string();
  }
  ~ScratchFolder() { std::filesystem::remove_all(path); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string at(std::string_view name) const { return path + "/" + std::string(name); }

  /// Writes a file, the folders above it too, and gives its path.
  std::string write(std::string_view name, std::string_view text) const {
    const std::string file = at(name);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }
};

}  // namespace kfctl
