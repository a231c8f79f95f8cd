#include "base/thread_pool.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <sched.h>

#include "base/control_group.h"
#include "base/text.h"

namespace kfctl {
namespace {

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> rounded_up(std::string_view quota, std::string_view period) {
  const std::optional<int64_t> q = number(quota), p = number(period);
  if (!q || !p || *q <= 0 || *p <= 0) return std::nullopt;  // "max" and -1 are no limit
  return static_cast<int>(std::min<int64_t>((*q + *p - 1) / *p, 1 << 20));
}

// The limits of one control group directory, v2 or v1.
std::optional<int> group_limit(const Files& files, const std::string& directory) {
  const std::string v2 = read_group_file(files, join_path(directory, "cpu.max"));
  if (const std::vector<std::string_view> parts = split(v2, ' '); parts.size() == 2) {
    return rounded_up(parts[0], parts[1]);
  }
  return rounded_up(read_group_file(files, join_path(directory, "cpu.cfs_quota_us")),
                    read_group_file(files, join_path(directory, "cpu.cfs_period_us")));
}

}  // namespace

int usable_cpus(const Files& files, std::string_view root) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  int cpus = sched_getaffinity(0, sizeof mask, &mask) == 0
                 ? CPU_COUNT(&mask)
                 : static_cast<int>(std::thread::hardware_concurrency());
  for (const std::string& directory :
       control_group_directories(files, root, {"", "cpu", "cpu,cpuacct"})) {
    if (const std::optional<int> limit = group_limit(files, directory)) {
      cpus = std::min(cpus, *limit);
    }
  }
  return std::max(cpus, 1);
}

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { serve(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::for_each(size_t count, const std::function<void(size_t)>& work) {
  std::unique_lock<std::mutex> lock(mutex_);
  work_ = &work;
  next_ = 0;
  count_ = count;
  wake_.notify_all();
  take_pieces(lock);
  done_.wait(lock, [this] { return running_ == 0; });
  work_ = nullptr;
}

void ThreadPool::serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || (work_ != nullptr && next_ < count_); });
    if (ending_) return;
    take_pieces(lock);
  }
}

void ThreadPool::take_pieces(std::unique_lock<std::mutex>& lock) {
  while (next_ < count_) {
    const size_t index = next_++;
    const std::function<void(size_t)>& work = *work_;
    ++running_;
    lock.unlock();
    work(index);
    lock.lock();
    --running_;
  }
  if (running_ == 0) done_.notify_all();
}

}  // namespace kfctl
