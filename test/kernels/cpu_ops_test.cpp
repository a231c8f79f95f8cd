// Every op of the CPU, for each instruction set that this machine has, against its reference.
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/files.h"
#include "kernels/cpu/cpu_device.h"
#include "kernels/cpu/isa.h"
#include "test/kernels/op_cases.h"

using namespace kfctl;

namespace {

using Contents = std::vector<std::vector<double>>;

Contents on_device(const OpCase& test, const cpu::OpTable& table, int threads) {
  DeviceInfo info;
  info.units = 1;
  const std::unique_ptr<Device> device = open_cpu(info, threads, table);
  Side side(device.get());
  const Status status = test.on_device(side, *device);
  REQUIRE_MESSAGE(status.ok(), status.error().to_text());
  return side.contents();
}

Contents by_reference(const OpCase& test) {
  Side side(nullptr);
  const Status status = test.reference(side);
  REQUIRE_MESSAGE(status.ok(), status.error().to_text());
  return side.contents();
}

}  // namespace

TEST_CASE("every op of the CPU agrees with its reference, on every instruction set") {
  for (const OpCase& test : op_cases()) {
    const Contents want = by_reference(test);
    for (const cpu::OpTable* const table : cpu::op_tables()) {
      const double error = greatest_error(on_device(test, *table, 1), want);
      CHECK_MESSAGE(error <= test.tolerance, test.name, " on ", std::string(table->name), ": ",
                    error);
    }
  }
}

TEST_CASE("any number of threads gives the same bits") {
  for (const OpCase& test : op_cases()) {
    const cpu::OpTable& table = *cpu::op_tables().front();
    const Contents one = on_device(test, table, 1);
    for (const int threads : {2, 5}) {
      const double error = greatest_error(on_device(test, table, threads), one);
      CHECK_MESSAGE(error == 0.0, test.name, " on ", threads, " threads");
    }
  }
}

// A bfloat16 has 8 bits: a product of two is off by at most 2^-8 of its size, a sum of products
// with random signs by about as much of its own, whose square is 2e-5. A wrong tile is off by
// about 1.
TEST_CASE("products in bfloat16 agree with the reference to its precision") {
  if (!cpu::has_amx()) return;
  for (const OpCase& test : product_cases(Precision::kBf16)) {
    const double error =
        greatest_error(on_device(test, *cpu::op_tables().front(), 2), by_reference(test));
    CHECK_MESSAGE(error <= 1e-4, test.name, ": ", error);
    CHECK_MESSAGE(on_device(test, *cpu::op_tables().front(), 1) ==
                      on_device(test, *cpu::op_tables().front(), 5),
                  test.name);
  }
}
