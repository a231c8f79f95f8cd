#include "templates/jsonnet/engine/ast_image.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace kfctl::jsonnet {
namespace {

constexpr uint32_t kByteOrder = 0x01020304;

struct Header {
  Sha256::Digest checksum;  // of everything behind it
  char magic[12] = {};
  uint32_t byte_order = kByteOrder;
  char build[64] = {};
  Sha256::Digest source = {};
  uint32_t nodes = 0, symbols = 0, strings = 0, extra = 0, imports = 0, pool = 0;
  uint32_t root = 0, root_slots = 0;
};
static_assert(sizeof(Header) % alignof(Node) == 0 && sizeof(Header) % alignof(Text) == 0);
static_assert(std::is_trivially_copyable_v<Header> &&
              std::has_unique_object_representations_v<Header>);

constexpr std::string_view kMagic = "kfctl ast";
constexpr std::string_view kBuild = KFCTL_JSONNET_FRONT_END;
static_assert(kBuild.size() == sizeof Header{}.build);

Header header_of(const Ast& tree, const Sha256::Digest& source) {
  Header header;
  kMagic.copy(header.magic, sizeof header.magic);
  kBuild.copy(header.build, sizeof header.build);
  header.source = source;
  header.nodes = static_cast<uint32_t>(tree.nodes.size());
  header.symbols = static_cast<uint32_t>(tree.symbols.size());
  header.strings = static_cast<uint32_t>(tree.strings.size());
  header.extra = static_cast<uint32_t>(tree.extra.size());
  header.imports = static_cast<uint32_t>(tree.imports.size());
  header.pool = static_cast<uint32_t>(tree.pool.size());
  header.root = tree.root;
  header.root_slots = tree.root_slots;
  return header;
}

template <typename T>
void append(std::string& image, std::span<const T> items) {
  image.append(reinterpret_cast<const char*>(items.data()), items.size_bytes());
}

// Cuts arrays off the front of an image. After one that does not fit, everything is refused.
class Cutter {
 public:
  explicit Cutter(std::string_view image) : rest_(image) {}

  template <typename T>
  std::span<const T> cut(uint32_t count) {
    const size_t bytes = size_t{count} * sizeof(T);
    fits_ = fits_ && bytes <= rest_.size();
    if (!fits_) return {};
    const T* items = reinterpret_cast<const T*>(rest_.data());
    rest_.remove_prefix(bytes);
    return {items, count};
  }
  bool fits_exactly() const { return fits_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

std::string_view covered(std::string_view image) { return image.substr(sizeof(Sha256::Digest)); }

}  // namespace

std::string write_image(const Ast& tree, const KeyedHash& hash, const Sha256::Digest& source) {
  const Header header = header_of(tree, source);
  std::string image;
  image.reserve(sizeof header + tree.nodes.size_bytes() + tree.symbols.size_bytes() +
                tree.strings.size_bytes() + tree.extra.size_bytes() + tree.imports.size_bytes() +
                tree.pool.size());
  append(image, std::span(&header, 1));
  append(image, tree.nodes);
  append(image, tree.symbols);
  append(image, tree.strings);
  append(image, tree.extra);
  append(image, tree.imports);
  image += tree.pool;
  const Sha256::Digest checksum = hash.of(covered(image));
  std::copy(checksum.begin(), checksum.end(), image.begin());
  return image;
}

std::shared_ptr<Ast> read_image(std::string_view image, const KeyedHash& hash,
                                const Sha256::Digest& source, std::shared_ptr<const void> storage) {
  if (image.size() < sizeof(Header)) return nullptr;
  Header header;
  std::memcpy(&header, image.data(), sizeof header);
  const bool ours =
      std::string_view(header.magic, kMagic.size()) == kMagic && header.byte_order == kByteOrder &&
      std::string_view(header.build, kBuild.size()) == kBuild && header.source == source;
  if (!ours || header.checksum != hash.of(covered(image))) return nullptr;
  Cutter body(image.substr(sizeof header));
  auto tree = std::make_shared<Ast>();
  tree->nodes = body.cut<Node>(header.nodes);
  tree->symbols = body.cut<Text>(header.symbols);
  tree->strings = body.cut<Text>(header.strings);
  tree->extra = body.cut<uint32_t>(header.extra);
  tree->imports = body.cut<NodeId>(header.imports);
  const std::span<const char> pool = body.cut<char>(header.pool);
  if (!body.fits_exactly() || header.root >= header.nodes) return nullptr;
  tree->pool = {pool.data(), pool.size()};
  tree->root = header.root;
  tree->root_slots = header.root_slots;
  tree->storage = std::move(storage);
  return tree;
}

}  // namespace kfctl::jsonnet
