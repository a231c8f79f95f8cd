// Threads for work that is cut into pieces.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "base/files.h"

namespace kfctl {

/// How many processors this process may really use: its affinity mask, cut down by the CPU limit
/// of its control group (v2 cpu.max, v1 cpu.cfs_quota_us), rounded up. At least 1. `root` is "/"
/// but in tests.
int usable_cpus(const Files& files, std::string_view root = "/");

/// A fixed set of threads. for_each may be called again and again, from one thread at a time.
class ThreadPool {
 public:
  /// `threads` counts the caller, who works too: 1 makes no thread.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls work(0) ... work(count - 1), each once, in any order and on any thread, and returns when
  /// all are done. `work` must not call for_each.
  void for_each(size_t count, const std::function<void(size_t index)>& work);

 private:
  void serve();
  void take_pieces(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const std::function<void(size_t)>* work_ = nullptr;
  size_t next_ = 0;
  size_t count_ = 0;
  size_t running_ = 0;
  bool ending_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace kfctl
