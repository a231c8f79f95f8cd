// Every op of a CUDA device against its reference, and what a device has beside its ops.
#include <vector>

#include <doctest/doctest.h>

#include "test/kernels/device_fixture.h"
#include "test/kernels/op_cases.h"

using namespace kfctl;

namespace {

using Contents = std::vector<std::vector<double>>;

Contents on_device(const OpCase& test, Device& device) {
  Side side(&device);
  const Status status = test.on_device(side, device);
  REQUIRE_MESSAGE(status.ok(), test.name, ": ", status.error().to_text());
  return side.contents();
}

Contents by_reference(const OpCase& test) {
  Side side(nullptr);
  REQUIRE(test.reference(side).ok());
  return side.contents();
}

}  // namespace

TEST_CASE_FIXTURE(DeviceTest, "every op of CUDA agrees with its reference") {
  if (device() == nullptr) return;
  for (const OpCase& test : op_cases()) {
    const double error = greatest_error(on_device(test, *device()), by_reference(test));
    CHECK_MESSAGE(error <= test.tolerance, test.name, ": ", error);
  }
}

TEST_CASE_FIXTURE(DeviceTest, "the same op gives the same bits again on CUDA") {
  if (device() == nullptr) return;
  for (const OpCase& test : op_cases()) {
    const double error = greatest_error(on_device(test, *device()), on_device(test, *device()));
    CHECK_MESSAGE(error == 0.0, test.name);
  }
}

// Operands with 10 or 8 bits: off by at most 2^-11 or 2^-8 of the size of what is summed.
TEST_CASE_FIXTURE(DeviceTest, "products in less than fp32 agree to their precision on CUDA") {
  if (device() == nullptr) return;
  for (const Precision precision : {Precision::kTf32, Precision::kFp16, Precision::kBf16}) {
    for (const OpCase& test : product_cases(precision)) {
      const double error = greatest_error(on_device(test, *device()), by_reference(test));
      CHECK_MESSAGE(error <= (precision == Precision::kBf16 ? 1e-4 : 1e-5), test.name, ": ", error);
    }
  }
}

TEST_CASE_FIXTURE(DeviceTest, "a recording on CUDA reads what was uploaded since") {
  if (device() == nullptr) return;
  const Result<Buffer> x = device()->allocate(sizeof(float));
  const Result<Buffer> y = device()->allocate(sizeof(float));
  REQUIRE(x.ok());
  REQUIRE(y.ok());
  const AddScaled add = {
      .x = x.value().as<float>(), .y = y.value().as<float>(), .count = 1, .scale = 2.0f};
  const auto recording = device()->record([&] { return device()->run(add); });
  REQUIRE_MESSAGE(recording.ok(), recording.error().to_text());
  for (const float value : {1.0f, 10.0f}) {
    REQUIRE(device()->upload(x.value().as<float>(), &value, sizeof value).ok());
    REQUIRE(device()->replay(*recording.value()).ok());
  }
  float sum = 0.0f;
  REQUIRE(device()->download(&sum, y.value().as<float>(), sizeof sum).ok());
  CHECK(sum == 22.0f);
}

TEST_CASE_FIXTURE(DeviceTest, "a copy beside the queue is waited for on CUDA") {
  if (device() == nullptr) return;
  const Result<Buffer> host = device()->allocate_host(sizeof(float));
  const Result<Buffer> x = device()->allocate(sizeof(float));
  const auto before = device()->make_event();
  const auto copied = device()->make_event();
  REQUIRE((host.ok() && x.ok() && before.ok() && copied.ok()));
  *host.value().as<float>() = 3.0f;
  REQUIRE(device()->mark(*before.value()).ok());
  REQUIRE(device()
              ->upload_later(x.value().as<float>(), host.value().as<float>(), sizeof(float),
                             *before.value(), *copied.value())
              .ok());
  REQUIRE(device()->wait(*copied.value()).ok());
  float got = 0.0f;
  REQUIRE(device()->download(&got, x.value().as<float>(), sizeof got).ok());
  CHECK(got == 3.0f);
}
