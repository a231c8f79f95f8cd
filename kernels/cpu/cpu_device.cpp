#include "kernels/cpu/cpu_device.h"

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "kernels/cpu/context.h"
#include "kernels/cpu/isa.h"
#include "kernels/cpu/team.h"

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
  CpuDevice(DeviceInfo info, int threads, const cpu::OpTable& table)
      : info_(std::move(info)), context_(threads), table_(table) {}
  const DeviceInfo& info() const override { return info_; }

  std::string precision_reason(Precision precision) const override {
    switch (precision) {
      case Precision::kFp32:
        return "";
      case Precision::kBf16:
        return &table_ == cpu::op_tables().front() && cpu::has_amx()
                   ? ""
                   : "bf16 pays on a CPU with AMX only, which this one, or its kernel, has not";
      case Precision::kTf32:
      case Precision::kFp16:
        break;
    }
    return "the CPU computes in fp32 or bf16";
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

 protected:
#define KFCTL_SUBMIT(Op)                 \
  Status submit(const Op& op) override { \
    KF_DO(check_precision(op));          \
    return later([this, op] {            \
      const cpu::FlushTiny flush;        \
      table_.run_##Op(op, context_);     \
      return Status(Ok{});               \
    });                                  \
  }
  KFCTL_OPS(KFCTL_SUBMIT)
#undef KFCTL_SUBMIT

 private:
  template <typename Op>
  Status check_precision(const Op& op) const {
    if constexpr (requires { op.precision; }) {
      const std::string reason = precision_reason(op.precision);
      if (!reason.empty()) return Error(ErrorKind::kDevice, "cpu: " + reason, "use fp32");
    }
    return Ok{};
  }

  /// Does `step`, or records it.
  template <typename Step>
  Status later(Step step) {
    if (recording_ == nullptr) return step();
    recording_->steps.push_back(std::move(step));
    return Ok{};
  }

  DeviceInfo info_;
  cpu::Context context_;
  const cpu::OpTable& table_;
  CpuRecording* recording_ = nullptr;
};

}  // namespace

std::unique_ptr<Device> open_cpu(const DeviceInfo& info, int threads) {
  return open_cpu(info, threads, *cpu::op_tables().front());
}

std::unique_ptr<Device> open_cpu(const DeviceInfo& info, int threads, const cpu::OpTable& table) {
  return std::make_unique<CpuDevice>(info, threads > 0 ? threads : info.units, table);
}

}  // namespace kfctl
