#include "base/pages.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

using namespace kfctl;

TEST_CASE("pages are zeroed, and huge ones begin where a huge page may") {
  for (const size_t bytes : {size_t{1}, size_t{5000}, kHugePage + 1, 3 * kHugePage}) {
    for (const bool huge : {false, true}) {
      char* memory = static_cast<char*>(allocate_pages(bytes, huge));
      CHECK(memory[0] == 0);
      CHECK(memory[bytes - 1] == 0);
      std::memset(memory, 1, bytes);
      if (huge && bytes >= kHugePage) CHECK(reinterpret_cast<uintptr_t>(memory) % kHugePage == 0);
      free_pages(memory, bytes);
    }
  }
}

TEST_CASE("a capacity is never less than what was asked for") {
  CHECK(round_to_huge_pages(100) == 100);
  for (const size_t bytes : {kHugePage - 1, kHugePage, kHugePage + 1, 5 * kHugePage - 64}) {
    CHECK(round_to_huge_pages(bytes) >= bytes);
    CHECK(round_to_huge_pages(bytes) < bytes + 2 * kHugePage);
  }
}

TEST_CASE("a text with room ahead is what it was, and grows where it lies") {
  for (const size_t size : {size_t{0}, size_t{100}, 3 * kHugePage}) {
    std::string text(size, 'x');
    reserve_ahead(text);
    CHECK(text == std::string(size, 'x'));
    CHECK(text.capacity() >= 8 * size);
    const char* const place = text.data();
    text.append(4 * kHugePage, 'y');
    CHECK(text.data() == place);
    CHECK(text.substr(size) == std::string(4 * kHugePage, 'y'));
  }
}
