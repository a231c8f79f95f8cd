// std: bytes, base64, digests.
#include <algorithm>

#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"
#include "templates/jsonnet/engine/ast_cache.h"
#include "templates/jsonnet/engine/digests.h"
#include "templates/jsonnet/engine/library.h"

namespace kfctl::jsonnet {
namespace {

std::string bytes_of(Vm& vm, Arr* array, const char* name, const Exec* at) {
  if (array->kind == ArrKind::kBytes)
    return std::string(reinterpret_cast<const char*>(array->bytes), array->count);
  std::string bytes;
  bytes.reserve(array->count);
  for (uint32_t i = 0; i < array->count; ++i) {
    const double byte = want_number(vm, vm.item(array, i), name, "an item", at);
    if (byte < 0 || byte > 255 || byte != static_cast<int>(byte))
      vm.fail(at, "std." + std::string(name) + ": item " + std::to_string(i) +
                      " is not a byte: a whole number from 0 to 255");
    bytes += static_cast<char>(static_cast<unsigned char>(byte));
  }
  return bytes;
}

// Each code point below 256 as a byte.
std::string latin1_of(Vm& vm, const Str* text, const Exec* at) {
  std::string bytes;
  for (size_t i = 0; i < text->bytes; ++i) {
    const unsigned char c = static_cast<unsigned char>(text->data[i]);
    if (c < 0x80) {
      bytes += static_cast<char>(c);
    } else if (c == 0xC2 || c == 0xC3) {
      const unsigned char low = static_cast<unsigned char>(text->data[++i]);
      bytes += static_cast<char>((c & 3) << 6 | (low & 0x3F));
    } else {
      vm.fail(at, "std.base64: the string has characters beyond U+00FF",
              "encode it first: std.base64(std.encodeUTF8(text))");
    }
  }
  return bytes;
}

Value encoded(Vm& vm, std::string_view bytes) {
  const size_t size = base64_size(bytes.size());
  char* const memory = vm.region.array<char>(size);
  base64_encode(bytes, memory);
  return Value::of(vm.ascii_in_region(memory, size));
}

Value base64(Vm& vm, Value* a, const Exec* at) {
  if (a[0].is_string()) {
    const Str* text = a[0].str();
    return text->ascii() ? encoded(vm, text->view()) : encoded(vm, latin1_of(vm, text, at));
  }
  Arr* array = want_array(vm, a[0], "base64", "the input", at);
  return encoded(vm, bytes_of(vm, array, "base64", at));
}

// In memory of the region.
std::string_view decode(Vm& vm, Value value, const char* name, const Exec* at) {
  const Str* text = want_string(vm, value, name, "the text", at);
  const std::string_view letters = text->view();
  char* const memory = vm.region.array<char>(letters.size() / 4 * 3);
  const size_t plain = base64_decode_groups(letters, memory);
  // What is left is the group with the padding. That all letters count is to say that there are no
  // line ends among them.
  std::string rest;
  const std::string_view last = letters.substr(plain);
  const size_t padding = last.ends_with("==") ? 2 : last.ends_with('=') ? 1 : 0;
  if (text->chars % 4 != 0 || last.size() > 4 || !base64_decode(last, rest) ||
      rest.size() != last.size() / 4 * 3 - padding)
    vm.fail(at, "std." + std::string(name) + ": this is not base64: '" +
                    std::string(letters.substr(0, 60)) + "'");
  const size_t size = plain / 4 * 3;
  return {memory, static_cast<size_t>(std::copy(rest.begin(), rest.end(), memory + size) - memory)};
}

Value base64_decode_bytes(Vm& vm, Value* a, const Exec* at) {
  return Value::of(vm.bytes(decode(vm, a[0], "base64DecodeBytes", at)));
}

Value base64_decode_text(Vm& vm, Value* a, const Exec* at) {
  const std::string_view bytes = decode(vm, a[0], "base64Decode", at);
  unsigned char all = 0;
  for (const char c : bytes) all |= static_cast<unsigned char>(c);
  char* const memory = const_cast<char*>(bytes.data());
  if (all < 0x80) return Value::of(vm.ascii_in_region(memory, bytes.size()));
  Scratch scratch(vm);
  for (const char c : bytes) append_utf8(scratch.text, static_cast<unsigned char>(c));
  return Value::of(vm.string(scratch.text));
}

Value encode_utf8(Vm& vm, Value* a, const Exec* at) {
  return Value::of(vm.bytes(want_string(vm, a[0], "encodeUTF8", "the text", at)->view()));
}

Value decode_utf8(Vm& vm, Value* a, const Exec* at) {
  Arr* array = want_array(vm, a[0], "decodeUTF8", "the array", at);
  return Value::of(vm.string(valid_utf8(bytes_of(vm, array, "decodeUTF8", at))));
}

template <std::string (*kDigest)(std::string_view)>
Value digest(Vm& vm, Value* a, const Exec* at) {
  return Value::of(vm.string(kDigest(want_string(vm, a[0], "digest", "the text", at)->view())));
}

constexpr Builtin kTable[] = {
    {"base64", base64, "input", 0},
    {"base64DecodeBytes", base64_decode_bytes, "str", 0},
    {"base64Decode", base64_decode_text, "str", 0},
    {"encodeUTF8", encode_utf8, "str", 0},
    {"decodeUTF8", decode_utf8, "arr", 0},
    {"md5", digest<md5_hex>, "s", 0},
    {"sha1", digest<sha1_hex>, "str", 0},
    {"sha256", digest<sha256_hex>, "str", 0},
    {"sha512", digest<sha512_hex>, "str", 0},
    {"sha3", digest<sha3_hex>, "str", 0},
};

}  // namespace

std::span<const Builtin> std_encoding() { return kTable; }

}  // namespace kfctl::jsonnet
