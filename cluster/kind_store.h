// What servers have said of their kinds, kept on disk for the commands after this one.
//
//   discovery/SERVER.json   of one server: when it was asked, its ETags, which documents it gave
//   documents/HASH.json     a document, by the SHA-256 of its text
//
// Clusters of one version give the same documents, which are kept once; what one server says is
// never believed of another. Any number of programs may
// read and write at once: a file is renamed into its place, a document never changes, and what is
// missing, damaged, of another form or of another server is as good as none. Deleting any of it is
// always safe. What no server refers to any more, and servers that were not asked for a month, go
// when another is written.
#pragma once

#include <optional>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "cluster/discovery.h"

namespace kfctl {

class KindStore {
 public:
  /// `files` must outlive this. `directory` "" keeps nothing.
  KindStore(Files& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  std::optional<DiscoveryAnswers> read(const std::string& server) const;

  /// Errors: kDisk; nothing that was kept is worse for it.
  Status write(const std::string& server, const DiscoveryAnswers& answers);

 private:
  std::string server_path(const std::string& server) const;
  std::string document_path(const std::string& hash) const;
  std::optional<Json> read_json(const std::string& path) const;
  std::optional<DiscoveryAnswers> answers_of(const Json& server) const;
  void clean(int64_t now);

  Files& files_;
  std::string directory_;
};

}  // namespace kfctl
