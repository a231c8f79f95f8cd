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
  info.driver = platform.driver;
  info.runtime = platform.runtime;
  // What is wrong with the platform is wrong with each of its devices.
  const CudaReason& why = platform.why.reason[0] != '\0' ? platform.why : text.why;
  info.reason = why.reason;
  info.hint = why.hint;
  return info;
}

class CudaDevice : public Device {
 public:
  CudaDevice(const CudaTable& table, CudaContext* context, DeviceInfo info)
      : table_(table), context_(context, table.close), info_(std::move(info)) {}

  const DeviceInfo& info() const override { return info_; }
  std::string precision_reason(Precision) const override { return not_yet().message; }
  Result<Buffer> allocate(size_t) override { return not_yet(); }
  Result<Buffer> allocate_host(size_t) override { return not_yet(); }
  Status upload(void*, const void*, size_t) override { return not_yet(); }
  Status download(void*, const void*, size_t) override { return not_yet(); }
  Status copy(void*, const void*, size_t) override { return not_yet(); }
  Status synchronise() override { return not_yet(); }
  Result<std::unique_ptr<Event>> make_event() override { return not_yet(); }
  Status mark(Event&) override { return not_yet(); }
  Status upload_later(void*, const void*, size_t, const Event&, Event&) override {
    return not_yet();
  }
  Status wait(const Event&) override { return not_yet(); }
  Status synchronise(const Event&) override { return not_yet(); }
  Result<std::unique_ptr<Recording>> record(const std::function<Status()>&) override {
    return not_yet();
  }
  Status replay(const Recording&) override { return not_yet(); }

  Status multiply(const MatrixProduct& product) override {
    KF_DO(check_shapes(product));
    CudaReason why = {};
    if (table_.multiply(context_.get(), product.c.data(), product.a.data(), product.b.data(),
                        product.rows, product.columns, product.inner, &why)) {
      return Ok{};
    }
    return Error(ErrorKind::kDevice, info_.id() + ": " + why.reason, why.hint);
  }

 protected:
#define KFCTL_SUBMIT(Op) \
  Status submit(const Op&) override { return not_yet(); }
  KFCTL_OPS(KFCTL_SUBMIT)
#undef KFCTL_SUBMIT

 private:
  Error not_yet() const {
    return Error(ErrorKind::kDevice,
                 info_.id() + ": libkfctl_cuda.so multiplies matrices and no more",
                 "use --device cpu");
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
