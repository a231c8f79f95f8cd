#include "templates/jsonnet/engine/native_stack.h"

#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

namespace kfctl::jsonnet {
namespace {

constexpr size_t kStack = size_t{32} << 20;

// How deep a function of a kilobyte may call itself until the guard says no.
int depth_of(int depth) {
  volatile char frame[1024];
  frame[0] = 1;
  return stack_is_low() ? depth : depth_of(depth + 1) + frame[0] - 1;
}

TEST_CASE("work has the stack that was asked for, and the guard ends it before its end") {
  int depth = 0;
  run_on_large_stack(kStack, [&] { depth = depth_of(0); });
  CHECK(depth > static_cast<int>(kStack / 1024 / 3));  // and it has come back from its end
}

TEST_CASE("an exception passes through the frames of the work") {
  std::string caught;
  run_on_large_stack(kStack, [&] {
    try {
      throw std::runtime_error("deep");
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
  });
  CHECK(caught == "deep");
}

TEST_CASE("work that asks for a stack itself finds its own again") {
  int inner = 0, outer = 0;
  run_on_large_stack(kStack, [&] {
    run_on_large_stack(kStack / 4, [&] { inner = depth_of(0); });
    outer = depth_of(0);
  });
  CHECK(outer > 2 * inner);
}

}  // namespace
}  // namespace kfctl::jsonnet
