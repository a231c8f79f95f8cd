#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/thread_pool.h"
#include "kernels/cpu/cpu_device.h"
#include "kernels/cpu/isa.h"

namespace kfctl {
namespace {

/// What follows "KEY:" or "KEY\t:" on the first line of `text` that begins with `key`.
std::string_view field(std::string_view text, std::string_view key) {
  for (const std::string_view line : split_lines(text)) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || trim(line.substr(0, colon)) != key) continue;
    return trim(line.substr(colon + 1));
  }
  return {};
}

/// The number that `text` begins with; 0 if it begins with none.
uint64_t leading_number(std::string_view text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string text_of(const Files& files, std::string_view root, std::string_view path) {
  Result<std::string> text = files.read(join_path(root, path));
  return text.ok() ? std::move(text).value() : std::string();
}

uint64_t memory_of(const Files& files, std::string_view root) {
  const uint64_t machine =
      1024 * leading_number(field(text_of(files, root, "proc/meminfo"), "MemTotal"));
  for (const char* limit : {"sys/fs/cgroup/memory.max",                       // version 2
                            "sys/fs/cgroup/memory/memory.limit_in_bytes"}) {  // version 1
    const uint64_t group = leading_number(text_of(files, root, limit));
    if (group > 0 && (machine == 0 || group < machine)) return group;
  }
  return machine;
}

}  // namespace

DeviceInfo describe_cpu(const Files& files, std::string_view root) {
  DeviceInfo info;
  info.kind = DeviceKind::kCpu;
  info.present = true;
  info.name = field(text_of(files, root, "proc/cpuinfo"), "model name");
  if (info.name.empty()) info.name = "CPU";
  info.memory_bytes = memory_of(files, root);
  info.units = usable_cpus(files, root);
  const cpu::OpTable& table = *cpu::op_tables().front();
  info.runtime = std::string("kfctl's kernels, ") + table.name;
  return info;
}

double measure_cpu(const DeviceInfo& info) {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t kSize = 384;
  constexpr int kTimes = 8;
  const std::vector<float> ones(static_cast<size_t>(kSize * kSize), 1.0f);
  std::vector<float> product(ones.size());
  const DenseForward op = {.x = ones.data(),
                           .w = ones.data(),
                           .y = product.data(),
                           .rows = kSize,
                           .in = kSize,
                           .out = kSize};
  cpu::Context context(info.units);
  double fastest = 0.0;
  for (int i = 0; i < kTimes; ++i) {
    const Clock::time_point start = Clock::now();
    cpu::op_tables().front()->run_DenseForward(op, context);
    const std::chrono::duration<double> seconds = Clock::now() - start;
    fastest = std::max(fastest, 2.0 * kSize * kSize * kSize / seconds.count());
  }
  return fastest * 1e-9;
}

}  // namespace kfctl
