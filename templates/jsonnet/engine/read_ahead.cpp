#include "templates/jsonnet/engine/read_ahead.h"

#include <algorithm>
#include <new>

#include "templates/jsonnet/engine/lexer.h"

namespace kfctl::jsonnet {
namespace {

constexpr size_t kMany = 8;            // files that wait, to make a thread worth its start
constexpr size_t kLarge = 128 * 1024;  // bytes whose parse leaves time for one
constexpr size_t kMostBytes = size_t{64} << 20;     // of texts that nobody may ever ask for
constexpr size_t kParserStack = size_t{256} << 20;  // address space; the evaluation's is no smaller

}  // namespace

ReadAhead::ReadAhead(Importer& importer, Parse parse, std::function<int()> threads)
    : importer_(importer), parse_(std::move(parse)), thread_limit_(std::move(threads)) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

void ReadAhead::expect(const Ast& tree) {
  const std::string directory = directory_of(tree.path);
  const std::lock_guard lock(mutex_);
  for (const NodeId id : tree.imports) {
    const Node& node = tree.node(id);
    if (node.op != Op::kImport) continue;
    const auto [import, is_new] = known_.insert({directory, std::string(tree.string(node.a))});
    if (is_new) waiting_.push_back(*import);
  }
  if (waiting_.size() >= kMany) start();
  if (idle_ > 0 && !waiting_.empty()) wake_.notify_all();
}

void ReadAhead::parsing(const Import& import, size_t bytes) {
  const std::lock_guard lock(mutex_);
  std::erase(waiting_, import);
  if (bytes >= kLarge && !waiting_.empty()) start();
}

// REQUIRES: mutex_ is held.
void ReadAhead::start() {
  if (std::exchange(started_, true)) return;
  const size_t others = static_cast<size_t>(thread_limit_() - 1);
  for (size_t i = 0; i < std::min(others, waiting_.size()); ++i)
    threads_.push_back(std::make_unique<StackThread>(kParserStack, [this] { serve(); }));
}

void ReadAhead::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return ending_ || (!waiting_.empty() && bytes_ < kMostBytes); });
    --idle_;
    if (ending_) return;
    const Import import = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    read(import);
    lock.lock();
  }
}

void ReadAhead::read(const Import& import) {
  try {
    const Result<std::string> resolved = importer_.resolve(import.directory, import.path);
    if (!resolved.ok()) return;
    const Result<std::shared_ptr<const std::string>> text = importer_.load(resolved.value());
    if (!text.ok()) return;
    {
      const std::lock_guard lock(mutex_);
      bytes_ += text.value()->size();
    }
    const std::shared_ptr<const Ast> tree = parse_(resolved.value(), text.value());
    if (tree != nullptr) expect(*tree);
  } catch (const SyntaxError&) {
    // Whoever imports the file will be told.
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace kfctl::jsonnet
