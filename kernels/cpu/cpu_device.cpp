#include "kernels/cpu/cpu_device.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/thread_pool.h"
#include "kernels/cpu/reference.h"

namespace kfctl {
namespace {

constexpr size_t kAlignment = 256;

class CpuEvent : public Event {};  // all that came before it is done when it is marked

class CpuRecording : public Recording {
 public:
  std::vector<std::function<Status()>> steps;
};

class CpuDevice : public Device {
 public:
  explicit CpuDevice(DeviceInfo info) : info_(std::move(info)) {}
  const DeviceInfo& info() const override { return info_; }

  std::string precision_reason(Precision precision) const override {
    if (precision == Precision::kFp32) return "";
    return "the CPU computes in fp32";
  }

  Result<Buffer> allocate(size_t bytes) override {
    const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    void* const data = std::aligned_alloc(kAlignment, rounded);
    if (data == nullptr) {
      return Error(ErrorKind::kDevice,
                   "cpu: cannot allocate " + std::to_string(bytes) + " bytes of memory",
                   "choose a smaller batch or model");
    }
    std::memset(data, 0, rounded);
    return Buffer(data, bytes, [](void* memory) { std::free(memory); });
  }
  Result<Buffer> allocate_host(size_t bytes) override { return allocate(bytes); }

  Status upload(void* to, const void* from, size_t bytes) override {
    std::memcpy(to, from, bytes);
    return Ok{};
  }
  Status download(void* to, const void* from, size_t bytes) override {
    return upload(to, from, bytes);
  }
  Status copy(void* to, const void* from, size_t bytes) override {
    return later([=] {
      std::memcpy(to, from, bytes);
      return Status(Ok{});
    });
  }
  Status synchronise() override { return Ok{}; }

  Result<std::unique_ptr<Event>> make_event() override {
    return std::unique_ptr<Event>(std::make_unique<CpuEvent>());
  }
  Status mark(Event&) override { return Ok{}; }
  Status upload_later(void* to, const void* from, size_t bytes, const Event&, Event&) override {
    return upload(to, from, bytes);
  }
  Status wait(const Event&) override { return Ok{}; }
  Status synchronise(const Event&) override { return Ok{}; }

  Result<std::unique_ptr<Recording>> record(const std::function<Status()>& work) override {
    auto recording = std::make_unique<CpuRecording>();
    recording_ = recording.get();
    Status status = work();
    recording_ = nullptr;
    if (!status.ok()) return std::move(status).error();
    return std::unique_ptr<Recording>(std::move(recording));
  }
  Status replay(const Recording& recording) override {
    for (const auto& step : static_cast<const CpuRecording&>(recording).steps) KF_DO(step());
    return Ok{};
  }

  Status multiply(const MatrixProduct& product) override { return multiply_reference(product); }

 protected:
#define KFCTL_SUBMIT(Op)                               \
  Status submit(const Op& op) override {               \
    return later([op] { return reference::run(op); }); \
  }
  KFCTL_OPS(KFCTL_SUBMIT)
#undef KFCTL_SUBMIT

 private:
  /// Does `step`, or records it.
  template <typename Step>
  Status later(Step step) {
    if (recording_ == nullptr) return step();
    recording_->steps.push_back(std::move(step));
    return Ok{};
  }

  DeviceInfo info_;
  CpuRecording* recording_ = nullptr;
};

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
  info.runtime = "kfctl's reference kernels";
  return info;
}

std::unique_ptr<Device> open_cpu(const DeviceInfo& info) {
  return std::make_unique<CpuDevice>(info);
}

}  // namespace kfctl
