#include "base/thread_pool.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <sched.h>

#include "base/text.h"

namespace kfctl {
namespace {

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string read_or_empty(const Files& files, const std::string& path) {
  Result<std::string> text = files.read(path);
  return text.ok() ? std::string(trim(text.value())) : "";
}

std::optional<int> rounded_up(std::string_view quota, std::string_view period) {
  const std::optional<int64_t> q = number(quota), p = number(period);
  if (!q || !p || *q <= 0 || *p <= 0) return std::nullopt;  // "max" and -1 are no limit
  return static_cast<int>(std::min<int64_t>((*q + *p - 1) / *p, 1 << 20));
}

// The limits of one control group directory, v2 or v1.
std::optional<int> group_limit(const Files& files, const std::string& directory) {
  const std::string v2 = read_or_empty(files, join_path(directory, "cpu.max"));
  if (const std::vector<std::string_view> parts = split(v2, ' '); parts.size() == 2) {
    return rounded_up(parts[0], parts[1]);
  }
  return rounded_up(read_or_empty(files, join_path(directory, "cpu.cfs_quota_us")),
                    read_or_empty(files, join_path(directory, "cpu.cfs_period_us")));
}

// The directories below sys/fs/cgroup that /proc/self/cgroup names, and all above each: a limit
// anywhere on the way up counts. Inside a container the path may not exist; the top then holds.
std::vector<std::string> group_directories(const Files& files, const std::string& root) {
  const std::string mounts[] = {"sys/fs/cgroup", "sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"};
  std::vector<std::string> found;
  const std::string groups = read_or_empty(files, join_path(root, "proc/self/cgroup"));
  for (const std::string_view line : split_lines(groups)) {
    const std::vector<std::string_view> parts = split(line, ':');
    if (parts.size() < 3) continue;
    std::string group = normal_path(std::string("./") + std::string(parts[2]));
    if (!stays_inside(group)) continue;
    while (group != ".") {
      for (const std::string& mount : mounts) {
        found.push_back(join_path(join_path(root, mount), group));
      }
      group = parent_path(group);
    }
  }
  for (const std::string& mount : mounts) found.push_back(join_path(root, mount));
  return found;
}

}  // namespace

int usable_cpus(const Files& files, std::string_view root) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  int cpus = sched_getaffinity(0, sizeof mask, &mask) == 0
                 ? CPU_COUNT(&mask)
                 : static_cast<int>(std::thread::hardware_concurrency());
  for (const std::string& directory : group_directories(files, std::string(root))) {
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
