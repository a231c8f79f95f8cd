#include <cstdint>

#include "test/fuzz/read_frames.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  read_all_frames({reinterpret_cast<const char*>(data), size}, "jsonl");
  return 0;
}
