// Images of trees, as they may lie in the cache of libraries: any bytes; any sizes and arrays under
// a right header and checksum; and what was written from a text, whole and with one byte changed.
// Nothing is read outside of the image, and what was written is read back or found damaged.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "templates/jsonnet/engine/ast_cache.h"
#include "templates/jsonnet/engine/ast_image.h"
#include "templates/jsonnet/engine/lexer.h"
#include "templates/jsonnet/engine/native_stack.h"

namespace {

using namespace kfctl::jsonnet;

const KeyedHash kHash(KeyedHash::Key{1, 2, 3});
constexpr size_t kSizes = 144;  // where the sizes begin in the header

void require(bool held) {
  if (!held) std::abort();
}

std::shared_ptr<const Ast> tree_of(std::string_view text) {
  try {
    return parse_and_resolve("fuzz", std::make_shared<const std::string>(text));
  } catch (const SyntaxError&) {
    return nullptr;
  }
}

template <typename T>
uint64_t sum_of(std::span<const T> items) {
  uint64_t sum = 0;
  const unsigned char* bytes = reinterpret_cast<const unsigned char*>(items.data());
  for (size_t i = 0; i < items.size_bytes(); ++i) sum += bytes[i];
  return sum;
}

// Memory of exactly the size, so that the sanitizer sees a step beyond it.
struct Exact {
  explicit Exact(std::string_view bytes) : size(bytes.size()), memory(new char[bytes.size()]) {
    std::memcpy(memory.get(), bytes.data(), size);
  }
  std::string_view view() const { return {memory.get(), size}; }
  size_t size;
  std::unique_ptr<char[]> memory;
};

std::shared_ptr<const Ast> read(const Exact& image, const kfctl::Sha256::Digest& source) {
  const std::shared_ptr<const Ast> tree = read_image(image.view(), kHash, source, nullptr);
  if (tree == nullptr) return nullptr;
  volatile uint64_t sum = sum_of(tree->nodes) + sum_of(tree->extra) + sum_of(tree->symbols) +
                          sum_of(tree->strings) + sum_of(tree->imports) +
                          sum_of(std::span(tree->pool.data(), tree->pool.size()));
  static_cast<void>(sum);
  return tree;
}

void sizes_and_arrays(std::string_view data) {
  static const std::string header = write_image(*tree_of("1"), kHash, {}).substr(0, kSizes);
  std::string image = header + std::string(data);
  const kfctl::Sha256::Digest checksum = kHash.of(std::string_view(image).substr(32));
  std::copy(checksum.begin(), checksum.end(), image.begin());
  static_cast<void>(read(Exact(image), {}));
}

void written(std::string_view text) {
  const std::shared_ptr<const Ast> tree = tree_of(text);
  if (tree == nullptr) return;
  const kfctl::Sha256::Digest source = kHash.of(text);
  std::string image = write_image(*tree, kHash, source);
  const Exact whole(image);
  const std::shared_ptr<const Ast> again = read(whole, source);
  require(again != nullptr && write_image(*again, kHash, source) == image);
  char& byte = image[kHash.of(image)[0] * image.size() / 256];
  byte = static_cast<char>(byte ^ 1);
  require(read(Exact(image), source) == nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(read(Exact(bytes), {}));
  sizes_and_arrays(bytes);
  run_on_large_stack(size_t{60} << 20, [&] { written(bytes); });
  return 0;
}
