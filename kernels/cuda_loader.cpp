#include "kernels/cuda_loader.h"

#include <utility>

#include "base/module.h"
#include "kernels/cuda/abi.h"

namespace kfctl {
namespace {

Result<const CudaTable*> load_table(const Files& files, const DeviceOptions& options) {
  std::string directory = options.backend_directory;
  if (directory.empty()) {
    KF_TRY(directory, module_directory());
  }
  const std::string path = join_path(directory, "libkfctl_cuda.so");
  if (directory.starts_with('/') && !files.is_file(path)) {
    return Error(ErrorKind::kDevice, "this kfctl has no CUDA library: there is no " + path,
                 "build kfctl with CUDA 13.0 installed, or name the directory of a "
                 "libkfctl_cuda.so of the same version in KFCTL_BACKEND_PATH");
  }
  KF_TRY(const void* const table, load_module_from(directory, "cuda", kCudaAbi));
  return static_cast<const CudaTable*>(table);
}

/// The row that stands for CUDA where there is no device.
DeviceInfo no_device(std::string reason, std::string hint) {
  DeviceInfo info;
  info.kind = DeviceKind::kCuda;
  info.reason = std::move(reason);
  info.hint = std::move(hint);
  return info;
}

DeviceInfo describe_device(const CudaTable& table, const CudaPlatform& platform, int index) {
  CudaDeviceText text = {};
  table.describe_device(index, &text);
  DeviceInfo info;
  info.kind = DeviceKind::kCuda;
  info.index = index;
  info.present = true;
  info.name = text.name;
  info.memory_bytes = text.memory_bytes;
  info.units = text.multiprocessors;
  info.capability = text.capability;
  info.peak_gflops = text.peak_gflops;
  info.peak_bandwidth_gbs = text.peak_bandwidth_gbs;
  info.driver = platform.driver;
  info.runtime = platform.runtime;
  // What is wrong with the platform is wrong with each of its devices.
  const CudaReason& why = platform.why.reason[0] != '\0' ? platform.why : text.why;
  info.reason = why.reason;
  info.hint = why.hint;
  return info;
}

class CudaDeviceEvent : public Event {
 public:
  CudaDeviceEvent(const CudaTable& table, CudaEvent* event) : event_(event, table.free_event) {}
  CudaEvent* get() const { return event_.get(); }

 private:
  std::unique_ptr<CudaEvent, void (*)(CudaEvent*)> event_;
};

class CudaDeviceRecording : public Recording {
 public:
  CudaDeviceRecording(const CudaTable& table, CudaRecording* recording)
      : recording_(recording, table.free_recording) {}
  const CudaRecording* get() const { return recording_.get(); }

 private:
  std::unique_ptr<CudaRecording, void (*)(CudaRecording*)> recording_;
};

CudaEvent* of(const Event& event) { return static_cast<const CudaDeviceEvent&>(event).get(); }

class CudaDevice : public Device {
 public:
  CudaDevice(const CudaTable& table, CudaContext* context, DeviceInfo info)
      : table_(table), context_(context, table.close), info_(std::move(info)) {}

  const DeviceInfo& info() const override { return info_; }
  std::string precision_reason(Precision) const override { return ""; }  // all since Ampere

  Result<Buffer> allocate(size_t bytes) override {
    CudaReason why = {};
    void* const memory = table_.allocate(context_.get(), bytes, &why);
    if (memory == nullptr) return failed(why);
    return Buffer(memory, bytes, [this](void* given) { table_.release(context_.get(), given); });
  }
  Result<Buffer> allocate_host(size_t bytes) override {
    CudaReason why = {};
    void* const memory = table_.allocate_host(context_.get(), bytes, &why);
    if (memory == nullptr) return failed(why);
    return Buffer(memory, bytes,
                  [this](void* given) { table_.release_host(context_.get(), given); });
  }

  Status upload(void* to, const void* from, size_t bytes) override {
    return call(table_.upload, to, from, bytes);
  }
  Status download(void* to, const void* from, size_t bytes) override {
    return call(table_.download, to, from, bytes);
  }
  Status copy(void* to, const void* from, size_t bytes) override {
    return call(table_.copy, to, from, bytes);
  }
  Status synchronise() override { return call(table_.synchronise); }

  Result<std::unique_ptr<Event>> make_event() override {
    CudaReason why = {};
    CudaEvent* const event = table_.make_event(context_.get(), &why);
    if (event == nullptr) return failed(why);
    return std::unique_ptr<Event>(std::make_unique<CudaDeviceEvent>(table_, event));
  }
  Status mark(Event& event) override { return call(table_.mark, of(event)); }
  Status upload_later(void* to, const void* from, size_t bytes, const Event& after,
                      Event& done) override {
    return call(table_.upload_later, to, from, bytes, of(after), of(done));
  }
  Status wait(const Event& event) override { return call(table_.wait, of(event)); }
  Status synchronise(const Event& event) override {
    return call(table_.synchronise_event, of(event));
  }

  Result<std::unique_ptr<Recording>> record(const std::function<Status()>& work) override {
    KF_DO(call(table_.begin_recording));
    const Status worked = work();
    CudaReason why = {};
    CudaRecording* const made = table_.end_recording(context_.get(), &why);
    auto recording = std::make_unique<CudaDeviceRecording>(table_, made);
    if (!worked.ok()) return worked.error();
    if (made == nullptr) return failed(why);
    return std::unique_ptr<Recording>(std::move(recording));
  }
  Status replay(const Recording& recording) override {
    return call(table_.replay, static_cast<const CudaDeviceRecording&>(recording).get());
  }

 protected:
#define KFCTL_SUBMIT(Op) \
  Status submit(const Op& op) override { return call(table_.run_##Op, &op); }
  KFCTL_OPS(KFCTL_SUBMIT)
#undef KFCTL_SUBMIT

 private:
  Error failed(const CudaReason& why) const {
    return Error(ErrorKind::kDevice, info_.id() + ": " + why.reason, why.hint);
  }

  template <typename Function, typename... Args>
  Status call(Function function, Args... args) const {
    CudaReason why = {};
    if (function(context_.get(), args..., &why)) return Ok{};
    return failed(why);
  }

  const CudaTable& table_;
  std::unique_ptr<CudaContext, void (*)(CudaContext*)> context_;
  DeviceInfo info_;
};

}  // namespace

std::vector<DeviceInfo> list_cuda_devices(const Files& files, const DeviceOptions& options) {
  const Result<const CudaTable*> table = load_table(files, options);
  if (!table.ok()) return {no_device(table.error().message, table.error().hint)};

  CudaPlatform platform = {};
  table.value()->describe(&platform);
  if (platform.device_count == 0) {
    DeviceInfo info = no_device(platform.why.reason, platform.why.hint);
    info.driver = platform.driver;
    info.runtime = platform.runtime;
    return {std::move(info)};
  }
  std::vector<DeviceInfo> devices;
  for (int index = 0; index < platform.device_count; ++index) {
    devices.push_back(describe_device(*table.value(), platform, index));
  }
  return devices;
}

Result<std::unique_ptr<Device>> open_cuda_device(const DeviceInfo& info, const Files& files,
                                                 const DeviceOptions& options) {
  KF_TRY(const CudaTable* const table, load_table(files, options));
  CudaReason why = {};
  CudaContext* const context = table->open(info.index, &why);
  if (context == nullptr) {
    return Error(ErrorKind::kDevice, "cannot open device '" + info.id() + "': " + why.reason,
                 why.hint);
  }
  std::unique_ptr<Device> device = std::make_unique<CudaDevice>(*table, context, info);
  return device;
}

}  // namespace kfctl
