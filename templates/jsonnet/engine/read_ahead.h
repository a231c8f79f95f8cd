// Imports parsed before the evaluation asks for them.
//
// What a file imports is written in it as plain strings, so the files that a program may need can
// be found without running it. Other threads resolve, load and parse them while the evaluation goes
// on. They only warm the caches of the importer and the trees: whatever goes wrong is forgotten,
// and the evaluation meets it, if it ever asks for that file, as it would without them.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "templates/jsonnet/engine/ast.h"
#include "templates/jsonnet/engine/native_stack.h"
#include "templates/jsonnet/evaluator.h"

namespace kfctl::jsonnet {

/// What an import says: a path, and the directory of the file that it stands in.
struct Import {
  std::string directory;
  std::string path;
  auto operator<=>(const Import&) const = default;
};

/// Safe for use by several threads. Starts threads only when many files wait, or when one waits
/// while a large one is parsed.
class ReadAhead {
 public:
  /// The tree of a text, or nullptr if somebody is parsing it. May throw SyntaxError.
  using Parse = std::function<std::shared_ptr<const Ast>(
      const std::string& resolved, const std::shared_ptr<const std::string>& text)>;

  /// `threads` says how many threads there may be, that of the evaluation included.
  ReadAhead(Importer& importer, Parse parse, std::function<int()> threads);
  /// Forgets the files that wait; waits for those that are being parsed.
  ~ReadAhead();

  /// Files of this tree may be asked for.
  void expect(const Ast& tree);
  /// The evaluation is about to parse this file itself, whose text has so many bytes.
  void parsing(const Import& import, size_t bytes);

 private:
  void start();
  void serve();
  void read(const Import& import);

  Importer& importer_;
  const Parse parse_;
  const std::function<int()> thread_limit_;
  std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::set<Import> known_;
  std::deque<Import> waiting_;
  size_t bytes_ = 0;  // of the texts read so far
  size_t idle_ = 0;   // threads that wait for something to read
  bool started_ = false;
  bool ending_ = false;
  std::vector<std::unique_ptr<StackThread>> threads_;
};

}  // namespace kfctl::jsonnet
