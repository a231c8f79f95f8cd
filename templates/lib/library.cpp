#include "templates/lib/library.h"

#include "base/embedded.h"

namespace kfctl {

extern const EmbeddedFile kLibraryFiles[];
extern const size_t kLibraryFiles_count;

std::optional<std::string_view> find_library_file(std::string_view name) {
  const EmbeddedFile* file = find_embedded({kLibraryFiles, kLibraryFiles_count}, name);
  if (file == nullptr) return std::nullopt;
  return file->text;
}

}  // namespace kfctl
